"""From tables to the graph, and from the graph to stores, clusters, central employers and the page."""
