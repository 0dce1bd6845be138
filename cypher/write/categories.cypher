// Gives products their category; what was said last holds.
// params: rows
// returns: nothing
UNWIND $rows AS row
MATCH (n:Product {key: row.key})
WHERE n.categorised IS NULL OR n.categorised < row.version
SET n.category = row.category, n.categorised = row.version
