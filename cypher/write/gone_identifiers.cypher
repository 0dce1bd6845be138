// Deletes identifiers with all that hangs on them.
// params: keys
// returns: nothing
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
DETACH DELETE i
