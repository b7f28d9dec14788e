"""Posting nodes for ``push --with-postings``: one for each posting that an employer stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphcli.graph.schema import node_columns, node_label
from graphcli.graph.tables import GraphTables

if TYPE_CHECKING:
    from graphcli.graph.select import Selected


def with_postings(graph: GraphTables, selected: Selected) -> GraphTables:
    """Add the selected postings of the graph's employers to a graph."""
    label = node_label("Posting")
    postings = (
        selected.frame.with_columns(
            pl.col("posting_id").alias("id"),
            pl.col("posted_on").cast(pl.String).fill_null(""),
        )
        .join(graph.nodes["Employer"].select("id"), left_on="employer_id", right_on="id", how="semi")
        .unique("id", keep="first", maintain_order=True)
    )
    posted = postings.select(pl.col("employer_id").alias("start"), pl.col("id").alias("end"))
    return GraphTables.of(
        {**graph.nodes, "Posting": postings.select(list(node_columns(label)))},
        {**graph.edges, "POSTED": posted},
        graph.run_id,
        graph.parameters,
        graph.notes,
    )
