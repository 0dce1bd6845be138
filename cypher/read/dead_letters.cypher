// Dead letters after one of them, in the order of their arrival.
// params: at, uid, limit
// returns: uid, at, source, place, reason, raw
MATCH (d:DeadLetter)
WHERE d.at > $at OR (d.at = $at AND d.uid > $uid)
RETURN d.uid AS uid, d.at AS at, d.source AS source, d.place AS place, d.reason AS reason, d.raw AS raw
ORDER BY at, uid
LIMIT $limit
