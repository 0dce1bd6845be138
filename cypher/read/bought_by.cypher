// What these customers bought, of at most so many orders of each.
// params: ids, each
// returns: customer, key, name, category
UNWIND $ids AS customer
CALL (customer) {
  MATCH (:Customer {id: customer})<-[:MEMBER_OF]-(o:Order)
  RETURN o
  ORDER BY o.key
  LIMIT $each
}
MATCH (o)-[:CONTAINS]->(q:Product)
RETURN DISTINCT customer, q.key AS key, q.name AS name, q.category AS category
ORDER BY key, customer
