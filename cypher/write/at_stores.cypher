// Places orders at stores.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (o:Identifier {key: row.key})
MATCH (s:Store {key: row.store})
CREATE (o)-[:AT]->(s)
