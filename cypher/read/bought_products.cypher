// The products that a customer bought, those bought most often first.
// params: id, limit
// returns: key, name, category, orders
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(o:Order)-[:CONTAINS]->(p:Product)
WITH p, count(DISTINCT o.key) AS orders
RETURN p.key AS key, p.name AS name, p.category AS category, orders
ORDER BY orders DESC, key
LIMIT $limit
