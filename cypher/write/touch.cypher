// Notes whose evidence a transaction has changed, under a number that nobody else gets until the commit; what is in force.
// params: customers, born
// returns: number, policy
MERGE (s:Setting {name: 'touches'})
ON CREATE SET s.caption = 'touches', s.number = 0, s.born = $born
SET s.number = s.number + 1
CREATE (t:Touch)
SET t.number = s.number, t.customers = $customers, t.caption = 'touch'
WITH t
OPTIONAL MATCH (p:Setting {name: 'policy'})
RETURN t.number AS number, p.value AS policy
