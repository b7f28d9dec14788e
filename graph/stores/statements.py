"""The Cypher that push and the reader send. Names come from the schema alone; every value is a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphcli.graph.schema import (
    FINGERPRINT,
    NODES,
    RELATIONSHIPS,
    SCOPE,
    NodeLabel,
    RelationshipType,
    node_label,
)

# A node that left the graph but that somebody else's relationship still needs stays under this scope.
# Not an empty scope: the embedded engine's unique index would then meet other people's nodes.
RELEASED_PREFIX = "released:"

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def constraint_statements() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield label, properties and statement of every constraint the schema asks for."""
    for label in NODES:
        properties = (SCOPE.name, label.key)
        text = (
            f"CREATE CONSTRAINT {_name(f'graphcli_{label.name.lower()}_key')} IF NOT EXISTS"
            f" FOR (n:{_name(label.name)}) REQUIRE (n.scope, n.{_name(label.key)}) IS UNIQUE"
        )
        yield label.name, properties, text


def read_node_keys(label: NodeLabel) -> str:
    """Keys and fingerprints of a label in ``$scope``."""
    return (
        f"MATCH (n:{_name(label.name)}) WHERE n.scope = $scope"
        f" RETURN n.{_name(label.key)} AS key, n.{FINGERPRINT.name} AS fingerprint"
    )


def read_edge_keys(kind: RelationshipType) -> str:
    """Ends, keys and fingerprints of a relationship type in ``$scope``, grouped by one end."""
    group, other = _grouping(kind)
    key = f"coalesce(r.{_name(kind.key)}, '')" if kind.key else "''"
    return (
        f"{_match_edges(kind)} WITH {_end_key(kind, group)} AS grouped,"
        f" collect([{_end_key(kind, other)}, {key}, r.{FINGERPRINT.name}]) AS items"
        " RETURN grouped, items"
    )


def read_nodes(label: NodeLabel) -> str:
    """All schema properties of a label's nodes in ``$scope``."""
    columns = ", ".join(f"n.{_name(item.name)} AS {_name(item.name)}" for item in label.properties)
    return f"MATCH (n:{_name(label.name)}) WHERE n.scope = $scope RETURN {columns}"


def read_edges(kind: RelationshipType) -> str:
    """All schema properties of a relationship type in ``$scope``, grouped by one end.

    Each item holds the other end's key, then the properties in the order of the schema.
    """
    group, other = _grouping(kind)
    items = ", ".join([_end_key(kind, other), *(f"r.{_name(item.name)}" for item in kind.properties)])
    return (
        f"{_match_edges(kind)} WITH {_end_key(kind, group)} AS grouped, collect([{items}]) AS items"
        " RETURN grouped, items"
    )


def grouped_end(kind: RelationshipType) -> str:
    """Which end the grouped readings group by: ``start`` or ``end``, whichever has fewer nodes."""
    return _grouping(kind)[0]


def read_extra_nodes(label: NodeLabel) -> str:
    """Nodes in ``$scope`` with all their properties, foreign ones included."""
    return (
        f"MATCH (n:{_name(label.name)}) WHERE n.scope = $scope"
        f" RETURN n.{_name(label.key)} AS key, properties(n) AS properties"
    )


def read_extra_edges(kind: RelationshipType) -> str:
    """Relationships in ``$scope`` with all their properties, foreign ones included."""
    key = f"coalesce(r.{_name(kind.key)}, '')" if kind.key else "''"
    return (
        f"{_match_edges(kind)} RETURN {_end_key(kind, 'start')} AS start_key,"
        f" {_end_key(kind, 'end')} AS end_key, {key} AS key, properties(r) AS properties"
    )


def write_nodes(label: NodeLabel) -> str:
    """Create or update nodes from ``$rows`` of key and properties; foreign properties stay."""
    return (
        f"UNWIND $rows AS row MERGE (n:{_name(label.name)} {{scope: $scope, {_name(label.key)}: row.key}})"
        " SET n += row.properties"
    )


def write_edges(kind: RelationshipType) -> str:
    """Create or update relationships from ``$rows`` of start, end, key and properties."""
    return (
        f"UNWIND $rows AS row {_match_ends(kind)}"
        f" MERGE (s)-[r:{_name(kind.name)} {{scope: $scope{_key_pattern(kind)}}}]->(t)"
        " SET r += row.properties"
    )


def delete_edges(kind: RelationshipType) -> str:
    """Remove relationships named by ``$rows`` of start, end and key."""
    return (
        f"UNWIND $rows AS row {_match_ends(kind)}"
        f" MATCH (s)-[r:{_name(kind.name)} {{scope: $scope{_key_pattern(kind)}}}]->(t) DELETE r"
    )


def delete_nodes(label: NodeLabel) -> str:
    """Remove nodes named by ``$keys`` that no relationship needs any more."""
    return (
        f"UNWIND $keys AS key MATCH (n:{_name(label.name)} {{scope: $scope, {_name(label.key)}: key}})"
        " OPTIONAL MATCH (n)-[r]-() WITH n, count(r) AS held WHERE held = 0 DELETE n"
    )


def release_nodes(label: NodeLabel) -> str:
    """Move nodes named by ``$keys`` that are left to the scope ``$released``: they stay, no longer ours."""
    return (
        f"UNWIND $keys AS key MATCH (n:{_name(label.name)} {{scope: $scope, {_name(label.key)}: key}})"
        f" SET n.scope = $released REMOVE n.{FINGERPRINT.name} RETURN count(n) AS released"
    )


def count_released(label: NodeLabel) -> str:
    """How many nodes of a label lie under the scope ``$released``."""
    return f"MATCH (n:{_name(label.name)}) WHERE n.scope = $released RETURN count(n) AS released"


def adopt_nodes(label: NodeLabel) -> str:
    """Take nodes named by ``$keys`` back from the scope ``$released``."""
    return (
        f"UNWIND $keys AS key MATCH (n:{_name(label.name)} {{scope: $released, {_name(label.key)}: key}})"
        " SET n.scope = $scope"
    )


COUNT_FOREIGN_NODES = "MATCH (n) WHERE n.scope IS NULL OR n.scope <> $scope RETURN count(n) AS found"
COUNT_FOREIGN_EDGES = "MATCH ()-[r]->() WHERE r.scope IS NULL OR r.scope <> $scope RETURN count(r) AS found"


def scope_statements() -> Iterator[str]:
    """Statements that together name every scope in the store."""
    for label in NODES:
        yield f"MATCH (n:{_name(label.name)}) WHERE n.scope IS NOT NULL RETURN DISTINCT n.scope AS scope"


def write_properties(label: NodeLabel) -> str:
    """Set analysis properties on existing nodes from ``$rows`` of key and properties."""
    return (
        f"UNWIND $rows AS row MATCH (n:{_name(label.name)} {{scope: $scope, {_name(label.key)}: row.key}})"
        " SET n += row.properties"
    )


def relationship_names() -> list[str]:
    """Every relationship type once, in the schema's order."""
    return list(dict.fromkeys(kind.name for kind in RELATIONSHIPS))


def _match_edges(kind: RelationshipType) -> str:
    return (
        f"MATCH (s:{_name(kind.start)})-[r:{_name(kind.name)}]->(t:{_name(kind.end)}) WHERE r.scope = $scope"
    )


def _match_ends(kind: RelationshipType) -> str:
    start, end = node_label(kind.start), node_label(kind.end)
    return (
        f"MATCH (s:{_name(start.name)} {{scope: $scope, {_name(start.key)}: row.start}})"
        f" MATCH (t:{_name(end.name)} {{scope: $scope, {_name(end.key)}: row.end}})"
    )


def _key_pattern(kind: RelationshipType) -> str:
    return f", {_name(kind.key)}: row.key" if kind.key else ""


def _grouping(kind: RelationshipType) -> tuple[str, str]:
    # Cities, skills and sectors are few where employers are many; a posting has one employer.
    return ("start", "end") if kind.end == "Posting" else ("end", "start")


def _end_key(kind: RelationshipType, end: str) -> str:
    if end == "start":
        return f"s.{_name(node_label(kind.start).key)}"
    return f"t.{_name(node_label(kind.end).key)}"


def _name(identifier: str) -> str:
    # The schema is ours, but a name that needs quoting would be a door for injection: it cannot be written.
    if not _IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"{identifier!r} cannot be a name in Cypher")
    return identifier
