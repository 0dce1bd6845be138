// Creates events and hangs each on what it was observed with.
// params: rows
// returns: nothing
UNWIND $rows AS row
CREATE (e:Event)
SET e = row.event
WITH e, row
UNWIND row.keys AS key
MATCH (i:Identifier {key: key})
CREATE (e)-[:OBSERVED]->(i)
