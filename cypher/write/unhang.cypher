// Takes events off identifiers.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (e:Event {uid: row.uid})-[o:OBSERVED]->(i:Identifier)
WHERE i.key = row.key
DELETE o
