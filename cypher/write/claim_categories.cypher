// Write-locks the products of which a newer category is said; the category that each has until then.
// params: rows
// returns: key, category
UNWIND $rows AS row
MATCH (n:Product {key: row.key})
WHERE n.categorised IS NULL OR n.categorised < row.version
SET n.key = row.key
RETURN row.key AS key, n.category AS category
