// Brings entities of one label up to date; what was said last of one holds.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (n:LABEL {key: row.key})
WHERE n.version IS NULL OR n.version < row.version
SET n += row
