// Sets one setting that the graph keeps.
// params: name, value
// returns: nothing
MERGE (s:Setting {name: $name})
SET s.value = $value, s.caption = $name
