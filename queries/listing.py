"""The catalogue as a table."""

from __future__ import annotations

import polars as pl

from graphcli.queries.catalogue import Parameter, catalogue, find_query
from graphcli.workspace.result import Result

COLUMNS = ("name", "question", "parameters", "example")


def listing(name: str | None = None) -> Result:
    """List all queries, or one with its title and Cypher in the notes.

    Raises
    ------
    UsageError
        There is no query of that name.
    """
    chosen = list(catalogue().values()) if name is None else [find_query(name)]
    rows = [
        (query.name, query.question, "; ".join(map(_written, query.parameters)), query.example)
        for query in chosen
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    if name is None:
        return Result("queries", frame)
    query = chosen[0]
    meanings = tuple(f"{item.name}: {item.meaning}" for item in query.parameters)
    return Result("queries", frame, {"title": query.title}, (query.title, *meanings, query.text.rstrip()))


def _written(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f"={parameter.default}"
    return f"{parameter.name}{default} ({parameter.type})"
