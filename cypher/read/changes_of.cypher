// What the change feed says of a customer or of one of these keys.
// params: id, keys
// returns: seq, at, change, customer_id, previous, keys, cause
MATCH (c:Change)
WHERE c.customer_id = $id OR any(key IN c.keys WHERE key IN $keys)
RETURN c.seq AS seq, c.at AS at, c.change AS change, c.customer_id AS customer_id, c.previous AS previous,
       c.keys AS keys, c.cause AS cause
ORDER BY seq
