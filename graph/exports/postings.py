"""Canonical postings as a file that other tools read, and that ``load`` takes back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from graphcli.graph.exports.forms import ENDINGS, WRITERS, write_csv
from graphcli.graph.freshness import NOTHING_LOADED, Say, Snapshot
from graphcli.graph.select import select_postings
from graphcli.loaders.exchange import COLUMNS, LISTS, marked, tags_text
from graphcli.loaders.load import refresh_definitions
from graphcli.loaders.source import slices
from graphcli.workspace import files, tables
from graphcli.workspace.errors import UsageError, WorkspaceLockedError
from graphcli.workspace.folder import TableEntry, WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection

EVERY_ROW = Selection(dedupe="none")
ROWS_AT_ONCE = 20_000


def export_postings(
    folder: WorkspaceFolder,
    target: Path,
    form: str | None = None,
    selection: Selection = EVERY_ROW,
    *,
    excel: bool = False,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """Write postings with all their canonical columns, tags and text.

    Values are written as they were resolved, so loading the file again interprets nothing anew: the same
    posting ids and the same values come back, in any workspace.

    Parameters
    ----------
    target
        The file to write; it is replaced as a whole when the export is complete.
    form
        ``csv``, ``jsonl``, ``xlsx``, ``sqlite`` or ``parquet``; that of the file's ending where not given.
    selection
        The shared filters. Without any, every loaded row is written, repeats included.
    excel
        Put the byte order mark before CSV.

    Returns
    -------
    Result
        One row ``file, form, sources, postings``.

    Raises
    ------
    UsageError
        Nothing is loaded, the form is not known, or cannot hold a value.
    """
    form = form or ENDINGS.get(target.suffix.lower())
    if form is None:
        raise UsageError(f"{target.name} does not say its form; give it with --as {'|'.join(WRITERS)}")
    if excel and form != "csv":
        raise UsageError(f"--excel is for CSV; {form} needs no byte order mark")
    if not folder.table_names("postings/"):
        raise UsageError(NOTHING_LOADED)
    kept, notes, run_id = _selected(folder, selection, no_build, say)
    counted = _Counted(_frames(Snapshot(folder), kept, guard=form == "csv"))
    write: Callable[[Iterator[pl.DataFrame], Path, tables.Schema], None] = WRITERS[form]
    if excel:
        write = partial(write_csv, excel=True)
    with files.replacing(target) as temporary:
        write(iter(counted), temporary, COLUMNS)
    frame = pl.DataFrame(
        {"file": [str(target)], "form": [form], "sources": [counted.sources], "postings": [counted.rows]}
    )
    return Result("export", frame, {"form": form, **selection.parameters()}, notes, run_id)


def _selected(
    folder: WorkspaceFolder, selection: Selection, no_build: bool, say: Say
) -> tuple[pl.DataFrame | None, tuple[str, ...], str]:
    """Which rows are wanted; ``None`` for all of them, which no build is needed for."""
    if selection.dedupe == "none" and not replace(selection, dedupe="url").restricts_postings():
        if not no_build:
            try:
                refresh_definitions(folder, say)
            except (WorkspaceLockedError, OSError) as error:
                say(f"skills and tiers are those of the last load: {error}")
        note = "every loaded row, repeats included; --dedupe url keeps one row a posting"
        return None, (note,), ""
    selected = select_postings(folder, selection, no_build=no_build, say=say)
    return selected.frame.select("source_id", "row"), selected.notes, selected.run_id


class _Counted:
    """Frames on their way, and how many rows and sources went by."""

    def __init__(self, frames: Iterator[tuple[str, pl.DataFrame]]) -> None:
        self._frames = frames
        self._seen: set[str] = set()
        self.rows = 0

    @property
    def sources(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for source_id, frame in self._frames:
            self.rows += frame.height
            self._seen.add(source_id)
            yield frame


def _frames(
    folder: WorkspaceFolder, kept: pl.DataFrame | None, *, guard: bool
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rows source by source, in the order of path, sheet and row."""
    entries = folder.manifest().entries
    sources = folder.read("sources", tables.SOURCES).sort("path", "member", "sheet", "source_id")
    for source in sources.iter_rows(named=True):
        source_id = source["source_id"]
        wanted = None if kept is None else kept.filter(pl.col("source_id") == source_id)["row"].implode()
        for rows, texts in _batches(folder, entries[f"postings/{source_id}"], entries[f"texts/{source_id}"]):
            both = rows.with_columns(texts["tags"], texts["text"])
            if wanted is not None:
                both = both.filter(pl.col("row").is_in(wanted))
            if both.height:
                yield source_id, marked(_exchanged(both, source), guard=guard)


def _batches(
    folder: WorkspaceFolder, postings: TableEntry, texts: TableEntry
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Rows and their texts, which stand in the same order in both tables."""
    pairs = zip(
        slices(folder.root / postings.file, postings.rows, ROWS_AT_ONCE),
        slices(folder.root / texts.file, texts.rows, ROWS_AT_ONCE),
        strict=True,
    )
    for rows, text in pairs:
        yield tables.conform(rows, tables.POSTINGS), tables.conform(text, tables.TEXTS)


def _exchanged(rows: pl.DataFrame, source: dict[str, object]) -> pl.DataFrame:
    path = f"{source['path']}#{source['member']}" if source["member"] else source["path"]
    return rows.with_columns(
        pl.coalesce("crawled_on", pl.lit(source["crawled_on"], dtype=pl.Date)).alias("crawled_on"),
        *(tags_text(rows[name]) for name in LISTS),
        pl.col("skills").list.join(";"),
        pl.lit(source["board"]).alias("board"),
        pl.lit(path).alias("source_path"),
        pl.lit(source["sheet"]).alias("source_sheet"),
        pl.col("row").alias("source_row"),
    ).select(name for name in COLUMNS if name != "marks")
