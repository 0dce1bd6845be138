// The newest events observed with members of one customer, undated ones last, each with the keys it was observed with.
// params: id, skip, limit
// returns: uid, source, kind, name, at, keys, properties
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)<-[:OBSERVED]-(e:Event)
WITH DISTINCT e
RETURN e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, e.at AS at, e.keys AS keys,
       e.properties AS properties
ORDER BY coalesce(at, '') DESC, uid
SKIP $skip LIMIT $limit
