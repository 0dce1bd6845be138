// Every order of a person with what it was worth: its total, or without one the sum of its lines.
// params: none
// returns: key, customer, at, status, currency, amount
MATCH (o:Order)-[:MEMBER_OF]->(c:Customer)
WHERE c.kind <> 'shared'
OPTIONAL MATCH (o)-[l:CONTAINS]->(:Product)
WITH c.id AS customer, o.at AS at, o.status AS status, o.currency AS currency, o.total AS total,
     sum(l.price * l.quantity) AS listed, o.key AS key
RETURN key, customer, at, status, currency, coalesce(total, listed) AS amount
ORDER BY customer, key
