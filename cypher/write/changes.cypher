// Appends to the change feed.
// params: rows
// returns: nothing
UNWIND $rows AS row
CREATE (c:Change)
SET c = row
