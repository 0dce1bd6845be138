// Keeps a decision, and counts it.
// params: row, number
// returns: nothing
CREATE (d:Decision)
SET d = $row
WITH d
MERGE (s:Setting {name: 'decision_seq'})
SET s.number = $number, s.caption = 'decision_seq'
