// Keeps a policy in the history of those that were in force.
// params: row
// returns: nothing
CREATE (p:Policy)
SET p = $row
