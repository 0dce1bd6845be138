// Creates customers.
// params: rows
// returns: nothing
UNWIND $rows AS row
CREATE (c:Customer)
SET c = row
