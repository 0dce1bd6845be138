// The node that a walk begins at.
// params: keys, customers
// returns: node
UNWIND $keys AS key
MATCH (node:Identifier {key: key})
RETURN node
UNION ALL
UNWIND $customers AS id
MATCH (node:Customer {id: id})
RETURN node
