"""Where the graph lives: the embedded engine or Neo4j, behind one contract."""
