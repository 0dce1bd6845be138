// Takes so many numbers of the change feed, which nobody else gets until the commit: the last, and what is in force.
// params: count
// returns: last, policy, decisions
MERGE (s:Setting {name: 'change_seq'})
ON CREATE SET s.caption = 'change_seq', s.number = 0
SET s.number = s.number + $count
WITH s
OPTIONAL MATCH (p:Setting {name: 'policy'})
OPTIONAL MATCH (d:Setting {name: 'decision_seq'})
RETURN s.number AS last, p.value AS policy, d.number AS decisions
