// The customers that are linked with these shared identifiers, of those with few links.
// params: keys, degree
// returns: key, customer
UNWIND $keys AS key
MATCH (s:Identifier {key: key})
WHERE s.degree <= $degree
MATCH (s)-[:LINK]-(i:Identifier)-[:MEMBER_OF]->(c:Customer)
WHERE NOT i.shared
RETURN DISTINCT key, c.id AS customer
