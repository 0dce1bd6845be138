// Says for which company the person behind an identifier works.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
MATCH (c:Company {key: row.company})
MERGE (i)-[:WORKS_FOR]->(c)
