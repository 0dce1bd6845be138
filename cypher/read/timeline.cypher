// The events observed with members of one customer in a span of moments, newest first, undated ones last, each with the keys it was observed with.
// params: id, since, until, types, limit
// returns: rows
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(m:Identifier)
WITH m.key AS key
CALL (key) {
  MATCH (i:Identifier {key: key})<-[o:OBSERVED]-(e:Event)
  USING INDEX o:OBSERVED(key, moment)
  WHERE o.key = key AND o.moment >= $since AND o.moment < $until
    AND (size($types) = 0 OR e.name IN $types OR e.kind IN $types OR e.topic IN $types)
  RETURN e, o.moment AS moment
  ORDER BY o.key DESC, o.moment DESC
  LIMIT $limit
}
WITH DISTINCT e, moment
ORDER BY moment DESC
LIMIT $limit
WITH e
ORDER BY coalesce(e.at, '') DESC, e.uid DESC
RETURN collect({
  uid: e.uid, source: e.source, kind: e.kind, name: e.name, topic: e.topic, at: e.at, keys: e.keys,
  shared: [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key], properties: e.properties, context: e.context
}) AS rows
