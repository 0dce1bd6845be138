// The dead letters with these ids.
// params: uids
// returns: uid, at, source, place, raw
UNWIND $uids AS uid
MATCH (d:DeadLetter {uid: uid})
RETURN d.uid AS uid, d.at AS at, d.source AS source, d.place AS place, d.raw AS raw
