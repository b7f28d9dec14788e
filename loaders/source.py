"""One sheet of one file to canonical tables on disk, batch by batch, in constant memory."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphcli.loaders.canonical import (
    Annotator,
    CanonicalBatch,
    Context,
    annotated,
    canonical_batch,
    read_cells,
)
from graphcli.loaders.fields.dates import DaysSeen, days_seen
from graphcli.loaders.layouts.layout import Layout
from graphcli.loaders.layouts.other_tables import shown_headers
from graphcli.loaders.layouts.recognise import Recognition, fit, recognise
from graphcli.loaders.reader.batches import BATCH_ROWS, ROW, Problem, RawBatch, Sheet
from graphcli.loaders.reader.cells.ditto import with_dittos_filled
from graphcli.loaders.reader.cells.emphasis import with_emphasis_off
from graphcli.loaders.reader.cells.labelled import with_labels_off
from graphcli.loaders.reader.cells.lines import with_lines_apart
from graphcli.loaders.reader.cells.linked import with_links_apart
from graphcli.loaders.reader.cells.nested import with_objects_apart
from graphcli.loaders.reader.container import Container, open_container
from graphcli.loaders.reader.paths import InputFile, shown_name
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import stable_hash
from graphcli.workspace.version import __version__

SAMPLE_ROWS = 200
# Small batches are annotated together until they hold as many rows.
GATHERED_ROWS = 4_000
PARTS = ("postings", "texts", "issues")
# A batch of longer texts has fewer rows, and one that holds more after all is cut in pieces: what is made of
# it takes several times its size.
BATCH_BYTES = 80 << 20
REREAD_ROWS = 20_000
LEAST_GROUP = 1_000
# A part file and its rows.
Part = tuple[Path, int]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Options:
    """How the files of one load are to be read; empty means: find out."""

    layout: Layout | None = None
    encoding: str | None = None
    sheet: str | None = None
    source_name: str | None = None
    crawled_on: date | None = None

    def asked(self) -> str:
        """What was asked for, as text: a file asked for in the same way again is read in the same way."""
        layout = f"{self.layout.name} {self.layout.fingerprint}" if self.layout else ""
        crawled_on = self.crawled_on.isoformat() if self.crawled_on else ""
        return "|".join((layout, self.encoding or "", self.sheet or "", crawled_on))


@dataclass(frozen=True)
class OpenedSheet:
    """A sheet of postings with its layout, and how many of its rows make a batch."""

    sheet: Sheet
    recognition: Recognition
    batch_rows: int


@dataclass(frozen=True)
class Reading:
    """One sheet that was read: its row for the table of sources, and where its parts lie."""

    source: dict[str, Any]
    layout: Layout
    parts: dict[str, list[Path]]
    rows: dict[str, int]
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class BatchJob:
    """A batch of one sheet and all that is needed to make it canonical, wherever that is done."""

    number: int
    batch: RawBatch
    layout: Layout
    context: Context


@dataclass(frozen=True)
class BatchDone:
    """What became of a batch: counts, one hash a kept record, and the part files by table."""

    read: int
    size: int
    lost: int
    filled: dict[str, int]
    content: Hashes
    parts: dict[str, Part]


Report = Callable[[BatchDone], None]


def open_sheets(
    path: Path, options: Options, layouts: dict[str, Layout]
) -> tuple[Container, list[OpenedSheet], list[str]]:
    """Open a file and find the layout of each of its sheets; sheets that hold no postings are named.

    Raises
    ------
    DataContractError
        The file cannot be read, or no sheet of it holds postings.
    """
    container = open_container(path, options.encoding, options.sheet)
    opened: list[OpenedSheet] = []
    failures: list[DataContractError] = []
    for sheet in container.sheets:
        name = shown_name(path)
        what = f"{name}: table {sheet.name}" if sheet.name else name
        sheet, sample = _sampled(sheet, options.layout, layouts)
        try:
            if options.layout is not None:
                recognition = Recognition(options.layout, _overlap(options.layout, sheet.headers, what))
            else:
                recognition = recognise(sheet.headers, sample, layouts, what)
        except DataContractError as failure:
            failures.append(failure)
            continue
        opened.append(OpenedSheet(sheet, recognition, _batch_rows(sample)))
    if not opened:
        raise failures[0]
    return container, opened, [f"left out: {failure}" for failure in failures]


def _sampled(
    sheet: Sheet, layout: Layout | None, layouts: Mapping[str, Layout]
) -> tuple[Sheet, pl.DataFrame]:
    """A sheet and its first rows; what cells hold is apart unless a layout reads them whole."""
    batch = next(sheet.batches(SAMPLE_ROWS), None)
    if batch is None:
        return sheet, pl.DataFrame(schema=dict.fromkeys(sheet.headers, pl.String))
    sample, kept = batch.frame, () if layout is None else layout.used_columns()
    filled = with_dittos_filled(with_emphasis_off(sheet, sample), sample)
    if filled is not sheet:
        sheet, sample = filled, next(filled.batches(SAMPLE_ROWS)).frame
    apart = with_links_apart(sheet, sample, kept)
    apart = with_objects_apart(with_labels_off(apart, sample, kept), sample, kept)
    if apart is not sheet:
        sample = next(apart.batches(SAMPLE_ROWS)).frame
    if layout is None and any(fit(known, apart.headers, sample) for known in layouts.values()):
        return apart, sample
    lines = with_lines_apart(apart, sample, kept)
    return lines, sample if lines is apart else next(lines.batches(SAMPLE_ROWS)).frame


def _batch_rows(sample: pl.DataFrame) -> int:
    """How many rows like those of a sample make a batch that memory can bear."""
    size = max(1, int(sample.estimated_size()) // max(1, sample.height))
    return min(BATCH_ROWS, max(SAMPLE_ROWS, BATCH_BYTES // size))


def _overlap(layout: Layout, headers: Sequence[str], what: str) -> float:
    present = [name for name in layout.used_columns() if name in headers]
    if not any(name in present for role in ("title", "employer") for name in layout.role_columns(role)):
        raise DataContractError(
            f"{what} has no column of the layout {layout.name} for title or employer; its headers are "
            f"{shown_headers(headers)}"
        )
    return len(present) / len(layout.used_columns())


def source_id_of(file: InputFile, sheet: str, source_name: str | None, many: bool) -> str:
    """Identity of a source: its name or relative path, the member of an archive, and its sheet."""
    name = source_name if source_name and not many else file.relative
    if source_name and many:
        name = f"{source_name}/{file.relative}"
    return stable_hash(name, file.member, sheet, length=12)


def crawl_day(file: InputFile, layout: Layout, options: Options) -> date | None:
    """The day of the crawl: as given, else from the file's or archive's name where the layout says how."""
    if options.crawled_on is not None or not layout.crawled_on:
        return options.crawled_on
    found = re.search(layout.crawled_on, file.path.name) or re.search(layout.crawled_on, file.archive)
    try:
        return datetime.strptime(found.group(1), "%Y%m%d").date() if found else None
    except ValueError:
        return None


class SheetReader:
    """One sheet on its way into part files below ``scratch``, a batch at a time.

    Parameters
    ----------
    identity
        Source id and SHA-256 of the file.
    report
        Is told of each batch that is done.
    """

    def __init__(
        self,
        file: InputFile,
        container: Container,
        opened: OpenedSheet,
        identity: tuple[str, str],
        options: Options,
        scratch: Path,
        report: Report = lambda done: None,
    ) -> None:
        source_id, self._sha256 = identity
        self._file, self._container, self._opened, self._report = file, container, opened, report
        sheet, layout = opened.sheet, opened.recognition.layout
        self._context = Context(
            source_id, file.shown, sheet.name, crawl_day(file, layout, options), sheet.headers
        )
        self._tally = Tally()
        said = [file.notice] if file.notice else []
        said += opened.recognition.doubts
        notices = [*sheet.notices, *(Problem(None, "", "", note, "kept") for note in said)]
        frame = _problem_frame(notices, self._context)
        self._tally.keep(_written({"issues": frame}, scratch, f"{source_id}-notices"))

    def jobs(self) -> Iterator[BatchJob]:
        """Give the batches of the sheet, in the order of the file."""
        layout = self._opened.recognition.layout
        pieces = with_contexts(self._opened, self._context)
        for number, (batch, context) in enumerate(pieces):
            yield BatchJob(number, batch, layout, context)

    def add(self, done: BatchDone) -> None:
        """Count a batch that was made canonical, here or elsewhere; batches come in their order."""
        self._tally.add(done)
        self._report(done)

    def reading(self) -> Reading:
        """Give what was read, once all batches are done."""
        opened, context = self._opened, self._context
        layout = opened.recognition.layout
        source = {
            "source_id": context.source_id,
            "board": layout.board,
            "path": self._file.relative,
            "member": self._file.member,
            "sheet": opened.sheet.name,
            "sha256": self._sha256,
            "layout": layout.name,
            "encoding": self._container.encoding.name,
            "crawled_on": context.crawled_on,
            "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "tool_version": __version__,
            **self._tally.counts(self._container.encoding.lost),
        }
        return Reading(source, layout, self._tally.parts, self._tally.rows, opened.recognition.notes)


class Gathering:
    """Batches of any number of sheets, annotated together as soon as they hold enough rows.

    A folder of a thousand pages of twenty postings would otherwise cost a thousand passes over next to
    nothing. What a batch becomes does not depend on what it is gathered with.
    """

    def __init__(self, annotator: Annotator, scratch: Path) -> None:
        self._annotator, self._scratch = annotator, scratch
        self._waiting: list[tuple[BatchJob, CanonicalBatch, Callable[[BatchDone], None]]] = []
        self._rows = 0

    def add(self, job: BatchJob, tell: Callable[[BatchDone], None]) -> None:
        """Read the cells of a batch; ``tell`` is called with what became of it, not later than ``finish``."""
        made = read_cells(job.batch.frame, job.layout, job.context)
        self._waiting.append((job, made, tell))
        self._rows += made.postings.height
        if self._rows >= GATHERED_ROWS:
            self.finish()

    def finish(self) -> None:
        """Annotate and write what waits."""
        waiting, self._waiting, self._rows = self._waiting, [], 0
        made = annotated([batch for _, batch, _ in waiting], self._annotator)
        for (job, _, tell), batch in zip(waiting, made, strict=True):
            tell(_done(job, batch, self._scratch))


def with_contexts(opened: OpenedSheet, context: Context) -> Iterator[tuple[RawBatch, Context]]:
    """Give each batch its context; dates such as 03/04/2024 are read in the order of the whole sheet.

    The sheet is read through once more at the first of them: a batch that holds only the first days of a
    month could not tell, and what a row becomes must not depend on the rows it happens to stand among.
    """
    names = opened.recognition.layout.role_columns("posted_on")
    for batch in _pieces(opened.sheet.batches(opened.batch_rows)):
        if context.days is None and _days_of(batch, names).any:
            parts = (_days_of(part, names) for part in opened.sheet.batches(opened.batch_rows))
            context = replace(context, days=functools.reduce(operator.or_, parts))
        yield batch, context


def _days_of(batch: RawBatch, names: Sequence[str]) -> DaysSeen:
    found = (days_seen(batch.frame[name]) for name in names if name in batch.frame.columns)
    return functools.reduce(operator.or_, found, DaysSeen())


def _pieces(batches: Iterable[RawBatch]) -> Iterator[RawBatch]:
    """Cut batches that are too large in pieces that memory can bear."""
    for batch in batches:
        pieces = -(-int(batch.frame.estimated_size()) // BATCH_BYTES)
        if pieces <= 1:
            yield batch
            continue
        rows = -(-batch.frame.height // pieces)
        rest = batch.problems
        for start in range(0, batch.frame.height, rows):
            frame = batch.frame.slice(start, rows)
            ends = start + rows >= batch.frame.height
            last = frame[ROW].item(-1)
            own = tuple(one for one in rest if ends or one.row is None or one.row <= last)
            rest = tuple(one for one in rest if not ends and one.row is not None and one.row > last)
            yield RawBatch(frame, own)


def read_batch(job: BatchJob, annotator: Annotator, scratch: Path) -> BatchDone:
    """Make one batch canonical and write it to part files."""
    return _done(job, canonical_batch(job.batch.frame, job.layout, job.context, annotator), scratch)


def _done(job: BatchJob, made: CanonicalBatch, scratch: Path) -> BatchDone:
    batch, context = job.batch, job.context
    issues = pl.concat([_problem_frame(batch.problems, context), made.issues])
    rejected = issues.filter(pl.col("action") == "rejected").height
    if batch.rows_read != made.postings.height + rejected:
        raise AssertionError(
            f"{context.path}: {batch.rows_read} records read, but another number kept and rejected"
        )
    issues = issues.sort("row", "column", maintain_order=True)
    made_tables = {"postings": made.postings, "texts": made.texts, "issues": issues}
    return BatchDone(
        read=batch.rows_read,
        size=int(batch.frame.estimated_size()),
        lost=made.lost_characters,
        filled=fill_counts(made.postings) | {"text": int((made.texts["text"] != "").sum())},
        content=made.content.to_numpy(),
        parts=_written(made_tables, scratch, f"{context.source_id}-{job.number:05d}"),
    )


def _written(made: Mapping[str, pl.DataFrame], scratch: Path, name: str) -> dict[str, Part]:
    parts = {}
    for table, frame in made.items():
        if not frame.is_empty():
            path = scratch / f"{name}-{table}.part"
            # A part is read once and goes: compressing it would cost more than it saves.
            frame.write_parquet(path, compression="uncompressed")
            parts[table] = (path, frame.height)
    return parts


def _problem_frame(problems: Sequence[Problem], context: Context) -> pl.DataFrame:
    rows = [
        (
            context.source_id,
            context.path,
            context.sheet,
            one.row,
            one.column,
            one.value,
            one.problem,
            one.action,
        )
        for one in problems
    ]
    return pl.DataFrame(rows, schema=dict(tables.ISSUES), orient="row")


class Tally:
    """Counts over the batches of one sheet, and their parts."""

    def __init__(self) -> None:
        self.read = 0
        self.lost = 0
        self.filled = dict.fromkeys(("employer", "place", "date", "pay", "skills", "text"), 0)
        self.content: list[Hashes] = []
        self.rows = dict.fromkeys(PARTS, 0)
        self.parts: dict[str, list[Path]] = {name: [] for name in PARTS}

    @property
    def kept(self) -> int:
        """Records that became postings."""
        return self.rows["postings"]

    def add(self, done: BatchDone) -> None:
        """Count one batch."""
        self.read += done.read
        self.lost += done.lost
        self.content.append(done.content)
        for name, count in done.filled.items():
            self.filled[name] += count
        self.keep(done.parts)

    def keep(self, parts: Mapping[str, Part]) -> None:
        """Take up part files."""
        for name, (path, rows) in parts.items():
            self.parts[name].append(path)
            self.rows[name] += rows

    def counts(self, lost_bytes: int) -> dict[str, object]:
        """The columns of the table of sources that count something."""
        content = np.concatenate(self.content) if self.content else np.zeros(0, dtype=np.uint64)
        content.sort()
        distinct = int(np.count_nonzero(np.diff(content)) + 1) if len(content) else 0
        shares = {
            f"{name}_pct": round(100 * count / self.kept, 1) if self.kept else None
            for name, count in self.filled.items()
        }
        return {
            "lost_characters": max(self.lost, lost_bytes),
            "rows_read": self.read,
            "kept": self.kept,
            "rejected": self.read - self.kept,
            "duplicates": self.kept - distinct,
            **shares,
        }


def fill_counts(postings: pl.DataFrame) -> dict[str, int]:
    """Rows with a value for each of the main fields; skills count where at least one was recognised."""
    filled = {
        "employer": pl.col("employer_raw").is_not_null(),
        "place": pl.col("place_raw").is_not_null(),
        "date": pl.col("posted_on").is_not_null(),
        "pay": pl.col("pay_low").is_not_null() | pl.col("pay_high").is_not_null(),
        "skills": pl.col("skills").list.len() > 0,
    }
    row = postings.select(
        expression.fill_null(False).sum().alias(name) for name, expression in filled.items()
    )
    return {name: int(count) for name, count in row.row(0, named=True).items()}


def merged(parts: Sequence[Path], schema: tables.Schema, target: Path) -> Path:
    """Put the parts of one table into one Parquet file without holding them all."""
    if not parts:
        tables.empty(schema).write_parquet(target, compression="zstd")
    else:
        # Rows are put together by as many as a batch had: those of long texts would else need much memory.
        batch = pl.scan_parquet(str(parts[0]), glob=False).select(pl.len()).collect().item()
        pl.scan_parquet([str(part) for part in parts], glob=False).sink_parquet(
            target,
            compression="zstd",
            maintain_order=True,
            row_group_size=min(REREAD_ROWS, max(LEAST_GROUP, batch)),
        )
    for part in parts:
        part.unlink()
    return target


def slices(path: Path, rows: int, size: int = REREAD_ROWS) -> Iterator[pl.DataFrame]:
    """Read a Parquet file a batch at a time."""
    for start in range(0, rows, size):
        yield pl.scan_parquet(path, glob=False).slice(start, size).collect()
