// Buyers of one brand who buy other brands too
// Customers with orders of a brand and of others, those with the most brands and orders first.
// params: brand = 'brand:Lumia', scan = 10000, limit = 50
// returns: customer_id, caption, brands, orders
MATCH (:Brand {key: $brand})<-[:OF_BRAND]-(o:Order)
WITH o
LIMIT $scan
MATCH (o)-[:MEMBER_OF]->(c:Customer {kind: 'person'})
WITH DISTINCT c
MATCH (c)<-[:MEMBER_OF]-(any:Order)-[:OF_BRAND]->(b:Brand)
WITH c, b.caption AS brand, count(any) AS orders
ORDER BY brand
WITH c, collect(brand) AS brands, sum(orders) AS orders
WHERE size(brands) > 1
RETURN c.id AS customer_id, c.caption AS caption, brands, orders
ORDER BY size(brands) DESC, orders DESC, customer_id
LIMIT $limit
