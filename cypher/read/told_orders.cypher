// What these observations say of orders.
// params: uids
// returns: uid, source, name, at, keys, order
UNWIND $uids AS uid
MATCH (e:Event {uid: uid})
WHERE e.order IS NOT NULL
RETURN e.uid AS uid, e.source AS source, e.name AS name, e.at AS at, e.keys AS keys, e.order AS order
