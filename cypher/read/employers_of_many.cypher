// The companies that members of these customers work for.
// params: ids
// returns: id, key, traits
UNWIND $ids AS id
MATCH (c:Customer {id: id})<-[:MEMBER_OF]-(i:Identifier)-[:WORKS_FOR]->(f:Company)
WITH DISTINCT id, f
RETURN id, f.key AS key, f.traits AS traits
ORDER BY id, key
