// The orders of one customer with their lines, newest first; an order without lines has one row.
// params: id
// returns: rows
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(o:Order)
OPTIONAL MATCH (o)-[l:CONTAINS]->(p:Product)
WITH o, l, p
ORDER BY coalesce(o.at, '') DESC, o.key, l.number
RETURN collect({
  key: o.key, at: o.at, status: o.status, total: o.total, currency: o.currency, brand: o.brand, store: o.store,
  channel: o.channel, sku: p.sku, name: l.name, category: p.category, quantity: l.quantity, price: l.price,
  number: l.number
}) AS rows
