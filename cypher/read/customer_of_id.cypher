// The customer that an id leads to today: that of the identifier which once gave the id.
// params: id
// returns: customer, kind, key
MATCH (i:Identifier {cid: $id})-[:MEMBER_OF]->(c:Customer)
RETURN c.id AS customer, c.kind AS kind, i.key AS key
