// What was said of orders that were taken back, in part or as a whole.
// params: none
// returns: order, uid, source, kind, name, at, keys, properties
MATCH (o:Order)<-[:OBSERVED]-(e:Event)
WHERE e.topic = 'order'
  AND any(word IN ['refund', 'return', 'cancel'] WHERE toLower(e.name) CONTAINS word)
RETURN o.key AS order, e.uid AS uid, e.source AS source, e.kind AS kind, e.name AS name, e.at AS at, e.keys AS keys,
       e.properties AS properties
ORDER BY order, uid
