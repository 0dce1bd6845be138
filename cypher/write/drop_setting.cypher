// Takes a setting out of the graph.
// params: name
// returns: nothing
MATCH (s:Setting {name: $name})
DELETE s
