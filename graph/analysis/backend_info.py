"""What networkx reads about our backend when it is imported: names only, nothing heavy is loaded."""

from __future__ import annotations

FUNCTIONS = {
    "betweenness_centrality": "Exact, or from k sampled pivots, on arrays.",
    "connected_components": "By scipy.",
    "degree_centrality": "From the row lengths of the adjacency matrix.",
    "harmonic_centrality": "Exact, by breadth-first search on arrays.",
    "leiden_communities": "Leiden by modularity through graspologic-native.",
    "modularity": "On arrays.",
    "number_connected_components": "By scipy.",
    "pagerank": "Power iteration on a scipy matrix; `tol` as networkx reads it.",
}


def get_info() -> dict[str, object]:
    """Describe the backend in the form that networkx's entry point asks for."""
    return {
        "backend_name": "graphcli",
        "project": "graphcli",
        "package": "graphcli",
        "short_summary": "Sparse-array engine behind graphcli's networks.",
        "default_config": {},
        "functions": {name: {"additional_docs": text} for name, text in FUNCTIONS.items()},
    }
