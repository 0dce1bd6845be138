// Changes what is kept of a job that has not ended.
// params: id, changes
// returns: nothing
MATCH (j:Job {id: $id})
WHERE j.state IN ['queued', 'running']
SET j += $changes
