// Keeps dead letters, each once.
// params: rows
// returns: nothing
UNWIND $rows AS row
MERGE (d:DeadLetter {uid: row.uid})
ON CREATE SET d += row
