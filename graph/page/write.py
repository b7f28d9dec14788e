"""From a workspace to a page on disk: reads what the page needs, builds it, writes it in one step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from graphcli.graph.analysis import snapshot
from graphcli.graph.analysis.flags import EVER, as_of_day
from graphcli.graph.page.builder import build_page
from graphcli.graph.page.gather import PageOptions, gather
from graphcli.graph.tables import GraphTables
from graphcli.workspace import tables
from graphcli.workspace.files import write_text
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.version import __version__

if TYPE_CHECKING:
    from graphcli.graph.analysis.communities import Membership

TITLE = "Employers, regions and sectors"
BUDGET = 400
# A subtitle names the boards up to this many and counts the others.
BOARDS_NAMED = 4


@dataclass(frozen=True)
class Written:
    """What was written: where, how large, and how much of the graph it draws."""

    path: Path
    size: int
    nodes: int
    links: int
    counted: int


def write_page(
    folder: WorkspaceFolder, graph: GraphTables, path: Path, *, title: str = TITLE, budget: int = BUDGET
) -> Written:
    """Write the page of a graph.

    Parameters
    ----------
    graph
        As ``graph_for`` gives it: its parameters name scheme, preset and day of the claims.
    budget
        Nodes drawn at most; the rest is counted in summary nodes.

    Raises
    ------
    UsageError
        The budget is too small.
    """
    reference = folder.reference_folder if folder.reference_folder.is_dir() else None
    day = as_of_day(str(graph.parameters.get("as_of", "today")), reference)
    found = clusters_of_graph(folder, graph, day)
    sources = folder.read("sources", tables.SOURCES)
    data = gather(
        graph,
        found.frame,
        found.clusters,
        folder.scan_all("postings", tables.POSTINGS),
        sources,
        PageOptions(
            title=title,
            subtitle=subtitle(graph, sources),
            budget=budget,
            scheme=str(graph.parameters.get("scheme", "cset3")),
            as_of=None if day == EVER else date.fromisoformat(day),
            version=__version__,
            parameters=_cluster_parameters(found.parameters, graph.parameters),
            notes=found.notes,
        ),
    )
    text = build_page(data)
    write_text(path, text)
    counted = sum(row.all - row.drawn for row in data.coverage)
    return Written(path, len(text.encode("utf-8")), len(data.nodes), len(data.edges), counted)


def clusters_of_graph(folder: WorkspaceFolder, graph: GraphTables, day: str) -> Membership:
    """Give the last clusters of employers where they stand on this very graph, else cluster it now."""
    from graphcli.graph.analysis.communities import Membership, membership

    run = snapshot.latest_run(folder)
    if run is not None:
        parameters = snapshot.latest_parameters(folder, run)
        about = folder.read(f"analysis/{run}/about", dict(snapshot.ABOUT))
        if _stands_on(graph, parameters, about["graph_run_id"].to_list()):
            members, clusters = snapshot.latest_membership(folder), snapshot.latest_clusters(folder)
            assert members is not None
            assert clusters is not None
            notes = tuple(about["notes"][0].to_list())
            by = str(parameters["by"])
            return Membership(run, "employers", by, members, clusters, parameters, notes, graph.run_id)
    return membership(graph, as_of=day if day == EVER else date.fromisoformat(day))


def subtitle(graph: GraphTables, sources: pl.DataFrame) -> str:
    """Name what the page stands on: boards, number of files, run, tool, definition of an AI posting."""
    boards = sources["board"].drop_nulls().unique().sort().to_list()
    named = ", ".join(boards[:BOARDS_NAMED])
    if len(boards) > BOARDS_NAMED:
        named += f" and {len(boards) - BOARDS_NAMED} more boards"
    files = f"{sources.height:,} {'source' if sources.height == 1 else 'sources'}"
    preset = str(graph.parameters.get("preset", "tiers"))
    definition = "tier broad or inside it" if preset == "tiers" else f"preset {preset}"
    parts = [named, files, f"run {graph.run_id}", f"graphcli {__version__}", f"AI: {definition}"]
    return " · ".join(part for part in parts if part.strip())


def _stands_on(graph: GraphTables, parameters: Mapping[str, object], run_ids: list[str]) -> bool:
    if not graph.run_id or run_ids != [graph.run_id]:
        return False

    def plain(value: object) -> str:
        return json.dumps(value, sort_keys=True, default=str)

    # Settings of the clusters themselves may carry the same name as one of the graph's: as_of does.
    return all(
        name == "as_of" or plain(parameters.get(name)) == plain(value)
        for name, value in graph.parameters.items()
    )


def _cluster_parameters(own: Mapping[str, object], graph: Mapping[str, object]) -> dict[str, object]:
    # Sorted, because a snapshot does not keep their order.
    return {f"clusters: {name}": own[name] for name in sorted(own) if name not in graph or name == "as_of"}
