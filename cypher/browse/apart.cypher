// What keeps two keys apart
// The refused links between the customers of two keys, and the shared identifiers that both of them use.
// params: key = 'user_id:L-83983', other_key = 'user_id:L-64202', limit = 50
// returns: path
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(one:Customer), (:Identifier {key: $other_key})-[:MEMBER_OF]->(two:Customer)
WHERE one.id <> two.id
MATCH path = (one)<-[:MEMBER_OF]-(:Identifier)-[:LINK]-(:Identifier)-[:MEMBER_OF]->(two)
RETURN path
LIMIT $limit
UNION
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(one:Customer), (:Identifier {key: $other_key})-[:MEMBER_OF]->(two:Customer)
WHERE one.id <> two.id
MATCH path = (one)<-[:MEMBER_OF]-(:Identifier)-[:LINK]-(:Identifier {shared: true})-[:LINK]-(:Identifier)-[:MEMBER_OF]->(two)
RETURN path
LIMIT $limit
