// Orders of a store by loyalty card
// How much was bought in one store with each card, whatever came back of it later, and whose card it is; the row without a card is all the rest.
// params: store = 'store:pos/Warszawa Wola', scan = 100000, limit = 50
// returns: card, customer_id, orders, revenue, currency, last
MATCH (:Store {key: $store})<-[:AT]-(o:Order)
WITH o
LIMIT $scan
OPTIONAL MATCH (o)-[:LINK]-(card:LoyaltyCard)
WITH card.key AS card, o.currency AS currency, count(o) AS orders, sum(o.total) AS revenue, max(o.at) AS last
OPTIONAL MATCH (:Identifier {key: card})-[:MEMBER_OF]->(c:Customer)
RETURN card, c.id AS customer_id, orders, round(revenue, 2) AS revenue, currency, last
ORDER BY orders DESC, card
LIMIT $limit
