// The people who work for companies, each with the identifiers by which they are known there.
// params: keys, limit
// returns: company, id, kind, keys
UNWIND $keys AS key
MATCH (f:Company {key: key})<-[:WORKS_FOR]-(i:Identifier)-[:MEMBER_OF]->(c:Customer)
WITH key AS company, c.id AS id, c.kind AS kind, i.key AS member
ORDER BY company, id, member
WITH company, id, kind, collect(member) AS keys
ORDER BY company, id
LIMIT $limit
RETURN company, id, kind, keys
