// The orders of these customers with their lines, in no order and in one record; one without lines has one row.
// params: ids
// returns: columns, rows
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(o:Order)
OPTIONAL MATCH (o)-[l:CONTAINS]->(p:Product)
WITH collect([id, o.key, o.at, o.status, o.total, o.currency, o.brand, o.store, o.channel, p.sku, l.name, p.category,
              l.quantity, l.price, l.number]) AS rows
RETURN ['id', 'key', 'at', 'status', 'total', 'currency', 'brand', 'store', 'channel', 'sku', 'name', 'category',
        'quantity', 'price', 'number'] AS columns, rows
