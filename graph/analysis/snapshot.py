"""Results kept in the workspace: what ``show``, the page, ``--cluster``, ``--match`` and ``evidence`` read.

A snapshot is named by the hash of its parameters and of the graph, so that doing an analysis again
writes the same tables under the same name.
"""

from __future__ import annotations

import json

import polars as pl

from graphcli.graph.analysis.central import Ranking
from graphcli.graph.analysis.communities import Membership
from graphcli.graph.analysis.describe import CLUSTERS
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.folder import LOCK_WAIT_SECONDS, WorkspaceFolder
from graphcli.workspace.references import parse_reference
from graphcli.workspace.tables import Schema

MEMBERS: Schema = {
    "id": pl.String,
    "name": pl.String,
    "cluster": pl.Int64,
    "membership": pl.Float64,
}
# One row that says what the other tables of the snapshot are.
ABOUT: Schema = {
    "command": pl.String,
    "of": pl.String,
    "by": pl.String,
    "graph_run_id": pl.String,
    "parameters": pl.String,
    "notes": pl.List(pl.String),
}
CENTRAL: Schema = {"rank": pl.Int64, "id": pl.String, "name": pl.String, "score": pl.Float64}


def remember(
    folder: WorkspaceFolder, found: Membership | Ranking, wait_seconds: float = LOCK_WAIT_SECONDS
) -> None:
    """Write a result's tables; the last one written for its kind of node is the one that filters read.

    Raises
    ------
    WorkspaceLockedError
        Another process was writing for longer than ``wait_seconds``.
    """
    base = f"analysis/{found.run}"
    with folder.change("analysis", wait_seconds) as change:
        change.write(f"{base}/about", _about(found))
        if isinstance(found, Ranking):
            change.write(f"{base}/central", found.frame.select(list(CENTRAL)))
            change.mark_stage(f"analysis/central/{found.of}", found.run)
        else:
            change.write(f"{base}/membership", found.frame.select(list(MEMBERS)))
            change.write(f"{base}/clusters", found.clusters)
            change.mark_stage(f"analysis/clusters/{found.of}", found.run)


def latest_run(folder: WorkspaceFolder, of: str = "employers") -> str | None:
    """RUN of the last ``clusters`` of a kind of node, ``None`` where there was none."""
    return folder.manifest().stages.get(f"analysis/clusters/{of}")


def latest_membership(folder: WorkspaceFolder, of: str = "employers") -> pl.DataFrame | None:
    """Read the members of the last ``clusters`` run as ``id, name, cluster, membership``."""
    run = latest_run(folder, of)
    return None if run is None else folder.read(f"analysis/{run}/membership", MEMBERS)


def latest_clusters(folder: WorkspaceFolder, of: str = "employers") -> pl.DataFrame | None:
    """Read the clusters of the last ``clusters`` run, with their labels."""
    run = latest_run(folder, of)
    return None if run is None else folder.read(f"analysis/{run}/clusters", CLUSTERS)


def latest_central(folder: WorkspaceFolder, of: str = "employers") -> pl.DataFrame | None:
    """Read ``rank, id, name, score`` of the last ``central`` run of a kind of node."""
    run = folder.manifest().stages.get(f"analysis/central/{of}")
    return None if run is None else folder.read(f"analysis/{run}/central", CENTRAL)


def latest_parameters(folder: WorkspaceFolder, run: str) -> dict[str, object]:
    """Read the parameters that made a snapshot."""
    about = folder.read(f"analysis/{run}/about", ABOUT)
    parameters: dict[str, object] = json.loads(about["parameters"][0]) if about.height else {}
    return parameters


def members_of_run(folder: WorkspaceFolder, run: str) -> pl.DataFrame:
    """Read the members of one run by its name.

    Raises
    ------
    UsageError
        There is no such run; the message names those there are.
    """
    names = [name.split("/")[1] for name in folder.table_names("analysis/") if name.endswith("/membership")]
    if run not in names:
        if not names:
            raise UsageError("no clusters were computed in this workspace yet; run graphcli clusters first")
        raise unknown_name("cluster run", run, names)
    return folder.read(f"analysis/{run}/membership", MEMBERS)


def cluster_members(folder: WorkspaceFolder, text: str) -> set[str]:
    """Ids in the cluster that a number (of the last run over employers) or ``cluster:RUN:n`` names.

    Raises
    ------
    UsageError
        No clusters were computed yet, or there is no such cluster.
    """
    run, number = latest_run(folder), text.strip()
    if number.startswith("cluster:"):
        run, number = parse_reference(number).parts
    if run is None:
        raise UsageError("no clusters were computed in this workspace yet; run graphcli clusters first")
    members = members_of_run(folder, run)
    found = members.filter(pl.col("cluster").cast(pl.String) == number)
    if found.is_empty():
        numbers = members["cluster"].unique().sort().cast(pl.String).to_list()
        raise unknown_name("cluster", number, numbers)
    return set(found["id"])


def _about(found: Membership | Ranking) -> pl.DataFrame:
    row = {
        "command": "central" if isinstance(found, Ranking) else "clusters",
        "of": found.of,
        "by": str(found.parameters["by"]),
        "graph_run_id": found.graph_run_id,
        "parameters": json.dumps(dict(found.parameters), ensure_ascii=False, sort_keys=True, default=str),
        "notes": list(found.notes),
    }
    return pl.DataFrame([row], schema=dict(ABOUT))
