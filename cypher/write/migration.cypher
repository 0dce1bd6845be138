// Notes that a migration was applied.
// params: version, what, checksum, at
// returns: nothing
MERGE (m:Migration {version: $version})
SET m.what = $what, m.checksum = $checksum, m.at = $at, m.caption = $what
