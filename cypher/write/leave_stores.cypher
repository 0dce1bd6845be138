// Takes orders away from the stores that they were of.
// params: keys
// returns: nothing
UNWIND $keys AS key
MATCH (o:Identifier {key: key})-[r:AT]->()
DELETE r
