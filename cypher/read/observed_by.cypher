// The observations of these identifiers that had happened by a moment, undated ones when they were told; or, with told, that had been told by it.
// params: keys, until, told
// returns: uid, source, kind, name, at, keys, traits, properties, order, company
UNWIND $keys AS key
MATCH (:Identifier {key: key})<-[:OBSERVED]-(e:Event)
WHERE (NOT $told AND coalesce(e.at, e.received_at) <= $until) OR ($told AND e.received_at <= $until)
WITH DISTINCT e
RETURN e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, e.at AS at, e.keys AS keys,
       e.traits AS traits, e.properties AS properties, e.order AS order, e.company AS company
