// Every order and the customer that it is of.
// params: none
// returns: key, customer, at, status, total, currency, brand, store, channel
MATCH (o:Order)-[:MEMBER_OF]->(c:Customer)
RETURN o.key AS key, c.id AS customer, o.at AS at, o.status AS status, o.total AS total, o.currency AS currency,
       o.brand AS brand, o.store AS store, o.channel AS channel
