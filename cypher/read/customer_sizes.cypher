// How many customers there are of each size, those of kind shared left out.
// params: none
// returns: size, count
MATCH (c:Customer)
WHERE c.kind <> 'shared'
RETURN c.size AS size, count(c) AS count
ORDER BY size
