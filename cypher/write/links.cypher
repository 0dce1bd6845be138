// Brings links up to date.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (a:Identifier {key: row.a})-[l:LINK {kind: row.link.kind}]->(b:Identifier {key: row.b})
SET l = row.link
