// The value of one setting that the graph keeps.
// params: name
// returns: value
MATCH (s:Setting {name: $name})
RETURN s.value AS value
