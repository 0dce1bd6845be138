// Keeps a new job.
// params: job
// returns: nothing
CREATE (j:Job)
SET j = $job
