// Makes identifiers members of customers.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
MATCH (c:Customer {id: row.id})
CREATE (i)-[:MEMBER_OF]->(c)
