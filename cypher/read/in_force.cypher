// What customers are derived by at this moment: the policy, and the number of the last decision, null without any.
// params: none
// returns: policy, decisions
MATCH (p:Setting {name: 'policy'})
OPTIONAL MATCH (d:Setting {name: 'decision_seq'})
RETURN p.value AS policy, d.number AS decisions
