CREATE INDEX observed_moment IF NOT EXISTS FOR ()-[o:OBSERVED]-() ON (o.key, o.moment);
CREATE INDEX observed_topic IF NOT EXISTS FOR ()-[o:OBSERVED]-() ON (o.key, o.topic);
// What an older release has stored says nothing of its topic: it is read with every topic.
MATCH (e:Event)-[o:OBSERVED]->(i:Identifier) WHERE o.moment IS NULL CALL (e, o, i) { SET o.key = i.key, o.moment = coalesce(e.at, '') + ' ' + e.uid, o.topic = 'any' } IN TRANSACTIONS OF 5000 ROWS;
