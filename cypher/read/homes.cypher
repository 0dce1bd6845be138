// The customers that these identifiers are members of, which of these are shared, and when their later epochs begin.
// params: keys
// returns: key, shared, later, customer
UNWIND $keys AS key
MATCH (i:Identifier {key: key})-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, i.shared AS shared, i.later AS later, c.id AS customer
