// The change feed after a number.
// params: after, limit
// returns: seq, at, change, customer_id, previous, keys, cause
MATCH (c:Change)
WHERE c.seq > $after
RETURN c.seq AS seq, c.at AS at, c.change AS change, c.customer_id AS customer_id, c.previous AS previous,
       c.keys AS keys, c.cause AS cause
ORDER BY seq
LIMIT $limit
