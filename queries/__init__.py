"""Named Cypher queries and the room that runs them."""
