// Says of people behind identifiers that they do not work for a company.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})-[w:WORKS_FOR]->(c:Company)
WHERE c.key = row.company
DELETE w
