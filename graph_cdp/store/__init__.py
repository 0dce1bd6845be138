"""The only room with a memory, and the only one that knows Neo4j."""
