"""One sheet of one file to canonical tables on disk, batch by batch, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from graphcli.loaders.canonical import Annotator, Context, canonical_batch
from graphcli.loaders.layouts.layout import Layout
from graphcli.loaders.layouts.recognise import Recognition, recognise, shown_headers
from graphcli.loaders.reader.batches import BATCH_ROWS, Problem, Sheet
from graphcli.loaders.reader.container import Container, open_container
from graphcli.loaders.reader.paths import InputFile, shown_name
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import stable_hash
from graphcli.workspace.version import __version__

SAMPLE_ROWS = 200
PARTS = ("postings", "texts", "issues")


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
    """A sheet of postings with its layout."""

    sheet: Sheet
    recognition: Recognition


@dataclass(frozen=True)
class Reading:
    """One sheet that was read: its row for the table of sources, and where its parts lie."""

    source: dict[str, Any]
    layout: Layout
    parts: dict[str, list[Path]]
    rows: dict[str, int]
    notes: tuple[str, ...] = field(default=())


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
        batch = next(sheet.batches(SAMPLE_ROWS), None)
        empty = pl.DataFrame(schema=dict.fromkeys(sheet.headers, pl.String))
        sample = empty if batch is None else batch.frame
        try:
            if options.layout is not None:
                recognition = Recognition(options.layout, _overlap(options.layout, sheet.headers, what))
            else:
                recognition = recognise(sheet.headers, sample, layouts, what)
        except DataContractError as failure:
            failures.append(failure)
            continue
        opened.append(OpenedSheet(sheet, recognition))
    if not opened:
        raise failures[0]
    return container, opened, [f"left out: {failure}" for failure in failures]


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


def read_sheet(
    file: InputFile,
    container: Container,
    opened: OpenedSheet,
    identity: tuple[str, str],
    options: Options,
    annotator: Annotator,
    scratch: Path,
    batch_rows: int = BATCH_ROWS,
) -> Reading:
    """Read one sheet into part files below ``scratch``.

    Parameters
    ----------
    identity
        Source id and SHA-256 of the file.
    """
    source_id, sha256 = identity
    sheet, layout = opened.sheet, opened.recognition.layout
    context = Context(source_id, file.shown, sheet.name, crawl_day(file, layout, options), sheet.headers)
    parts: dict[str, list[Path]] = {name: [] for name in PARTS}
    tally = Tally()
    said = [file.notice] if file.notice else []
    said += opened.recognition.doubts
    notices = [*sheet.notices, *(Problem(None, "", "", note, "kept") for note in said)]
    _write_part(parts, scratch, source_id, "issues", _problem_frame(notices, context))
    for batch in sheet.batches(batch_rows):
        made = canonical_batch(batch.frame, layout, context, annotator)
        found = pl.concat([_problem_frame(batch.problems, context), made.issues])
        rejected = found.filter(pl.col("action") == "rejected").height
        if batch.rows_read != made.postings.height + rejected:
            raise AssertionError(
                f"{file.shown}: {batch.rows_read} records read, but another number kept and rejected"
            )
        tally.add(batch.rows_read, made.postings, made.texts, made.content, made.lost_characters)
        _write_part(parts, scratch, source_id, "postings", made.postings)
        _write_part(parts, scratch, source_id, "texts", made.texts)
        _write_part(parts, scratch, source_id, "issues", found.sort("row", "column", maintain_order=True))
    for name in ("postings", "texts"):
        if not parts[name]:
            _write_part(
                parts, scratch, source_id, name, tables.empty(getattr(tables, name.upper())), always=True
            )
    source = {
        "source_id": source_id,
        "board": layout.board,
        "path": file.relative,
        "member": file.member,
        "sheet": sheet.name,
        "sha256": sha256,
        "layout": layout.name,
        "encoding": container.encoding.name,
        "crawled_on": context.crawled_on,
        "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tool_version": __version__,
        **tally.counts(container.encoding.lost),
    }
    rows = {
        name: sum(pl.scan_parquet(part, glob=False).select(pl.len()).collect().item() for part in parts[name])
        for name in PARTS
    }
    return Reading(source, layout, parts, rows, opened.recognition.notes)


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


def _write_part(
    parts: dict[str, list[Path]],
    scratch: Path,
    source_id: str,
    name: str,
    frame: pl.DataFrame,
    always: bool = False,
) -> None:
    if frame.is_empty() and not always:
        return
    path = scratch / f"{source_id}-{name}-{len(parts[name]):05d}.part"
    frame.write_parquet(path, compression="zstd")
    parts[name].append(path)


class Tally:
    """Counts over the batches of one sheet."""

    def __init__(self) -> None:
        self.read = 0
        self.kept = 0
        self.lost = 0
        self.filled = dict.fromkeys(("employer", "place", "date", "pay", "skills", "text"), 0)
        self.content: list[np.ndarray[Any, Any]] = []

    def add(
        self, read: int, postings: pl.DataFrame, texts: pl.DataFrame, content: pl.Series, lost: int
    ) -> None:
        """Count one batch."""
        self.read += read
        self.kept += postings.height
        self.lost += lost
        self.content.append(content.to_numpy())
        for name, count in fill_counts(postings).items():
            self.filled[name] += count
        self.filled["text"] += int((texts["text"] != "").sum())

    def counts(self, lost_bytes: int) -> dict[str, object]:
        """The columns of the table of sources that count something."""
        distinct = len(np.unique(np.concatenate(self.content))) if self.content else 0
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
    elif len(parts) == 1:
        parts[0].replace(target)
    else:
        pl.scan_parquet([str(part) for part in parts], glob=False).sink_parquet(
            target, compression="zstd", maintain_order=True, row_group_size=BATCH_ROWS
        )
    return target


def slices(path: Path, rows: int, size: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """Read a Parquet file a batch at a time."""
    for start in range(0, rows, size):
        yield pl.scan_parquet(path, glob=False).slice(start, size).collect()
