// Takes orders away from the brands that they were of.
// params: keys
// returns: nothing
UNWIND $keys AS key
MATCH (o:Identifier {key: key})-[r:OF_BRAND]->()
DELETE r
