// Creates events and hangs each on what it was observed with, in the order in which they are read.
// params: rows
// returns: nothing
UNWIND $rows AS row
CREATE (e:Event)
SET e = row.event
WITH e, row
UNWIND row.keys AS key
MATCH (i:Identifier {key: key})
CREATE (e)-[:OBSERVED {key: key, moment: row.moment, topic: row.topic}]->(i)
