// The customers who have orders of any of these products, of at most so many.
// params: keys, limit
// returns: id
UNWIND $keys AS key
MATCH (p:Product {key: key})<-[:CONTAINS]-(:Order)-[:MEMBER_OF]->(c:Customer)
WITH DISTINCT c
LIMIT $limit
RETURN c.id AS id
