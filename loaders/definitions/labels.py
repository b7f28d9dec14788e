"""Labelled samples: what a person says of postings, kept to measure tiers, presets and skills by.

``postings --sample`` writes the sheet, a person fills its label columns in, ``labels import`` takes it back.
An empty cell is no label. What a person says of a posting holds whatever the definitions are, so samples stay
in the workspace and are measured again after each change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphcli.loaders.definitions.skills.taxonomy import skill_table
from graphcli.loaders.fields.text import storable
from graphcli.loaders.reference.files import csv_rows, decode_table
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError, UsageError, unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.output import unguard_formula
from graphcli.workspace.selection import TIERS
from graphcli.workspace.wording import counted

PREFIX = "labels/"
MAXIMUM_BYTES = 100_000_000
LABELS: tables.Schema = {
    "row": pl.Int64,
    "posting_id": pl.String,
    "title": pl.String,
    "tags": pl.List(pl.String),
    "text": pl.String,
    "employer_raw": pl.String,
    "label_tier": pl.String,
    "label_ai": pl.Boolean,
    "label_skills": pl.List(pl.String),
}
LABEL_COLUMNS = ("label_tier", "label_ai", "label_skills")
# As much as tells a reader what the job is.
SAMPLE_CHARACTERS = 1_000
NO_SKILL = ("none", "-")
_YES = {"yes": True, "y": True, "true": True, "1": True, "是": True}
_NO = {"no": False, "n": False, "false": False, "0": False, "否": False}
_TRUTHS: Mapping[str, bool] = _YES | _NO


@dataclass(frozen=True)
class Labelled:
    """A sample as imported: its name, its rows (columns as in ``LABELS``) and what a reader should know."""

    name: str
    rows: pl.DataFrame
    notes: tuple[str, ...] = ()


def sheet_columns(folder: WorkspaceFolder, postings: pl.DataFrame) -> pl.DataFrame:
    """Return what a sheet for labelling has beside each posting: its tags, its text cut, empty label columns.

    Parameters
    ----------
    postings
        Columns source_id and row.
    """
    keys = postings.select("source_id", "row").with_row_index("order")
    texts = folder.scan_all("texts", tables.TEXTS)
    wanted = texts.join(keys.lazy(), on=["source_id", "row"], how="semi").collect()
    found = keys.join(wanted, on=["source_id", "row"], how="left", maintain_order="left")
    cut = pl.col("text").str.slice(0, SAMPLE_CHARACTERS)
    longer = pl.col("text").str.len_chars() > SAMPLE_CHARACTERS
    return found.select(
        pl.col("tags").list.join(";"),
        text=pl.when(longer).then(cut + "…").otherwise(cut),
        **{name: pl.lit(None, pl.String) for name in LABEL_COLUMNS},
    )


def import_labels(folder: WorkspaceFolder, path: Path, name: str | None = None) -> Labelled:
    """Read a filled-in sheet and keep its labels in the workspace; one of the same name is replaced.

    Raises
    ------
    UsageError
        There is no such file, or the name is not usable.
    DataContractError
        A row is malformed; the message names it and nothing is imported.
    """
    called = name or re.sub(r"[^a-z0-9_-]+", "_", path.stem.casefold()).strip("_-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", called):
        raise UsageError(f"{called!r} is no name; use --name with small letters, digits, _ and -")
    header, records, notes = _records(path)
    skills = _skill_names(folder.reference_folder)
    known = _known_ids(folder)
    rows: dict[str, dict[str, object]] = {}
    repeated = 0
    for number, record in enumerate(records, start=1):
        if len(record) != len(header):
            raise _broken(path, number, f"{len(record)} cells under {len(header)} columns")
        row = _row(path, number, dict(zip(header, record, strict=True)), skills, known)
        if row is None:
            continue
        key = str(row["posting_id"] or f"row {number}")
        held = rows.setdefault(key, row)
        if held is not row:
            repeated += 1
            if any(held[label] != row[label] for label in LABEL_COLUMNS):
                raise _broken(path, number, f"labels {key} otherwise than row {held['row']}")
    if not rows:
        raise DataContractError(f"{path.name}: no label is filled in ({', '.join(LABEL_COLUMNS)})")
    frame = pl.DataFrame(list(rows.values()), schema=dict(LABELS), orient="row")
    blank = len(records) - len(rows) - repeated
    notes += [f"{counted(len(records), 'row')} read, {frame.height:,} labelled, {blank:,} without a label"]
    notes += [f"{counted(repeated, 'row')} for a posting that had its label"] if repeated else []
    with folder.change("labels") as change:
        change.write(PREFIX + called, frame)
    return Labelled(called, frame, tuple(notes))


def samples(folder: WorkspaceFolder) -> list[Labelled]:
    """Return all labelled samples of a workspace, sorted by name."""
    names = [name.removeprefix(PREFIX) for name in folder.table_names(PREFIX)]
    return [Labelled(name, folder.read(PREFIX + name, LABELS)) for name in names]


def sample_called(folder: WorkspaceFolder, name: str) -> Labelled:
    """Return one labelled sample.

    Raises
    ------
    UsageError
        There is none of this name.
    """
    found = {one.name: one for one in samples(folder)}
    if name not in found:
        raise unknown_name("labelled sample", name, found)
    return found[name]


def _records(path: Path) -> tuple[list[str], list[Sequence[str]], list[str]]:
    if not path.is_file():
        raise UsageError(f"no file {str(path)!r}")
    if path.stat().st_size > MAXIMUM_BYTES:
        raise UsageError(f"{path.name} is larger than {MAXIMUM_BYTES // 1_000_000} MB")
    text, encoding = decode_table(path)
    notes = [] if encoding == "utf-8" else [f"{path.name} is not UTF-8 and was read as {encoding.upper()}"]
    rows = csv_rows(path, text)
    header = [cell.strip() for cell in rows[0]] if rows else []
    if not set(LABEL_COLUMNS).intersection(header) or not {"posting_id", "ref", "title"}.intersection(header):
        raise UsageError(
            f"{path.name}: a labelled sample is a CSV with posting_id (or title and text) and "
            f"{', '.join(LABEL_COLUMNS)}; graphcli postings --sample 200 -o sample.csv writes one to fill in"
        )
    if len(set(header)) < len(header):
        raise DataContractError(f"{path.name}: a column stands twice in the header")
    return header, list(rows[1:]), notes


def _row(
    path: Path, number: int, cells: Mapping[str, str], skills: Mapping[str, str], known: frozenset[str]
) -> dict[str, object] | None:
    def cell(name: str) -> str:
        return storable(unguard_formula(cells.get(name, ""))).strip()

    tier, ai, named = (cell(name) for name in LABEL_COLUMNS)
    if not tier and not ai and not named:
        return None
    if tier and tier.casefold() not in TIERS:
        raise _broken(path, number, f"label_tier {tier[:40]!r} is none of {', '.join(TIERS)}")
    if ai and ai.casefold() not in _TRUTHS:
        raise _broken(path, number, f"label_ai {ai[:40]!r} is neither yes nor no")
    identity = cell("posting_id")
    if identity not in known:
        # A spreadsheet takes an id of digits for a number, a reference it leaves alone.
        identity = cell("ref").removeprefix("posting:")
    if identity not in known and not cell("title"):
        shown = (cell("posting_id") or cell("ref"))[:40]
        raise _broken(
            path, number, f"no posting {shown!r} here, and no title to judge by; load its file first"
        )
    return {
        "row": number,
        "posting_id": identity if identity in known else None,
        "title": cell("title") or None,
        "tags": [tag.strip() for tag in cell("tags").split(";") if tag.strip()],
        "text": cell("text") or None,
        "employer_raw": cell("employer_raw") or cell("employer") or None,
        "label_tier": tier.casefold() or None,
        "label_ai": _TRUTHS.get(ai.casefold()),
        "label_skills": sorted(set(_skills(path, number, named, skills))) if named else None,
    }


def _skills(path: Path, number: int, cell: str, known: Mapping[str, str]) -> Iterator[str]:
    if cell.casefold() in NO_SKILL:
        return
    for text in filter(None, (part.strip() for part in re.split("[;；]", cell))):
        if text.casefold() not in known:
            error = unknown_name("skill", text[:60], known)
            raise _broken(path, number, f"label_skills: {error}")
        yield known[text.casefold()]


def _skill_names(reference_folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for identifier, *names in skill_table(reference_folder).select("id", "name", "name_en").iter_rows():
        for text in names:
            found.setdefault(str(text).casefold(), identifier)
        found[identifier.casefold()] = identifier
    return found


def _known_ids(folder: WorkspaceFolder) -> frozenset[str]:
    return frozenset(folder.scan_all("postings", tables.POSTINGS).select("posting_id").collect().to_series())


def _broken(path: Path, number: int, words: str) -> DataContractError:
    return DataContractError(f"{path.name}: row {number}: {words}; nothing was imported")
