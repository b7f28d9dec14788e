"""Graph tables as counts: which employers (cities, skills, sectors) go with which, as one sparse matrix.

Every analysis starts here, so that rows and columns are sorted once, before anything is seeded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from graphcli.graph.schema import node_label
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError, unknown_name

# Kind as users name it → node label.
KINDS = {"employers": "Employer", "skills": "Skill", "cities": "City", "sectors": "Sector"}
# Kind → kind in the reference grammar.
REFERENCES = {"employers": "employer", "skills": "skill", "cities": "city", "sectors": "sector"}
# Kind → graph table of the relationship that leads from an employer to it.
FROM_EMPLOYER = {"skills": "REQUIRES", "cities": "HIRES_IN", "sectors": "IN_SECTOR_Employer"}
DEFAULT_BY = {"employers": "skills", "cities": "skills", "sectors": "skills", "skills": "employers"}
# Their rows join the postings of many real employers, which would make hubs of no meaning.
NO_EMPLOYER = ("anonymous",)


@dataclass(frozen=True)
class Incidence:
    """Postings by pair: ``counts[i, j]`` postings go with row ``ids[i]`` and column ``by_ids[j]``.

    Attributes
    ----------
    of, by
        Kinds of the rows and of the columns.
    ids, by_ids
        Node keys, sorted.
    counts
        Number of postings; whole numbers unless ``estimated``.
    estimated
        The pair is not counted posting by posting but goes through the employers.
    left_out
        Rows of kind ``anonymous``, which stand for no one employer and are not in ``ids``.
    """

    of: str
    by: str
    ids: tuple[str, ...]
    by_ids: tuple[str, ...]
    counts: sparse.csr_array
    estimated: bool = False
    left_out: int = 0

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Whether a row has no column at all, such as an employer without any skill."""
        empty: NDArray[np.bool_] = np.diff(self.counts.indptr) == 0
        return empty


def node_table(graph: GraphTables, kind: str) -> pl.DataFrame:
    """Nodes of a kind as ``id, name, postings, ai_postings`` (null where the label has none), sorted."""
    label = node_label(KINDS[kind])
    frame = graph.nodes[label.name].rename({label.key: "id"})
    if kind == "employers":
        frame = frame.filter(~pl.col("kind").is_in(NO_EMPLOYER).fill_null(value=False))
    if kind == "sectors":
        # Defense, surveillance and trade are reached through affiliations, never from an employer.
        frame = frame.filter((pl.col("type") == "industry").fill_null(value=True))
    absent = [pl.lit(None, pl.Int64).alias(name) for name in ("postings", "ai_postings") if name not in frame]
    return frame.with_columns(absent).select("id", "name", "postings", "ai_postings").sort("id")


def incidence(graph: GraphTables, of: str = "employers", by: str = "") -> Incidence:
    """Count postings by pairs of two kinds.

    Between two kinds of which neither is ``employers`` there is no relationship in the graph. Their
    counts are estimated through the employers: each employer's column counts are split over its rows
    by the share of its postings there.

    Parameters
    ----------
    of, by
        ``employers``, ``skills``, ``cities`` or ``sectors``; an empty ``by`` is ``skills``, and
        ``employers`` for skills.

    Raises
    ------
    UsageError
        A kind does not exist, or both are the same.
    """
    by = by or DEFAULT_BY.get(of, "")
    for kind in (of, by):
        if kind not in KINDS:
            raise unknown_name("kind of node", kind, KINDS)
    if of == by:
        others = ", ".join(sorted(set(KINDS) - {of}))
        raise UsageError(f"{of} cannot be compared by {by}; compare them by one of {others}")
    ids, by_ids = (tuple(node_table(graph, kind)["id"]) for kind in (of, by))
    estimated = "employers" not in (of, by)
    if of == "employers":
        counts = _from_employers(graph, by)
    elif by == "employers":
        counts = sparse.csr_array(_from_employers(graph, of).T)
    else:
        places, features = _from_employers(graph, of), _from_employers(graph, by)
        total = np.maximum(places.sum(axis=1), 1.0)
        counts = sparse.csr_array((sparse.diags_array(1.0 / total) @ places).T @ features)
    counts.sort_indices()
    employers = graph.nodes["Employer"].height
    left_out = employers - node_table(graph, "employers").height if "employers" in (of, by) else 0
    return Incidence(of, by, ids, by_ids, counts, estimated, left_out)


def _from_employers(graph: GraphTables, kind: str) -> sparse.csr_array:
    rows = node_table(graph, "employers").select(start="id").with_row_index("i")
    columns = node_table(graph, kind).select(end="id").with_row_index("j")
    pairs = (
        graph.edges[FROM_EMPLOYER[kind]]
        .select("start", "end", pl.col("postings").fill_null(0))
        .join(rows, on="start")
        .join(columns, on="end")
        .group_by("i", "j")
        .agg(pl.col("postings").sum())
        .filter(pl.col("postings") > 0)
        .sort("i", "j")
    )
    shape = (rows.height, columns.height)
    values = pairs["postings"].to_numpy().astype(np.float64)
    indices = (pairs["i"].to_numpy().astype(np.int32), pairs["j"].to_numpy().astype(np.int32))
    return sparse.csr_array((values, indices), shape=shape)
