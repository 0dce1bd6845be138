// The customer that an identifier is a member of.
// params: key
// returns: customer, kind, shared
MATCH (i:Identifier {key: $key})-[:MEMBER_OF]->(c:Customer)
RETURN c.id AS customer, c.kind AS kind, i.shared AS shared
