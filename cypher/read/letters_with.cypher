// The dead letters in which one of these values stands, in the order of their arrival.
// params: values
// returns: uid, at, source, place, reason, raw
MATCH (d:DeadLetter)
WHERE any(value IN $values WHERE toLower(d.raw) CONTAINS value)
RETURN d.uid AS uid, d.at AS at, d.source AS source, d.place AS place, d.reason AS reason, d.raw AS raw
ORDER BY at, uid
