// For which companies the people behind identifiers work.
// params: none
// returns: key, company
MATCH (i:Identifier)-[:WORKS_FOR]->(c:Company)
RETURN i.key AS key, c.key AS company
