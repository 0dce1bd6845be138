// The node that a walk begins at, by its id, labels and properties.
// params: keys, customers
// returns: node
UNWIND $keys AS key
MATCH (n:Identifier {key: key})
RETURN [elementId(n), labels(n), properties(n)] AS node
UNION ALL
UNWIND $customers AS id
MATCH (n:Customer {id: id})
RETURN [elementId(n), labels(n), properties(n)] AS node
