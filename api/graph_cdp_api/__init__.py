"""HTTP over the engine and nothing else: a handler parses, calls one method of the engine, and answers."""
