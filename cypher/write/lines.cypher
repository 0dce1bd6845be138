// Creates lines of orders.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (o:Identifier {key: row.key})
MATCH (p:Product {key: row.product})
CREATE (o)-[c:CONTAINS]->(p)
SET c = row.line
