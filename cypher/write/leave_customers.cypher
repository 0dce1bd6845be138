// Takes identifiers out of one customer each.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})-[m:MEMBER_OF]->(c:Customer)
WHERE c.id = row.id
DELETE m
