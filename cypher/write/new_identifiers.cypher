// Creates identifiers of one label.
// params: rows
// returns: nothing
UNWIND $rows AS row
CREATE (i:Identifier:LABEL)
SET i = row
