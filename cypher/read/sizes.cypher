// How many nodes of each kind the graph has, of kinds that a server counts without looking at them.
// params: none
// returns: what, count
MATCH (n:Identifier)
RETURN 'identifiers' AS what, count(n) AS count
UNION ALL
MATCH (n:Customer)
RETURN 'customers' AS what, count(n) AS count
UNION ALL
MATCH (n:Event)
RETURN 'observations' AS what, count(n) AS count
UNION ALL
MATCH (n:Order)
RETURN 'orders' AS what, count(n) AS count
UNION ALL
MATCH (n:DeadLetter)
RETURN 'dead letters' AS what, count(n) AS count
UNION ALL
MATCH (n:Change)
RETURN 'changes' AS what, count(n) AS count
