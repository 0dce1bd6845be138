// Carts left behind
// Customers who put something into a cart or went to the checkout since a day and have ordered nothing after it.
// params: since = '2024-06-01', scan = 10000, limit = 50
// returns: at, stage, customer_id, caption, steps
MATCH (e:Event)
WHERE e.name IN ['Product Added', 'Cart Viewed', 'Checkout Started', 'Checkout Step Completed', 'Payment Info Entered']
  AND e.at >= $since
WITH e
ORDER BY e.at DESC, e.uid
LIMIT $scan
MATCH (e)-[:OBSERVED]->(:Identifier)-[:MEMBER_OF]->(c:Customer {kind: 'person'})
WITH DISTINCT c, e
ORDER BY e.at, e.uid
WITH c, collect(e.name) AS names, max(e.at) AS at
OPTIONAL MATCH (c)<-[:MEMBER_OF]-(o:Order)
WHERE o.at >= at
WITH c, names, at, count(o) AS orders
WHERE orders = 0
RETURN at, last(names) AS stage, c.id AS customer_id, c.caption AS caption, size(names) AS steps
ORDER BY at DESC, customer_id
LIMIT $limit
