// The uid that so many events further stands in the order of uids.
// params: after, skip
// returns: last
MATCH (e:Event)
WHERE e.uid > $after
RETURN e.uid AS last
ORDER BY last
SKIP $skip LIMIT 1
