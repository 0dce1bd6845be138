// The events observed with members of one customer in a span of time, after one of them, newest first, undated ones last, each with the keys it was observed with.
// params: id, since, until, types, at, uid, limit
// returns: uid, source, kind, name, at, keys, shared, properties
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WITH DISTINCT e, coalesce(e.at, '') AS moment
WHERE moment >= $since AND moment < $until AND (moment < $at OR (moment = $at AND e.uid > $uid))
  AND (size($types) = 0 OR e.name IN $types OR e.kind IN $types)
WITH e, moment
ORDER BY moment DESC, e.uid
LIMIT $limit
RETURN e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, e.at AS at, e.keys AS keys,
       [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key] AS shared, e.properties AS properties
ORDER BY coalesce(at, '') DESC, uid
