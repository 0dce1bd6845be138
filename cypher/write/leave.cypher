// Takes identifiers out of the customers that they are members of.
// params: keys
// returns: nothing
UNWIND $keys AS key
MATCH (i:Identifier {key: key})-[m:MEMBER_OF]->(:Customer)
DELETE m
