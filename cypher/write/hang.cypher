// Hangs events on identifiers that they were observed with.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (e:Event {uid: row.uid})
MATCH (i:Identifier {key: row.key})
MERGE (e)-[o:OBSERVED]->(i)
SET o.key = i.key, o.moment = coalesce(e.at, '') + ' ' + e.uid,
    o.topic = CASE e.topic WHEN 'other' THEN null ELSE coalesce(e.topic, 'any') END
