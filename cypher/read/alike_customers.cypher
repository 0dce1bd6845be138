// Who else bought these products, of at most so many orders of each: those with most of them in common first.
// params: id, keys, each, limit
// returns: customer, common
UNWIND $keys AS key
CALL (key) {
  MATCH (:Product {key: key})<-[:CONTAINS]-(o:Order)
  RETURN DISTINCT o
  LIMIT $each
}
MATCH (o)-[:MEMBER_OF]->(c:Customer)
WHERE c.id <> $id AND c.kind <> 'shared'
WITH c.id AS customer, count(DISTINCT key) AS common
RETURN customer, common
ORDER BY common DESC, customer
LIMIT $limit
