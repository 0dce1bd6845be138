// The orders of these customers with what each was worth: its total, or without one the sum of its lines; in one record.
// params: ids
// returns: columns, rows
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(o:Order)
OPTIONAL MATCH (o)-[l:CONTAINS]->(:Product)
WITH id, o, sum(l.price * l.quantity) AS listed
WITH collect([id, o.key, o.at, o.status, o.currency, coalesce(o.total, listed)]) AS rows
RETURN ['customer', 'key', 'at', 'status', 'currency', 'amount'] AS columns, rows
