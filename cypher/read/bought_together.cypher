// What stands in one order with these products, of at most so many orders of each: in how many of how many orders.
// params: keys, each
// returns: with, key, name, category, together, orders
UNWIND $keys AS with
CALL (with) {
  MATCH (:Product {key: with})<-[:CONTAINS]-(o:Order)
  RETURN DISTINCT o
  LIMIT $each
}
WITH with, collect(o) AS found, count(o) AS orders
UNWIND found AS o
MATCH (o)-[:CONTAINS]->(q:Product)
WHERE q.key <> with
WITH with, orders, q, count(DISTINCT o.key) AS together
RETURN with, q.key AS key, q.name AS name, q.category AS category, together, orders
ORDER BY with, key
