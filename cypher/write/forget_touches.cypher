// Deletes what was noted up to a number.
// params: until
// returns: nothing
MATCH (t:Touch)
WHERE t.number <= $until
DELETE t
