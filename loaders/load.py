"""Files to canonical tables in the workspace: what is new is read, what is known is left, in one change."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import polars as pl

from graphcli.loaders.audit import check_contract
from graphcli.loaders.crawl_signs import cities_of, crawl_signs
from graphcli.loaders.layouts.layout import Layout, load_layouts, wanted_layout
from graphcli.loaders.layouts.recognise import BY_HEADER
from graphcli.loaders.progress import Meter
from graphcli.loaders.reader.archives import Unpacked, no_postings, unpack
from graphcli.loaders.reader.encodings import checked_encoding, file_hash
from graphcli.loaders.reader.paths import InputFile, expand, shown_name, shown_path
from graphcli.loaders.source import (
    PARTS,
    Options,
    Reading,
    fill_counts,
    merged,
    slices,
)
from graphcli.loaders.spread import Job, matcher_of, read_files
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError, GraphcliError, UsageError
from graphcli.workspace.folder import Change, WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.sources import choose_sources
from graphcli.workspace.version import __version__
from graphcli.workspace.wording import counted

Say = Callable[[str], None]
DEFINITIONS = "definitions"
SCHEMAS = {"postings": tables.POSTINGS, "texts": tables.TEXTS, "issues": tables.ISSUES}
# What a load asked for, so that the same file asked for in the same way is left alone.
READINGS: tables.Schema = {"source_id": pl.String, "asked": pl.String, "layout_fingerprint": pl.String}
COLUMNS: tables.Schema = {
    **{
        name: tables.SOURCES[name]
        for name in (
            "source_id", "board", "path", "member", "sheet", "layout", "encoding", "rows_read", "kept",
            "rejected",
        )
    },
    "status": pl.String,
    **{
        name: tables.SOURCES[name]
        for name in (
            "duplicates", "employer_pct", "place_pct", "date_pct", "pay_pct", "skills_pct", "text_pct",
        )
    },
    "crawled_on": pl.Date,
    "lost_characters": pl.Int64,
    "problem": pl.String,
}  # fmt: skip


@dataclass
class Outcome:
    """What became of one file: the sources it gave, or why it gave none."""

    file: InputFile
    sha256: str = ""
    readings: list[Reading] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failure: GraphcliError | None = None
    twin: Outcome | None = None


@dataclass(frozen=True)
class Known:
    """What the workspace holds already."""

    sources: list[dict[str, Any]]
    readings: dict[str, tuple[str, str]]
    broken: frozenset[str]

    def same_bytes(self, sha256: str, options: Options, layouts: dict[str, Layout]) -> list[dict[str, Any]]:
        """Sources that were read from the same bytes in the way that is asked for now."""
        return [
            source
            for source in self.sources
            if source["sha256"] == sha256
            and source["source_id"] not in self.broken
            and self._read_alike(source, options, layouts)
        ]

    def _read_alike(self, source: dict[str, Any], options: Options, layouts: dict[str, Layout]) -> bool:
        asked, fingerprint = self.readings.get(source["source_id"], ("", ""))
        now = layouts.get(source["layout"])
        stale = source["tool_version"] != __version__ or (now is not None and now.fingerprint != fingerprint)
        plain = Options(sheet=options.sheet).asked() == options.asked()
        # Asking for nothing in particular keeps what an earlier load was told about the file.
        same = options.asked() == asked or (plain and asked.split("|")[2] == (options.sheet or ""))
        return same and not stale


def load(
    folder: WorkspaceFolder,
    paths: Sequence[str | Path],
    *,
    layout: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    source_name: str | None = None,
    crawled_on: date | None = None,
    dry_run: bool = False,
    accept: bool = False,
    workers: int = 1,
    say: Say = lambda message: None,
    screen: TextIO | None = None,
) -> Result:
    """Load posting files, folders or globs into the workspace, in one change.

    Parameters
    ----------
    layout
        Name of a layout or path of a layout file, for every file, instead of the one that is recognised.
    encoding, sheet
        Text encoding and database table to use.
    source_name
        Identity of the source instead of its path, so that a file may move and stay the same source.
    crawled_on
        Day of the crawl, for dates such as ``09-13`` and for postings without one.
    dry_run
        Read and report everything, write nothing.
    accept
        Load files that break a contract: a known layout with hardly any values, a source with half its rows
        gone.
    workers
        Processes to read in: files, and the batches of a large one. The answer is the same for any number.
    screen
        A terminal, for a line that shows how far the load is.

    Returns
    -------
    Result
        One row for each source, and for each file that could not be read; ``failed`` where there was one.

    Raises
    ------
    UsageError
        A path, layout or encoding does not exist.
    DataContractError
        No file at all could be read; the message is that of the first.
    """
    options = _options(folder, layout, encoding, sheet, source_name, crawled_on)
    with contextlib.ExitStack() as stack:
        spool = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graphcli-")))
        files = expand(paths, spool)
        change = None if dry_run else stack.enter_context(folder.change("load", say=say))
        scratch = spool if change is None else Path(stack.enter_context(_scratch(folder)))
        # Into the scratch folder, which the next load clears away should this one be killed.
        unpacked = unpack(files, scratch)
        if not unpacked.files and not unpacked.failures:
            raise no_postings(unpacked.notes)
        known = _known(folder)
        many = len(files) > 1
        outcomes = _read_all(folder, unpacked.files, options, known, scratch, (workers, many), say, screen)
        outcomes += [Outcome(file, failure=failure) for file, failure in unpacked.failures]
        outcomes.sort(key=lambda outcome: (outcome.file.relative, outcome.file.member))
        _check_all(outcomes, known, accept)
        _raise_if_nothing(outcomes)
        statuses = _statuses(outcomes, known)
        signs = _signs(outcomes)
        gone = _gone(outcomes, unpacked, options, known)
        if change is not None and (gone or any(outcome.readings for outcome in outcomes)):
            _write(change, folder, outcomes, options, known, scratch, set(gone))
    notes = [f"{file.shown}: {file.notice}" for file in unpacked.files if file.notice]
    notes += [*unpacked.notes, *(f"{path} no longer holds {what}: taken out" for path, what in gone.values())]
    notes += signs
    return _result(outcomes, statuses, options, dry_run, notes)


@contextlib.contextmanager
def _scratch(folder: WorkspaceFolder) -> Iterator[str]:
    # The lock is held: what lies here is of a load that was killed.
    for left in folder.root.glob(".load-*"):
        shutil.rmtree(left, ignore_errors=True)
    # Inside the workspace, so that finished tables are moved and not copied.
    with tempfile.TemporaryDirectory(prefix=".load-", dir=folder.root) as scratch:
        yield scratch


def _options(
    folder: WorkspaceFolder,
    layout: str | None,
    encoding: str | None,
    sheet: str | None,
    source_name: str | None,
    crawled_on: date | None,
) -> Options:
    return Options(
        layout=wanted_layout(layout, folder.reference_folder) if layout else None,
        encoding=checked_encoding(encoding) if encoding else None,
        sheet=sheet,
        source_name=source_name,
        crawled_on=crawled_on,
    )


def _known(folder: WorkspaceFolder) -> Known:
    readings = folder.read("readings", READINGS)
    sources = folder.read("sources", tables.SOURCES)
    return Known(
        sources.to_dicts(),
        {source_id: (asked, fingerprint) for source_id, asked, fingerprint in readings.iter_rows()},
        # What was lost or damaged since is read again.
        frozenset(name.split("/")[1] for name in folder.broken_tables(*PARTS)),
    )


def _read_all(
    folder: WorkspaceFolder,
    files: Sequence[InputFile],
    options: Options,
    known: Known,
    scratch: Path,
    how: tuple[int, bool],
    say: Say,
    screen: TextIO | None,
) -> list[Outcome]:
    workers, many = how
    layouts = load_layouts(folder.reference_folder)
    outcomes = [_planned(file, options, known, layouts) for file in files]
    first: dict[str, Outcome] = {}
    todo = []
    for outcome in outcomes:
        if outcome.failure or outcome.known:
            continue
        twin = first.setdefault(outcome.sha256, outcome)
        if twin is outcome:
            todo.append(outcome)
        else:
            outcome.twin = twin
    jobs = [
        Job(folder.reference_folder, layouts, outcome.file, outcome.sha256, options, scratch, many)
        for outcome in todo
    ]
    progress = Meter(say, len(jobs), screen)
    for number, made in read_files(jobs, workers, progress):
        outcome = todo[number]
        outcome.readings, outcome.notes, outcome.failure = made
        progress.finish(outcome.file.shown, _progress(outcome))
    return outcomes


def _planned(file: InputFile, options: Options, known: Known, layouts: dict[str, Layout]) -> Outcome:
    try:
        sha256 = file_hash(file.path)
    except OSError as error:
        return Outcome(
            file, failure=DataContractError(f"{shown_path(str(file.path))} cannot be read: {error.strerror}")
        )
    outcome = Outcome(file, sha256, known=known.same_bytes(sha256, options, layouts))
    if file.member and outcome.known:
        # It was unpacked to see whether it changed; the disk is better used.
        file.path.unlink(missing_ok=True)
    return outcome


def _progress(outcome: Outcome) -> str:
    if outcome.failure:
        return "not loaded: " + str(outcome.failure).removeprefix(f"{shown_name(outcome.file.path)}: ")
    return "; ".join(
        f"{counted(reading.source['kept'], 'posting')}, {reading.source['rejected']:,} rejected, "
        f"{counted(reading.rows['issues'], 'issue')} ({reading.layout.name})"
        for reading in outcome.readings
    )


def _check_all(outcomes: Sequence[Outcome], known: Known, accept: bool) -> None:
    """Refuse what breaks a contract, and sources that would overwrite one another."""
    before = {source["source_id"]: source["kept"] for source in known.sources}
    seen: dict[str, str] = {}
    for outcome in outcomes:
        for reading in outcome.readings:
            source_id = reading.source["source_id"]
            if seen.setdefault(source_id, outcome.file.shown) != outcome.file.shown:
                raise UsageError(f"{seen[source_id]} and {outcome.file.shown} are the same source by name")
            if accept or outcome.failure:
                continue
            try:
                check_contract(
                    outcome.file.shown,
                    reading.layout,
                    reading.source,
                    before.get(source_id),
                    reading.parts["postings"],
                )
            except DataContractError as failure:
                outcome.failure = failure
        if outcome.failure:
            outcome.readings = []
    for outcome in outcomes:
        if outcome.twin is not None:
            outcome.failure = outcome.twin.failure
            outcome.known = [reading.source for reading in outcome.twin.readings]


def _raise_if_nothing(outcomes: Sequence[Outcome]) -> None:
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    if len(failures) == len(outcomes):
        if len(failures) == 1:
            raise failures[0]
        raise type(failures[0])(
            f"none of the {len(failures)} files could be loaded; the first: {failures[0]}"
        )


def _signs(outcomes: Sequence[Outcome]) -> list[str]:
    """What looks like the crawl in all that was read now, over its files."""
    readings = [reading for outcome in outcomes for reading in outcome.readings]
    parts = [str(part) for reading in readings for part in reading.parts["postings"]]
    if not parts:
        return []
    rows = [reading.source for reading in readings]
    sources = pl.DataFrame(rows, schema=dict(tables.SOURCES), orient="row")
    return crawl_signs(pl.scan_parquet(parts, glob=False), sources, cities_of)


def _statuses(outcomes: Sequence[Outcome], known: Known) -> dict[str, str]:
    before = {source["source_id"] for source in known.sources}
    return {
        reading.source["source_id"]: "replaced" if reading.source["source_id"] in before else "new"
        for outcome in outcomes
        for reading in outcome.readings
    }


def _gone(
    outcomes: Sequence[Outcome], unpacked: Unpacked, options: Options, known: Known
) -> dict[str, tuple[str, str]]:
    """Sources whose sheet or archive member is no longer there, with their path and what it was."""
    kept = {reading.source["source_id"] for outcome in outcomes for reading in outcome.readings}
    kept |= {source["source_id"] for outcome in outcomes for source in outcome.known}
    read = {(outcome.file.relative, outcome.file.member) for outcome in outcomes if outcome.readings}
    met = {(outcome.file.relative, outcome.file.member) for outcome in outcomes}
    gone = {}
    for source in known.sources:
        place = (source["path"], source["member"] or "")
        lost_sheet = place in read and source["sheet"] and not options.sheet
        # A cut-off archive may have held the member; then its rows stay.
        lost_member = place[0] in unpacked.whole and place not in met
        if source["source_id"] not in kept and (lost_sheet or lost_member):
            gone[source["source_id"]] = (place[0], place[1] if lost_member else source["sheet"])
    return gone


def _write(
    change: Change,
    folder: WorkspaceFolder,
    outcomes: Sequence[Outcome],
    options: Options,
    known: Known,
    scratch: Path,
    gone: set[str],
) -> None:
    readings = [reading for outcome in outcomes for reading in outcome.readings]
    fresh = {reading.source["source_id"] for reading in readings}
    for source_id in sorted(gone):
        _remove_tables(change, source_id)
    for reading in readings:
        source_id = reading.source["source_id"]
        for name in PARTS:
            table = merged(reading.parts[name], SCHEMAS[name], scratch / f"{source_id}-{name}")
            change.adopt(f"{name}/{source_id}", table, reading.rows[name])
    rows = [source for source in known.sources if source["source_id"] not in fresh | gone]
    rows += [reading.source for reading in readings]
    change.write("sources", _sorted(rows, tables.SOURCES))
    asked = [
        {"source_id": source_id, "asked": text, "layout_fingerprint": fingerprint}
        for source_id, (text, fingerprint) in known.readings.items()
        if source_id not in fresh | gone
    ]
    asked += [
        {
            "source_id": reading.source["source_id"],
            "asked": options.asked(),
            "layout_fingerprint": reading.layout.fingerprint,
        }
        for reading in readings
    ]
    change.write("readings", _sorted(asked, READINGS))
    # Older sources may still stand on older definitions; then the stage stays stale and is redone on demand.
    if len(rows) == len(readings):
        change.mark_stage(DEFINITIONS, matcher_of(folder.reference_folder).fingerprint)


def _sorted(rows: list[dict[str, Any]], schema: tables.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema), orient="row").sort("source_id")


def _remove_tables(change: Change, source_id: str) -> None:
    for name in PARTS:
        change.remove(f"{name}/{source_id}")


def _result(
    outcomes: Sequence[Outcome],
    statuses: dict[str, str],
    options: Options,
    dry_run: bool,
    more_notes: Sequence[str],
) -> Result:
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        if outcome.failure:
            place = {"path": outcome.file.relative, "member": outcome.file.member}
            rows.append({**place, "status": "failed", "problem": str(outcome.failure)})
        for reading in outcome.readings:
            rows.append({**reading.source, "status": statuses[reading.source["source_id"]]})
        if not outcome.readings and not outcome.failure:
            rows.extend({**source, "status": "unchanged"} for source in outcome.known)
    frame = pl.DataFrame(
        [{name: row.get(name) for name in COLUMNS} for row in rows], schema=dict(COLUMNS), orient="row"
    ).unique(maintain_order=True)
    first_row = pl.format("row:{}:1", pl.col("source_id"))
    frame = frame.with_columns(ref=pl.when(pl.col("source_id").is_not_null()).then(first_row))
    parameters = {
        "layout": options.layout.name if options.layout else None,
        "encoding": options.encoding,
        "sheet": options.sheet,
        "source_name": options.source_name,
        "crawled_on": options.crawled_on.isoformat() if options.crawled_on else None,
        "dry_run": dry_run,
    }
    failed = any(outcome.failure for outcome in outcomes)
    # In a terminal the path tells the sources apart; ids and codes are for machines.
    hidden = ["ref", "source_id", "board", "encoding", "crawled_on", "lost_characters"]
    silent = {"member": "", "sheet": "", "problem": "", "duplicates": 0, "layout": BY_HEADER}
    hidden += [name for name, nothing in silent.items() if frame[name].fill_null(nothing).eq(nothing).all()]
    notes = (*_notes(outcomes, frame, dry_run), *more_notes)
    return Result("load", frame, parameters, notes, hidden=tuple(hidden), failed=failed)


def _notes(outcomes: Sequence[Outcome], frame: pl.DataFrame, dry_run: bool) -> tuple[str, ...]:
    fresh = frame.filter(pl.col("status").is_in(["new", "replaced"]))
    read, kept, rejected = (int(fresh[name].sum()) for name in ("rows_read", "kept", "rejected"))
    notes = []
    if fresh.height:
        notes.append(
            f"{counted(read, 'row')} read = {kept:,} kept + {rejected:,} rejected, "
            f"in {counted(fresh.height, 'source')}"
        )
    unchanged = frame.filter(pl.col("status") == "unchanged").height
    if unchanged:
        notes.append(f"{unchanged} sources are unchanged: the same bytes are loaded already")
    cells = sum(reading.rows["issues"] for outcome in outcomes for reading in outcome.readings)
    if cells:
        notes.append(
            f"{counted(cells, 'cell or row', 'cells or rows')} not read cleanly: see graphcli issues"
        )
    for outcome in outcomes:
        notes.extend(note for reading in outcome.readings for note in reading.notes)
        notes.extend(outcome.notes)
        if outcome.failure:
            notes.append(f"not loaded: {outcome.failure}")
    if dry_run:
        notes.append("dry run: nothing was written")
    return tuple(dict.fromkeys(notes))


def forget(folder: WorkspaceFolder, source: str) -> Result:
    """Take sources out again: by id, board, path or glob over paths.

    Raises
    ------
    UsageError
        No source is called that.
    """
    with folder.change("forget") as change:
        sources = folder.read("sources", tables.SOURCES)
        chosen = choose_sources(sources, [source])
        for source_id in chosen["source_id"]:
            _remove_tables(change, source_id)
        gone = pl.col("source_id").is_in(chosen["source_id"].implode())
        change.write("sources", sources.filter(~gone))
        change.write("readings", folder.read("readings", READINGS).filter(~gone))
    frame = chosen.select("source_id", "board", "path", "sheet", "kept")
    gone_postings = counted(int(chosen["kept"].sum()), "posting")
    note = f"took out {gone_postings} of {counted(chosen.height, 'source')}; the files stay"
    return Result("forget", frame, {"source": source}, (note,))


def refresh_definitions(folder: WorkspaceFolder, say: Say = lambda message: None) -> bool:
    """Find skills, tiers and presets anew from the stored texts where the definitions have changed.

    Returns
    -------
    bool
        Whether anything had to be done.
    """
    matcher = matcher_of(folder.reference_folder)
    manifest = folder.manifest()
    ids = [name.split("/", 1)[1] for name in sorted(manifest.entries) if name.startswith("postings/")]
    if not ids or manifest.stages.get(DEFINITIONS) == matcher.fingerprint:
        return False
    say(f"the definitions changed: finding skills and tiers of {len(ids)} sources again")
    with folder.change("definitions") as change, _scratch(folder) as scratch:
        sources = folder.read("sources", tables.SOURCES)
        shares: dict[str, float | None] = {}
        for source_id in ids:
            shares[source_id] = _annotate_again(folder, change, source_id, matcher, Path(scratch))
        skills = pl.Series([shares.get(source_id) for source_id in sources["source_id"]], dtype=pl.Float64)
        change.write("sources", sources.with_columns(skills_pct=skills))
        change.mark_stage(DEFINITIONS, matcher.fingerprint)
    return True


def _annotate_again(
    folder: WorkspaceFolder, change: Change, source_id: str, matcher: Any, scratch: Path
) -> float | None:
    entries = change.manifest.entries
    postings, texts = entries[f"postings/{source_id}"], entries[f"texts/{source_id}"]
    parts, with_skills = [], 0
    pairs = zip(
        slices(folder.root / postings.file, postings.rows),
        slices(folder.root / texts.file, texts.rows),
        strict=True,
    )
    for number, (rows, text) in enumerate(pairs):
        both = rows.select("row", "title", "employer_raw").join(text, on="row", maintain_order="left")
        question = both.select(
            pl.col("title").fill_null(""), "tags", pl.col("text"), pl.col("employer_raw").fill_null("")
        )
        made = rows.with_columns(matcher.annotate(question).get_columns())
        made = tables.conform(made, tables.POSTINGS)
        with_skills += fill_counts(made)["skills"]
        part = scratch / f"{source_id}-again-{number:05d}.part"
        made.write_parquet(part, compression="zstd")
        parts.append(part)
    table = merged(parts, tables.POSTINGS, scratch / f"{source_id}-again")
    change.adopt(f"postings/{source_id}", table, postings.rows)
    return round(100 * with_skills / postings.rows, 1) if postings.rows else None
