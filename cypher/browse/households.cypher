// Households
// People who share an e-mail address, a phone number, a card or a device and are no one customer for it.
// params: most = 6, scan = 100000, limit = 200
// returns: shared, link, member, membership, customer
MATCH (:Customer {kind: 'shared'})<-[:MEMBER_OF]-(shared:Identifier)
WHERE (shared:Email OR shared:Phone OR shared:LoyaltyCard OR shared:Device) AND shared.degree <= $most * 30
WITH shared
LIMIT $scan
MATCH (shared)-[:LINK]-(near:Identifier)-[:MEMBER_OF]->(one:Customer)
WHERE NOT near.shared
WITH shared, count(DISTINCT one) AS people
WHERE people >= 2 AND people <= $most
WITH shared
ORDER BY shared.key
LIMIT $limit
MATCH (shared)-[link:LINK]-(member:Identifier)-[membership:MEMBER_OF]->(customer:Customer)
WHERE NOT member.shared
RETURN shared, link, member, membership, customer
ORDER BY shared.key, customer.id, member.key
LIMIT $limit
