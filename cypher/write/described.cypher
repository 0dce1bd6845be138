// Creates or brings up to date the entities of one label; what was said last of one holds.
// params: rows
// returns: nothing
UNWIND $rows AS row
MERGE (n:LABEL {key: row.key})
WITH n, row
WHERE n.version IS NULL OR n.version < row.version
SET n += row
