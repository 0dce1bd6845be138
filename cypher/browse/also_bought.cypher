// What the buyers of a product also bought
// Products that the same customers have ordered, in any order of theirs, those with the most common buyers first.
// params: product = 'product:pos/BO-005', scan = 10000, limit = 50
// returns: product, name, category, buyers
MATCH (:Product {key: $product})<-[:CONTAINS]-(:Order)-[:MEMBER_OF]->(c:Customer {kind: 'person'})
WITH DISTINCT c
LIMIT $scan
MATCH (c)<-[:MEMBER_OF]-(:Order)-[:CONTAINS]->(p:Product)
WHERE p.key <> $product
WITH p, count(DISTINCT c) AS buyers
RETURN p.key AS product, p.name AS name, p.category AS category, buyers
ORDER BY buyers DESC, product
LIMIT $limit
