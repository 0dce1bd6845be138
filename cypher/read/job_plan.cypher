// The plan that a dry run has made.
// params: id
// returns: plan
MATCH (j:Job {id: $id})
RETURN j.plan AS plan
