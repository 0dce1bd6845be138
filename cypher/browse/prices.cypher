// What a product cost, when, where and with which card
// The prices of a product by order, newest first: the day, the channel, the store, the customer and the loyalty card.
// params: product = 'product:pos/BO-005', limit = 100
// returns: day, price, quantity, channel, store, customer, card
MATCH (:Product {key: $product})<-[line:CONTAINS]-(purchase:Order)
WITH line, purchase
ORDER BY coalesce(purchase.at, '') DESC, purchase.key
LIMIT $limit
OPTIONAL MATCH (purchase)-[:AT]->(shop:Store)
OPTIONAL MATCH (purchase)-[:MEMBER_OF]->(c:Customer)
OPTIONAL MATCH (purchase)-[:LINK]-(n:LoyaltyCard)
RETURN substring(purchase.at, 0, 10) AS day, line.price AS price, line.quantity AS quantity, purchase.channel AS channel,
       shop.caption AS store, c.caption AS customer, n.value AS card
ORDER BY day DESC, purchase.key, card
LIMIT $limit
