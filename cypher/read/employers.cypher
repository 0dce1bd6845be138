// The companies that members of one customer work for.
// params: id
// returns: key, traits
MATCH (c:Customer {id: $id})<-[:MEMBER_OF]-(i:Identifier)-[:WORKS_FOR]->(f:Company)
WITH DISTINCT f
RETURN f.key AS key, f.traits AS traits
ORDER BY key
