// Takes so many numbers of the change feed, which nobody else gets until the commit: the last, and the policy in force.
// params: count
// returns: last, policy
MERGE (s:Setting {name: 'change_seq'})
ON CREATE SET s.caption = 'change_seq', s.number = 0
SET s.number = s.number + $count
WITH s
OPTIONAL MATCH (p:Setting {name: 'policy'})
RETURN s.number AS last, p.value AS policy
