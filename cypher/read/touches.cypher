// Whose evidence transactions have changed after a number.
// params: after
// returns: number, customers
MATCH (t:Touch)
WHERE t.number > $after
RETURN t.number AS number, t.customers AS customers
ORDER BY number
