// Recent merges and splits
// Customers that became one or fell apart, the last first: of which they were made, what moved, and the cause.
// params: scan = 10000, limit = 50
// returns: seq, at, change, customer_id, previous, keys, cause
MATCH (c:Change)
WHERE c.seq > 0
WITH c
ORDER BY c.seq DESC
LIMIT $scan
WITH c
WHERE size(c.previous) > 0
RETURN c.seq AS seq, c.at AS at, c.change AS change, c.customer_id AS customer_id, c.previous AS previous,
       c.keys AS keys, c.cause AS cause
ORDER BY seq DESC
LIMIT $limit
