// The customer that an identifier is a member of.
// params: key
// returns: key, customer, kind, shared, later
MATCH (i:Identifier {key: $key})-[:MEMBER_OF]->(c:Customer)
RETURN i.key AS key, c.id AS customer, c.kind AS kind, i.shared AS shared, i.later AS later
