// Jobs after one of them, newest first.
// params: at, uid, limit
// returns: id, kind, state, dry_run, fingerprint, of, created_at, started_at, finished_at, beat_at, done, total, cancel, summary, reason
MATCH (j:Job)
WHERE j.created_at < $at OR (j.created_at = $at AND j.id > $uid)
RETURN j.id AS id, j.kind AS kind, j.state AS state, j.dry_run AS dry_run, j.fingerprint AS fingerprint, j.of AS of,
       j.created_at AS created_at, j.started_at AS started_at, j.finished_at AS finished_at, j.beat_at AS beat_at,
       j.done AS done, j.total AS total, j.cancel AS cancel, j.summary AS summary, j.reason AS reason
ORDER BY created_at DESC, id
LIMIT $limit
