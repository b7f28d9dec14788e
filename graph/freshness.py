"""Bringing the workspace up to date before an answer, or saying that the answer is from an older build.

Stages: definitions (tiers and skills of the rows), entities (employers, places, industries, claims), graph.
Each is redone only when a hash of its inputs changed, each writes as one change, and a reader that must not
or cannot write answers from the last finished build.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from graphcli.graph.build_tables import build_graph
from graphcli.graph.facts import Facts, load_facts
from graphcli.graph.material import Material
from graphcli.graph.run_id import frame_lines, run_id
from graphcli.graph.select_rows import select_rows
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError, WorkspaceLockedError
from graphcli.workspace.folder import Manifest, WorkspaceFolder, stage_inputs
from graphcli.workspace.identity import stable_hash
from graphcli.workspace.lock import writer_lock
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection
from graphcli.workspace.version import __version__

Say = Callable[[str], None]

NOTHING_LOADED = "nothing is loaded yet; run graphcli load FILE or graphcli demo"
NOTHING_BUILT = "nothing is built yet; run graphcli build"
GRAPH_STAGE = "graph"
GRAPH_INPUTS = (
    "postings",
    "employers",
    "employer_names",
    "judgements",
    "places",
    "industries",
    "claims",
    "possibly_same",
)
FUNNEL = "funnel"
FUNNEL_COLUMNS: tables.Schema = {"stage": pl.String, "n": pl.Int64}
# Long enough for another reader's glance at the lock, short enough not to be felt.
GLANCE_SECONDS = 0.3
LOCK_WAIT_SECONDS = 1.0


class Snapshot(WorkspaceFolder):
    """A workspace as it was at one moment: every table read comes from the same manifest."""

    def __init__(self, folder: WorkspaceFolder) -> None:
        super().__init__(folder.root)
        self._manifest = folder.manifest()

    def manifest(self) -> Manifest:
        """Return the manifest of that moment."""
        return self._manifest


@dataclass(frozen=True)
class StageRun:
    """One stage of a build: how many things there are now, and how long it took (seconds).

    Things that come out of the step above them have no time of their own.
    """

    stage: str
    n: int
    seconds: float | None = None


@dataclass(frozen=True)
class Current:
    """What an answer stands on: the snapshot, the tables read from it, and the reference facts."""

    folder: WorkspaceFolder
    material: Material
    facts: Facts


def current(folder: WorkspaceFolder, *, no_build: bool = False, say: Say = lambda message: None) -> Current:
    """Bring the workspace up to date where that is needed and allowed, and read it.

    Parameters
    ----------
    no_build
        Answer from the last finished build.
    say
        Receives a line for every stage that is redone.

    Raises
    ------
    UsageError
        Nothing is loaded, or nothing was ever built and building is not allowed.
    """
    if not folder.table_names("postings/"):
        raise UsageError(NOTHING_LOADED)
    facts = load_facts(reference_folder(folder))
    hindered = "" if no_build else hindrance(folder)
    if not no_build and not hindered:
        try:
            bring_up_to_date(folder, facts, say)
        except WorkspaceLockedError as error:
            hindered = str(error)
    snapshot = Snapshot(folder)
    if GRAPH_STAGE not in snapshot.manifest().stages:
        raise UsageError(f"{NOTHING_BUILT} ({hindered})" if hindered else NOTHING_BUILT)
    material = read_material(snapshot)
    notes = [f"{hindered}; this answer is from the last finished build"] if hindered else []
    if no_build or hindered:
        stale = stale_stages(snapshot, facts)
        notes += (
            [f"stale: {', '.join(stale)} changed since the last build; run graphcli build"] if stale else []
        )
    return Current(snapshot, replace(material, notes=tuple(notes)), facts)


def reference_folder(folder: WorkspaceFolder) -> Path | None:
    """The user's own reference folder, where there is one."""
    return folder.reference_folder if folder.reference_folder.is_dir() else None


def hindrance(folder: WorkspaceFolder) -> str:
    """Why the workspace cannot be written now, or an empty text."""
    try:
        with writer_lock(folder.root / ".lock", "a glance at the lock", GLANCE_SECONDS):
            return ""
    except WorkspaceLockedError as error:
        return str(error)
    except OSError as error:
        return f"the workspace {folder.root} cannot be written ({error.strerror})"


def bring_up_to_date(folder: WorkspaceFolder, facts: Facts, say: Say) -> list[StageRun]:
    """Redo every stage whose inputs changed.

    Returns
    -------
    One entry for each stage, also for those that were up to date.
    """
    from graphcli.loaders.load import refresh_definitions
    from graphcli.loaders.resolve.stage import ensure_resolved

    clock = Clock()
    refresh_definitions(folder, say)
    rows = sum(
        entry.rows for name, entry in folder.manifest().entries.items() if name.startswith("postings/")
    )
    runs = [clock.stage("definitions", rows)]
    resolved = ensure_resolved(folder, say=say)
    if resolved.stale:
        raise WorkspaceLockedError(hindrance(folder) or "somebody else was writing to the workspace")
    runs.append(clock.stage("employers", resolved.employers.height))
    runs += [
        StageRun(name, frame.height)
        for name, frame in (
            ("places", resolved.places),
            ("industries", resolved.industries),
            ("claims", resolved.claims),
        )
    ]
    if graph_is_stale(folder, facts):
        say("building the graph: what it stands on has changed")
        write_graph(folder, facts)
    entries = folder.manifest().entries
    edges = sum(entry.rows for name, entry in entries.items() if name.startswith("graph/edges_"))
    nodes = sum(entry.rows for name, entry in entries.items() if name.startswith("graph/nodes_"))
    return [*runs, clock.stage("edges", edges), StageRun("nodes", nodes)]


class Clock:
    """Times stages one after another."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def stage(self, name: str, n: int) -> StageRun:
        """End a stage and start the next."""
        now = time.perf_counter()
        run = StageRun(name, n, round(now - self._last, 3))
        self._last = now
        return run


def build(folder: WorkspaceFolder, *, say: Say = lambda message: None) -> Result:
    """Bring every stage up to date; rows ``stage``, ``n`` (what it made) and ``seconds``.

    Raises
    ------
    UsageError
        Nothing is loaded.
    WorkspaceLockedError
        Somebody else is writing.
    """
    if not folder.table_names("postings/"):
        raise UsageError(NOTHING_LOADED)
    facts = load_facts(reference_folder(folder))
    runs = bring_up_to_date(folder, facts, say)
    columns: tables.Schema = {"stage": pl.String, "n": pl.Int64, "seconds": pl.Float64}
    frame = pl.DataFrame([tuple(vars(run).values()) for run in runs], schema=dict(columns), orient="row")
    identity = folder.manifest().stages.get("run_id", "")
    return Result("build", frame, {"version": __version__}, (), identity)


def stale_stages(folder: WorkspaceFolder, facts: Facts) -> list[str]:
    """Names of the stages that were made from something else than what is there now."""
    from graphcli.loaders.resolve.stage import is_current

    names = [] if is_current(folder, folder.manifest()) else ["entities"]
    return [*names, GRAPH_STAGE] if names or graph_is_stale(folder, facts) else []


def graph_is_stale(folder: WorkspaceFolder, facts: Facts) -> bool:
    """Whether the stored graph was made from something else than what is there now."""
    manifest = folder.manifest()
    return manifest.stages.get(GRAPH_STAGE) != graph_inputs(manifest, facts)


def graph_inputs(manifest: Manifest, facts: Facts) -> str:
    """Hash of what the stored graph depends on."""
    lines = [piece.decode() for _, frame in sorted(facts.frames().items()) for piece in frame_lines(frame)]
    return stage_inputs(
        manifest.entries, GRAPH_INPUTS, {"version": __version__, "facts": stable_hash(*lines)}
    )


def write_graph(folder: WorkspaceFolder, facts: Facts) -> None:
    """Build the graph of all postings and put it in force together with its run id and funnel."""
    with folder.change("building the graph", LOCK_WAIT_SECONDS) as change:
        snapshot = Snapshot(folder)
        material = read_material(snapshot)
        material = replace(material, run_id=identify(snapshot, material, facts))
        selected = select_rows(material, facts, Selection())
        graph = build_graph(selected, material, facts)
        graph.write(change)
        funnel = pl.DataFrame(list(selected.counts.items()), schema=dict(FUNNEL_COLUMNS), orient="row")
        change.write(FUNNEL, funnel)
        change.mark_stage("run_id", material.run_id)
        change.mark_stage(GRAPH_STAGE, graph_inputs(snapshot.manifest(), facts))


def identify(folder: WorkspaceFolder, material: Material, facts: Facts) -> str:
    """Run id of the workspace: rows, resolved entities, judgements, definitions and version."""
    from graphcli.loaders.definitions.matcher import load_matcher

    resolved = {
        name: getattr(material, name)
        for name in ("employers", "employer_names", "places", "industries", "claims", "possibly_same")
    }
    definitions = load_matcher(reference_folder(folder)).fingerprint
    resolved["judgements"] = folder.read("judgements", tables.JUDGEMENTS)
    return run_id(material.postings, resolved | facts.frames(), (definitions,))


def read_material(folder: WorkspaceFolder) -> Material:
    """Read what is loaded and resolved."""
    from graphcli.loaders.resolve.claims.matching import newest_edition

    return Material(
        postings=folder.scan_all("postings", tables.POSTINGS),
        sources=folder.read("sources", tables.SOURCES),
        employers=folder.read("employers", tables.EMPLOYERS),
        employer_names=folder.read("employer_names", tables.EMPLOYER_NAMES),
        places=folder.read("places", tables.PLACES),
        industries=folder.read("industries", tables.INDUSTRIES),
        claims=folder.read("claims", tables.CLAIMS),
        possibly_same=folder.read("possibly_same", tables.POSSIBLY_SAME),
        newest_edition=newest_edition(reference_folder(folder)),
        run_id=folder.manifest().stages.get("run_id", ""),
    )


def read_funnel(folder: WorkspaceFolder) -> dict[str, int]:
    """Read the counts behind the stored graph."""
    return dict(folder.read(FUNNEL, FUNNEL_COLUMNS).iter_rows())
