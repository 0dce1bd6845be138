// The number of the last transaction that has changed the evidence of a customer, and what tells this graph from one that took its place; none before the first.
// params: none
// returns: number, born
MATCH (s:Setting {name: 'touches'})
RETURN s.number AS number, s.born AS born
