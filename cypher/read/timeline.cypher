// The events observed with members of one customer in a span of moments, newest first, undated ones last, each with the keys it was observed with.
// params: id, since, until, types, limit
// returns: uid, source, kind, name, topic, at, keys, shared, properties, context
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
RETURN e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, e.topic AS topic, e.at AS at, e.keys AS keys,
       [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key] AS shared, e.properties AS properties,
       e.context AS context
ORDER BY coalesce(at, '') DESC, uid DESC
