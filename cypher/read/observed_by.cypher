// The observations of these identifiers that had happened by one time (undated ones when they were told) and were told by another.
// params: keys, happened, told
// returns: uid, source, kind, name, topic, at, keys, traits, properties, context, order, company
UNWIND $keys AS key
MATCH (:Identifier {key: key})<-[:OBSERVED]-(e:Event)
WHERE coalesce(e.at, e.received_at, '') <= $happened AND coalesce(e.received_at, '') <= $told
WITH DISTINCT e
RETURN e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name,
       coalesce(e.topic, 'any') AS topic, e.at AS at, e.keys AS keys,
       e.traits AS traits, e.properties AS properties, e.context AS context, e.order AS order, e.company AS company
