// One customer with all that hangs on it
// The identifiers, records and orders of the customer that a key leads to, their links, and what the orders are of.
// params: key = 'email:zofia_wojcik@poczta.example', limit = 300
// returns: customer, membership, member, relation, thing
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(customer:Customer)
MATCH (customer)<-[membership:MEMBER_OF]-(member:Identifier)
OPTIONAL MATCH (member)-[relation:LINK|CONTAINS|AT|OF_BRAND|WORKS_FOR]->(thing)
RETURN customer, membership, member, relation, thing
ORDER BY member.key, thing.key
LIMIT $limit
