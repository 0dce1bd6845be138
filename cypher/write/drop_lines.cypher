// Deletes lines of orders.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (o:Identifier {key: row.key})-[c:CONTAINS {number: row.number}]->(:Product)
DELETE c
