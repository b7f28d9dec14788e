"""What a file is, before it is loaded: container, encoding, layout, and the role of each column."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from graphcli.loaders.canonical import Context, read_cells
from graphcli.loaders.fields.text import filled_cells, without_list_notation
from graphcli.loaders.layouts.header_roles import roles_by_header
from graphcli.loaders.layouts.layout import LISTS, ROLES, Alternative, Layout, load_layouts, wanted_layout
from graphcli.loaders.layouts.recognise import BY_HEADER
from graphcli.loaders.reader.archives import no_postings, unpack
from graphcli.loaders.reader.batches import ROW, Sheet
from graphcli.loaders.reader.container import open_container
from graphcli.loaders.reader.paths import InputFile, expand, shown_path
from graphcli.loaders.source import OpenedSheet, Options, crawl_day, open_sheets, with_contexts
from graphcli.workspace.errors import DataContractError, GraphcliError
from graphcli.workspace.result import Result
from graphcli.workspace.wording import counted

COLUMNS = {
    "file": pl.String, "sheet": pl.String, "column": pl.String, "role": pl.String,
    "confidence": pl.Float64,
    "filled": pl.Float64, "distinct": pl.Int64, "sample": pl.String,
    "member": pl.String,
}  # fmt: skip
SAMPLES = 3
SAMPLE_LENGTH = 24


@dataclass
class ColumnCount:
    """What one raw column holds over all records."""

    filled: int = 0
    values: set[int] | None = None
    samples: tuple[str, ...] = ()


def inspect(
    paths: Sequence[str | Path],
    *,
    layout: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    reference_folder: Path | None = None,
) -> Result:
    """Say what files are, without a workspace and without writing anything.

    Returns
    -------
    Result
        One row a column: its role and, where no layout is known, how sure it is; the share of records in
        which it is filled, distinct values, samples. The notes say container, encoding, layout and how sure
        it is, and what a load would reject.

    Raises
    ------
    UsageError
        A path, layout, encoding or sheet does not exist.
    DataContractError
        The only file cannot be read.
    """
    options = Options(wanted_layout(layout, reference_folder) if layout else None, encoding, sheet)
    layouts = load_layouts(reference_folder)
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="graphcli-") as spool:
        unpacked = unpack(expand(paths, Path(spool)), Path(spool))
        only = len(unpacked.files) + len(unpacked.failures) == 1
        notes.extend(unpacked.notes)
        for file, failure in unpacked.failures:
            if only:
                raise failure
            failed = True
            notes.append(f"{file.shown}: cannot be loaded: {failure}")
        if not unpacked.files and not unpacked.failures:
            raise no_postings(unpacked.notes)
        for file in unpacked.files:
            try:
                for row_set, note_set in _inspect_file(file, options, layouts):
                    rows.extend(row_set)
                    notes.extend(note_set)
            except GraphcliError as failure:
                if only:
                    raise
                failed = True
                notes.append(f"{file.shown}: cannot be loaded: {failure}")
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    frame = frame.with_columns(ref=pl.lit(None, dtype=pl.String))
    # In a terminal a column that says the same of every row takes the room of the samples.
    hidden = ("ref", *(name for name in ("file", "member", "sheet") if frame[name].n_unique() == 1))
    parameters = {"layout": layout, "encoding": encoding}
    return Result("inspect", frame, parameters, tuple(notes), hidden=hidden, failed=failed)


def _inspect_file(
    file: InputFile, options: Options, layouts: dict[str, Layout]
) -> Iterator[tuple[list[dict[str, Any]], list[str]]]:
    container, opened, left_out = open_sheets(file.path, options, layouts)
    for one in opened:
        counts, read, rejected, issues = _count(file, one, options)
        what = f"{file.shown}{' table ' + one.sheet.name if one.sheet.name else ''}"
        layout = one.recognition.layout
        known = f"layout {layout.name} of board {layout.board} ({100 * one.recognition.sure:.0f} % sure)"
        notes = [
            f"{what}: {container.kind}, {container.encoding.name}, {counted(len(counts), 'column')}, "
            f"{counted(read, 'record')}; "
            + ("no known layout, each column judged by itself" if layout.name == BY_HEADER else known),
            *(f"{what}: {problem.problem}" for problem in one.sheet.notices),
            *one.recognition.notes,
        ]
        if rejected.height:
            reasons = rejected.group_by("problem").len().sort("len", "problem", descending=[True, False])
            shown = "; ".join(f"{count:,} × {problem}" for problem, count in reasons.head(5).iter_rows())
            notes.append(
                f"{what}: {rejected.height:,} of {counted(read, 'record')} would be rejected: {shown}"
            )
        notes.append(
            f"{what}: {counted(issues, 'cell or row', 'cells or rows')} would be listed under issues"
        )
        yield [_row(file, one, name, count, read) for name, count in counts.items()], [*notes, *left_out]


def _count(
    file: InputFile, one: OpenedSheet, options: Options
) -> tuple[dict[str, ColumnCount], int, pl.DataFrame, int]:
    layout = one.recognition.layout
    crawled_on = crawl_day(file, layout, options)
    context = Context("", file.shown, one.sheet.name, crawled_on, one.sheet.headers)
    counts = {name: ColumnCount(values=set()) for name in one.sheet.headers}
    read, issues = 0, 0
    rejected: list[pl.DataFrame] = [pl.DataFrame(schema={"problem": pl.String})]
    for batch, known in with_contexts(one, context):
        made = read_cells(batch.frame, layout, known)
        read += batch.rows_read
        broken = [problem.problem for problem in batch.problems if problem.action == "rejected"]
        rejected.append(made.issues.filter(pl.col("action") == "rejected").select("problem"))
        rejected.append(pl.DataFrame({"problem": broken}, schema={"problem": pl.String}))
        issues += made.issues.height + len(batch.problems)
        frame = without_list_notation(batch.frame) if layout.cells == "list" else batch.frame
        for name in frame.columns:
            if name != ROW:
                _add(counts.setdefault(name, ColumnCount(values=set())), frame[name])
    return counts, read, pl.concat(rejected), issues


def _add(count: ColumnCount, cells: pl.Series) -> None:
    filled = filled_cells(cells)
    count.filled += len(filled)
    assert count.values is not None
    count.values.update(filled.unique().hash().to_list())
    if len(count.samples) < SAMPLES:
        fresh = filled.head(200).unique(maintain_order=True).to_list()
        count.samples = tuple(dict.fromkeys([*count.samples, *fresh]))[:SAMPLES]


def _row(file: InputFile, one: OpenedSheet, name: str, count: ColumnCount, read: int) -> dict[str, Any]:
    samples = (
        f"{value[:SAMPLE_LENGTH]}{'…' if len(value) > SAMPLE_LENGTH else ''}" for value in count.samples
    )
    return {
        "file": file.relative,
        "member": file.member,
        "sheet": one.sheet.name,
        "column": name,
        "role": role_of(one.recognition.layout, name),
        "confidence": one.recognition.confidence.get(name),
        "filled": round(count.filled / read, 3) if read else 0.0,
        "distinct": len(count.values or ()),
        "sample": " | ".join(sample.replace("\n", " ") for sample in samples),
    }


def role_of(layout: Layout, column: str) -> str:
    """What a column is read as; empty where it is not read."""
    roles = [role for role in ROLES if column in layout.role_columns(role)]
    roles += [name for name in LISTS if column in getattr(layout, name)]
    roles += ["tags, ownership, company_size, industry"] if column == layout.profile else []
    roles += ["crawled_on"] if column == layout.crawl_day else []
    return ", ".join(roles)


def emitted_layout(
    path: str,
    reference_folder: Path | None = None,
    *,
    layout: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
) -> str:
    """Write a layout for a file as YAML to edit; roles that nothing stands for are left as comments.

    Raises
    ------
    DataContractError
        The file cannot be read at all.
    """
    options = Options(wanted_layout(layout, reference_folder) if layout else None, encoding, sheet)
    with tempfile.TemporaryDirectory(prefix="graphcli-") as spool:
        unpacked = unpack(expand([path], Path(spool)), Path(spool))
        if not unpacked.files:
            raise unpacked.failures[0][1] if unpacked.failures else no_postings(unpacked.notes)
        return _emitted(unpacked.files[0], options, reference_folder)


def _emitted(file: InputFile, options: Options, reference_folder: Path | None) -> str:
    import yaml

    guess = ""
    try:
        _, opened, _ = open_sheets(file.path, options, load_layouts(reference_folder))
        chosen, headers = opened[0].recognition.layout, opened[0].sheet.headers
        columns = {role: _plain(chosen.columns[role]) for role in ROLES if role in chosen.columns}
        lists, board = {name: list(getattr(chosen, name)) for name in LISTS}, chosen.board
        special = _special(chosen)
    except DataContractError:
        # No column speaks for itself: the layout that is missing is just what is asked for here.
        first: Sheet = open_container(file.path, options.encoding, options.sheet).sheets[0]
        headers, board = first.headers, "unknown"
        found = roles_by_header(headers)
        columns = {role: found[role] for role in ROLES if role in found}
        if "title" not in columns:
            columns["title"] = [headers[0]]
            guess = "# No column for the title was found; the first one only stands in for it.\n"
        lists, special = {name: found.get(name, []) for name in LISTS}, {}
    content: dict[str, Any] = {
        "name": "my_layout",
        "board": board,
        "title": f"Made from {shown_path(PurePosixPath(file.shown).name)}",
        "seen_in": shown_path(PurePosixPath(file.shown).name),
        "recognise": {"headers": list(headers), "content": {headers[0]: "."}},
        "columns": columns,
    }
    content.update(special)
    content.update({name: columns for name, columns in lists.items() if columns})
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    missing = [role for role in ROLES if role not in columns]
    return (
        f"# Edit, then: graphcli load FILE --layout this.yaml\n{guess}"
        f"# Columns of the file: {shown_path(', '.join(headers))}\n{body}# Not found: {', '.join(missing)}\n"
    )


def _special(layout: Layout) -> dict[str, Any]:
    """What a known layout says beyond its columns."""
    special: dict[str, Any] = {"cells": layout.cells} if layout.cells != "plain" else {}
    special.update({"guarded": True} if layout.guarded else {})
    special.update({"profile": layout.profile} if layout.profile else {})
    special.update({"crawl_day": layout.crawl_day} if layout.crawl_day else {})
    special.update({"sliding": list(layout.sliding)} if layout.sliding else {})
    special.update({"only": dict(layout.only)} if layout.only else {})
    return special


def _plain(alternatives: tuple[Alternative, ...]) -> list[Any]:
    def one(alternative: Alternative) -> Any:
        if alternative.template:
            return {"format": alternative.template}
        if len(alternative.columns) == 1:
            return alternative.columns[0]
        return {"join": list(alternative.columns), "with": alternative.joiner}

    return [one(alternative) for alternative in alternatives]
