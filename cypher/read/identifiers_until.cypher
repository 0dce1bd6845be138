// The key that so many identifiers further stands in the order of keys.
// params: after, skip
// returns: last
MATCH (i:Identifier)
WHERE i.key > $after
RETURN i.key AS last
ORDER BY last
SKIP $skip LIMIT 1
