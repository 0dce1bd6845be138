// The events observed with members of one customer in a span of time, after one of them, newest first, with all that was told.
// params: id, since, until, names, but, at, uid, limit
// returns: uid, message_id, source, name, at, keys, shared, traits, properties
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WITH DISTINCT e, coalesce(e.at, '') AS moment
WHERE moment >= $since AND moment < $until AND (moment < $at OR (moment = $at AND e.uid > $uid))
  AND (size($names) = 0 OR e.name IN $names) AND NOT e.name IN $but
WITH e, moment
ORDER BY moment DESC, e.uid
LIMIT $limit
RETURN e.uid AS uid, e.message_id AS message_id, e.source AS source, e.name AS name, e.at AS at, e.keys AS keys,
       [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key] AS shared, e.traits AS traits,
       e.properties AS properties
ORDER BY coalesce(at, '') DESC, uid
