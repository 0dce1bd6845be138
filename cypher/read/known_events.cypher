// Which of these observations the graph has already.
// params: uids
// returns: uid
UNWIND $uids AS uid
MATCH (e:Event {uid: uid})
RETURN e.uid AS uid
