"""What a workspace holds and what in it is stale; it reads and never builds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from graphcli.graph.facts import load_facts
from graphcli.graph.freshness import (
    GRAPH_STAGE,
    NOTHING_BUILT,
    NOTHING_LOADED,
    Snapshot,
    hindrance,
    read_funnel,
    reference_folder,
    stale_stages,
)
from graphcli.loaders.audit import account_lines
from graphcli.loaders.crawl_signs import stored_signs
from graphcli.workspace import tables
from graphcli.workspace.folder import Manifest, WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.version import __version__

FUNNEL_WORDS = {
    "rows": "rows before de-duplication",
    "after_exact": "rows that differ in any value (exact)",
    "deduplicated": "postings after de-duplication (url)",
    "located": "postings with a city",
    "province_only": "postings with only a province",
    "unlocated": "postings without a place",
    "with_employer": "postings with an employer",
    "ai": "AI postings (tier broad)",
}
ENTITIES = ("employers", "employer_names", "places", "industries", "claims")
MEBIBYTE = 1024 * 1024


def status(folder: WorkspaceFolder) -> Result:
    """Describe a workspace: sources, rows, entities, graph, what is stale, sizes."""
    snapshot = Snapshot(folder)
    manifest = snapshot.manifest()
    lines = [("workspace", str(folder.root)), ("version", __version__)]
    if manifest.entries:
        lines += [*source_lines(snapshot), *entity_lines(manifest), *graph_lines(snapshot)]
        lines += [("being written", hindrance(folder) or "no"), *size_lines(folder)]
    else:
        lines.append(("state", NOTHING_LOADED))
    frame = pl.DataFrame(lines, schema={"item": pl.String, "value": pl.String}, orient="row")
    return Result("status", frame, {"version": __version__}, (), manifest.stages.get("run_id", ""))


def source_lines(folder: WorkspaceFolder) -> Iterable[tuple[str, str]]:
    """Lines about sources and their rows."""
    sources = folder.read("sources", tables.SOURCES)
    rows = sum(count(folder.manifest(), "postings/"))
    yield "sources", f"{sources.height:,}"
    boards = (
        sources.group_by(pl.col("board").fill_null("unknown board")).agg(pl.col("kept").sum()).sort("board")
    )
    for board, kept in boards.iter_rows():
        yield f"rows of {board}", f"{kept or 0:,}"
    read, rejected = int(sources["rows_read"].sum()), int(sources["rejected"].sum())
    yield "rows", f"{rows:,} kept of {read:,} read, {rejected:,} rejected"
    days = folder.scan_all("postings", tables.POSTINGS).select(
        first=pl.col("posted_on").min(),
        last=pl.col("posted_on").max(),
        undated=pl.col("posted_on").is_null().sum(),
    )
    first, last, undated = days.collect().row(0)
    yield from account_lines(folder)
    for sign in stored_signs(folder):
        yield "crawl", sign
    yield "dates", f"{first} to {last}, {undated:,} undated" if first else f"none, {undated:,} undated"


def entity_lines(manifest: Manifest) -> Iterable[tuple[str, str]]:
    """Lines about resolved entities."""
    for name in ENTITIES:
        entry = manifest.entries.get(name)
        yield name.replace("_", " "), f"{entry.rows:,}" if entry else "not resolved yet"


def graph_lines(folder: WorkspaceFolder) -> Iterable[tuple[str, str]]:
    """Lines about the graph and whether it is stale."""
    manifest = folder.manifest()
    if GRAPH_STAGE not in manifest.stages:
        yield "graph", NOTHING_BUILT
        return
    funnel = read_funnel(folder)
    yield from ((words, f"{funnel[stage]:,}") for stage, words in FUNNEL_WORDS.items() if stage in funnel)
    for kind, words in (("nodes", "nodes"), ("edges", "edges")):
        for name, entry in sorted(manifest.entries.items()):
            if name.startswith(f"graph/{kind}_") and entry.rows:
                yield f"{words} {name.removeprefix(f'graph/{kind}_')}", f"{entry.rows:,}"
    yield "run id", manifest.stages.get("run_id", "")
    stale = stale_stages(folder, load_facts(reference_folder(folder)))
    yield "stale", f"{', '.join(stale)}; graphcli build renews it" if stale else "nothing"


def size_lines(folder: WorkspaceFolder) -> Iterable[tuple[str, str]]:
    """Lines about disk space and the embedded store."""
    entries = folder.manifest().entries.values()
    held = sum(size(folder.root / entry.file) for entry in entries)
    yield "tables", f"{len(entries)} files, {held / MEBIBYTE:.1f} MiB"
    store = folder.store_folder
    if store.is_dir():
        used = sum(size(path) for path in store.rglob("*") if path.is_file())
        yield "embedded store", f"{used / MEBIBYTE:.1f} MiB"
    else:
        yield "embedded store", "empty; graphcli push fills it"


def size(path: Path) -> int:
    """Bytes of a file, 0 where it has just gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def count(manifest: Manifest, prefix: str) -> Iterable[int]:
    """Rows of every table under a prefix."""
    return (entry.rows for name, entry in manifest.entries.items() if name.startswith(prefix))
