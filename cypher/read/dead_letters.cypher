// Dead letters after one of them, in the order of their arrival: of a source, and with a part of a reason or place.
// params: at, uid, source, reason, place, since, until, limit
// returns: uid, at, source, place, reason, raw
MATCH (d:DeadLetter)
WHERE (d.at > $at OR (d.at = $at AND d.uid > $uid))
  AND ($source = '' OR d.source = $source)
  AND d.reason CONTAINS $reason AND d.place CONTAINS $place
  AND d.at >= $since AND d.at < $until
RETURN d.uid AS uid, d.at AS at, d.source AS source, d.place AS place, d.reason AS reason, d.raw AS raw
ORDER BY at, uid
LIMIT $limit
