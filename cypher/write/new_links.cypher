// Creates links, small key to large key.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (a:Identifier {key: row.a})
MATCH (b:Identifier {key: row.b})
CREATE (a)-[l:LINK]->(b)
SET l = row.link
