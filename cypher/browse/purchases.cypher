// What a customer bought, where and of which brand
// The orders of the customer that a key leads to, newest first, with their products, stores and brands.
// params: key = 'email:zofia_wojcik@poczta.example', limit = 200
// returns: customer, membership, purchase, relation, thing
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(customer:Customer)
MATCH (customer)<-[membership:MEMBER_OF]-(purchase:Order)
OPTIONAL MATCH (purchase)-[relation:CONTAINS|AT|OF_BRAND]->(thing)
RETURN customer, membership, purchase, relation, thing
ORDER BY coalesce(purchase.at, '') DESC, purchase.key, thing.key
LIMIT $limit
