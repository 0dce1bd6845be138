// Deletes dead letters.
// params: uids
// returns: nothing
UNWIND $uids AS uid
MATCH (d:DeadLetter {uid: uid})
DELETE d
