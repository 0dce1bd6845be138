// How many customers buy in how many brands, and how often
// Customers since a day by the number of brands they bought in and by how many orders: very active, active, hardly.
// params: since = '2024-01-01', scan = 100000, limit = 50
// returns: brands, activity, customers
MATCH (o:Order)
WHERE o.at >= $since
WITH o
LIMIT $scan
MATCH (o)-[:MEMBER_OF]->(c:Customer {kind: 'person'})
WITH c, count(DISTINCT o.brand) AS brands, count(DISTINCT o.key) AS orders
WITH brands, CASE WHEN orders >= 4 THEN 'very active' WHEN orders >= 2 THEN 'active' ELSE 'hardly active' END AS activity, c
RETURN brands, activity, count(c) AS customers
ORDER BY brands DESC, customers DESC, activity
LIMIT $limit
