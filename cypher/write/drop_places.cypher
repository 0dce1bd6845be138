// Takes orders away from the store and the brand that they were of.
// params: keys
// returns: nothing
UNWIND $keys AS key
MATCH (o:Identifier {key: key})-[r:AT|OF_BRAND]->()
DELETE r
