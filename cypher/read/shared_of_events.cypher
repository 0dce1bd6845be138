// Of these events the shared identifiers that they were observed with; nothing of those without any.
// params: uids
// returns: uid, key
UNWIND $uids AS uid
MATCH (e:Event {uid: uid})-[:OBSERVED]->(i:Identifier)
WHERE i.shared
RETURN uid, i.key AS key
