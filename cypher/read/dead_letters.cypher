// Dead letters, in the order of their arrival.
// params: limit
// returns: uid, at, source, place, reason, raw
MATCH (d:DeadLetter)
RETURN d.uid AS uid, d.at AS at, d.source AS source, d.place AS place, d.reason AS reason, d.raw AS raw
ORDER BY at, uid
LIMIT $limit
