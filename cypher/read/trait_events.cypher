// The events observed with members of one customer that say something of the person.
// params: id
// returns: uid, source, at, keys, shared, traits
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WHERE e.traits IS NOT NULL
WITH DISTINCT e
RETURN e.uid AS uid, e.source AS source, e.at AS at, e.keys AS keys,
       [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key] AS shared, e.traits AS traits
ORDER BY uid
