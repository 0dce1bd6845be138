// Deletes customers whose members have left.
// params: ids
// returns: nothing
UNWIND $ids AS id
MATCH (c:Customer {id: id})
DETACH DELETE c
