// Why two keys are one customer
// The links that hold the customer of both keys together, strongest and oldest first; nothing where they are two.
// params: key = 'loyalty_card:29182304068', other_key = 'anonymous_id:3ee1967e-0c73-497c-aa55-2b517dc842c1', limit = 100
// returns: one, link, other
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(customer:Customer)<-[:MEMBER_OF]-(:Identifier {key: $other_key})
MATCH (customer)<-[:MEMBER_OF]-(one:Identifier)-[link:LINK]->(other:Identifier)
MATCH (other)-[:MEMBER_OF]->(home:Customer)
WHERE home.id = customer.id
RETURN one, link, other
ORDER BY link.tier, coalesce(link.first_seen, '~'), one.key, other.key
LIMIT $limit
