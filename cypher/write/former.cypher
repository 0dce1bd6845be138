// Notes where the ids of identifiers that go lead from now on: `heir` is the own id of another identifier.
// params: rows
// returns: nothing
UNWIND $rows AS row
MERGE (f:Former {cid: row.cid})
SET f.heir = row.heir, f.caption = row.cid
