// Of these observations those under whose source and message id the graph has something, be it another content.
// params: rows
// returns: uid
UNWIND $rows AS row
WITH row
WHERE EXISTS { MATCH (e:Event {source: row.source, message_id: row.message_id}) }
RETURN row.uid AS uid
