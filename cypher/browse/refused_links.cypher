// Refused links by rule
// Links that join nobody, for a customer with both ends would hold too many of what both sides have; the rule first.
// params: prefix = 'email:', tier = 5, scan = 20000, limit = 50
// returns: both_hold, kind, tier, key, other_key, customer_id, other_customer_id, first_seen
MATCH (a:Identifier)
WHERE a.key STARTS WITH $prefix
WITH a
LIMIT $scan
MATCH (c:Customer)<-[:MEMBER_OF]-(a)-[l:LINK]-(b:Identifier)-[:MEMBER_OF]->(d:Customer)
WHERE c.id <> d.id AND c.kind <> 'shared' AND d.kind <> 'shared' AND l.tier <= $tier
RETURN [one IN c.held WHERE split(one, '=')[0] IN [other IN d.held | split(other, '=')[0]] | split(one, '=')[0]] AS both_hold,
       l.kind AS kind, l.tier AS tier, a.key AS key, b.key AS other_key, c.id AS customer_id, d.id AS other_customer_id,
       l.first_seen AS first_seen
ORDER BY both_hold, tier, first_seen, key, other_key
LIMIT $limit
