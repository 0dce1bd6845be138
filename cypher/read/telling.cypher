// The events of some topics observed with members of one customer: what says more of it than that something was looked at.
// params: id, topics
// returns: uid, source, kind, name, topic, at, keys, shared, traits, properties, context, company
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(m:Identifier)
WITH m.key AS key
CALL (key) {
  MATCH (i:Identifier {key: key})<-[o:OBSERVED]-(e:Event)
  USING INDEX o:OBSERVED(key, topic)
  WHERE o.key = key AND o.topic IN $topics
  RETURN e
}
WITH DISTINCT e
RETURN e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, e.topic AS topic, e.at AS at, e.keys AS keys,
       [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key] AS shared, e.traits AS traits,
       e.properties AS properties, e.context AS context, e.company AS company
ORDER BY coalesce(at, ''), uid
