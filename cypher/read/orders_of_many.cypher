// The orders of these customers with their lines, newest first; an order without lines has one row.
// params: ids
// returns: id, key, at, status, total, currency, brand, store, channel, sku, name, category, quantity, price, number
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(o:Order)
OPTIONAL MATCH (o)-[l:CONTAINS]->(p:Product)
RETURN id, o.key AS key, o.at AS at, o.status AS status, o.total AS total, o.currency AS currency, o.brand AS brand,
       o.store AS store, o.channel AS channel, p.sku AS sku, l.name AS name, p.category AS category,
       l.quantity AS quantity, l.price AS price, l.number AS number
ORDER BY id, coalesce(at, '') DESC, key, number
