// Asks for the end of a job that has not ended; whoever runs it sees that.
// params: id
// returns: id
MATCH (j:Job {id: $id})
WHERE j.state IN ['queued', 'running']
SET j.cancel = true
RETURN j.id AS id
