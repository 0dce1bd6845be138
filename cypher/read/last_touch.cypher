// The number of the last transaction that has changed the evidence of a customer; none before the first.
// params: none
// returns: number
MATCH (s:Setting {name: 'touches'})
RETURN s.number AS number
