// The events observed with members of these customers, newest first, undated ones last.
// params: ids
// returns: id, uid, source, kind, name, topic, at, keys, shared, traits, properties, context, company
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WITH DISTINCT id, e
RETURN id, e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, coalesce(e.topic, 'any') AS topic,
       e.at AS at, e.keys AS keys, [(e)-[:OBSERVED]->(o:Identifier) WHERE o.shared | o.key] AS shared,
       e.traits AS traits, e.properties AS properties, e.context AS context, e.company AS company
ORDER BY id, coalesce(at, '') DESC, uid DESC
