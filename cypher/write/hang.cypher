// Hangs events on identifiers that they were observed with.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (e:Event {uid: row.uid})
MATCH (i:Identifier {key: row.key})
MERGE (e)-[:OBSERVED]->(i)
