// The events of some topics observed with members of one customer, the oldest first: what says more of it than that something was looked at.
// params: id, topics
// returns: rows
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(m:Identifier)
WITH m.key AS key
CALL (key) {
  MATCH (i:Identifier {key: key})<-[o:OBSERVED]-(e:Event)
  USING INDEX o:OBSERVED(key, topic)
  WHERE o.key = key AND o.topic IN $topics
  RETURN e
}
WITH DISTINCT e
ORDER BY coalesce(e.at, ''), e.uid
RETURN collect({
  uid: e.uid, source: e.source, kind: e.kind, name: e.name, topic: e.topic, at: e.at, keys: e.keys,
  shared: [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key], traits: e.traits,
  properties: e.properties, context: e.context, company: e.company
}) AS rows
