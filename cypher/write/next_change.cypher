// Takes so many numbers of the change feed; the last of them. Holds the feed's lock until the transaction ends.
// params: count
// returns: last
MERGE (s:Setting {name: 'change_seq'})
ON CREATE SET s.caption = 'change_seq', s.number = 0
SET s.number = s.number + $count
RETURN s.number AS last
