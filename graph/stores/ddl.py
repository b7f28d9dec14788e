"""The schema written out: constraints as Cypher, a page as Markdown, everything as JSON."""

from __future__ import annotations

import json

import polars as pl

from graphcli.graph.schema import FINGERPRINT, NODES, RELATIONSHIPS, SCOPE, Property
from graphcli.graph.stores.statements import constraint_statements

FORMATS = ("cypher", "md", "json")
TYPE_NAMES = {
    pl.String: "STRING",
    pl.Int64: "INTEGER",
    pl.Float64: "FLOAT",
    pl.Boolean: "BOOLEAN",
    pl.List(pl.String): "LIST<STRING>",
}
EVERYWHERE = (SCOPE, FINGERPRINT)


def render(form: str) -> str:
    """Write the schema as ``cypher``, ``md`` or ``json``."""
    return {"cypher": cypher, "md": markdown, "json": as_json}[form]()


def cypher() -> str:
    """Write the constraints that push creates."""
    lines = ["// Constraints of the graph schema; graphcli push creates them by itself."]
    return "\n".join([*lines, *(f"{text};" for _, _, text in constraint_statements())]) + "\n"


def markdown() -> str:
    """Write a page with every label, relationship and property."""
    lines = [
        "# Graph schema",
        "",
        "A node is unique by its key within a `scope`, a relationship by its type, its ends, its key and"
        " its `scope`. Every node and relationship in a store also carries:",
        "",
        *_property_rows(EVERYWHERE),
        "",
        "## Nodes",
    ]
    for label in NODES:
        lines += ["", f"### {label.name}", "", _sentence(label.meaning), f"Key: `{label.key}`.", ""]
        lines += _property_rows(label.properties)
    lines += ["", "## Relationships"]
    for kind in RELATIONSHIPS:
        heading = f"### ({kind.start})-[{kind.name}]->({kind.end})"
        key = f"Key: `{kind.key}`." if kind.key else "One for each pair of ends."
        lines += ["", heading, "", _sentence(kind.meaning), key, ""]
        lines += _property_rows(kind.properties) if kind.properties else ["No properties of its own."]
    return "\n".join(lines) + "\n"


def as_json() -> str:
    """Write the schema as one JSON object."""
    content = {
        "everywhere": [_property(item) for item in EVERYWHERE],
        "nodes": [
            {
                "label": label.name,
                "key": label.key,
                "meaning": label.meaning,
                "optional": label.optional,
                "properties": [_property(item) for item in label.properties],
            }
            for label in NODES
        ],
        "relationships": [
            {
                "type": kind.name,
                "start": kind.start,
                "end": kind.end,
                "key": kind.key,
                "meaning": kind.meaning,
                "optional": kind.optional,
                "properties": [_property(item) for item in kind.properties],
            }
            for kind in RELATIONSHIPS
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def type_name(item: Property) -> str:
    """Name of a property's type as Cypher writes it."""
    return TYPE_NAMES[item.dtype]


def _property(item: Property) -> dict[str, str]:
    return {"name": item.name, "type": type_name(item), "meaning": item.meaning}


def _property_rows(properties: tuple[Property, ...]) -> list[str]:
    rows = [f"| `{item.name}` | {type_name(item)} | {item.meaning} |" for item in properties]
    return ["| property | type | meaning |", "|---|---|---|", *rows]


def _sentence(meaning: str) -> str:
    return meaning[:1].upper() + meaning[1:] + "."
