// Deletes links.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (a:Identifier {key: row.a})-[l:LINK]->(b:Identifier)
WHERE b.key = row.b AND l.kind = row.kind
DELETE l
