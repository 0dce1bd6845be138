// Creates entities of one label where they are missing, and write-locks those that something newer is said of.
// params: rows
// returns: key
UNWIND $rows AS row
MERGE (n:LABEL {key: row.key})
WITH n, row
WHERE n.version IS NULL OR n.version < row.version
SET n.key = row.key
RETURN row.key AS key
