// Dead letters by reason
// How many messages and rows of each source could not be used and why, with the place of one of them.
// params: limit = 50
// returns: reason, source, letters, newest, place
MATCH (d:DeadLetter)
WITH d, split(d.reason, ' (')[0] AS reason
RETURN reason, d.source AS source, count(d) AS letters, max(d.at) AS newest, min(d.place) AS place
ORDER BY letters DESC, reason, source
LIMIT $limit
