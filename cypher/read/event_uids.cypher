// The uid of every observation.
// params: none
// returns: uid
MATCH (e:Event)
RETURN e.uid AS uid
