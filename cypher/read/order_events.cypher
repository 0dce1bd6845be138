// Every observation of an order that was known by a moment.
// params: happened, told
// returns: uid, source, name, at, keys, order
MATCH (e:Event)
WHERE e.order IS NOT NULL
  AND coalesce(e.at, e.received_at, '') <= $happened AND coalesce(e.received_at, '') <= $told
RETURN e.uid AS uid, e.source AS source, e.name AS name, e.at AS at, e.keys AS keys, e.order AS order
