// Creates companies where they are missing, and write-locks those that something is said of; what was said of each until then.
// params: rows
// returns: key, said, traits, version
UNWIND $rows AS row
MERGE (n:Company {key: row.key})
WITH n, row
WHERE row.tells OR n.caption IS NULL
SET n.key = row.key
RETURN row.key AS key, n.said AS said, n.traits AS traits, n.version AS version
