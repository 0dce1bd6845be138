// Gives orders their brand.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (o:Identifier {key: row.key})
MATCH (b:Brand {key: row.brand})
CREATE (o)-[:OF_BRAND]->(b)
