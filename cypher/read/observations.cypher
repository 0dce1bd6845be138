// These observations, whole.
// params: uids
// returns: uid, source, message_id, kind, name, at, received_at, keys, traits, properties, context, order, company, refused
UNWIND $uids AS uid
MATCH (e:Event {uid: uid})
RETURN e.uid AS uid, e.source AS source, e.message_id AS message_id, e.kind AS kind, e.name AS name, e.at AS at,
       e.received_at AS received_at, e.keys AS keys, e.traits AS traits, e.properties AS properties,
       e.context AS context, e.order AS order, e.company AS company, e.refused AS refused
