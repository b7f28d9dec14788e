"""Importing a list: recognise the format, turn it into entries, check them all, then keep them or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

import polars as pl

from graphcli.loaders.fields.text import storable
from graphcli.loaders.lists import aspi, mispvendors, opensanctions, own, screening, uslists
from graphcli.loaders.lists.document import LONGEST_LINE, Document, Reading
from graphcli.loaders.lists.entries import COLUMNS, AffiliationList, lists_folder, read_list
from graphcli.loaders.reference.files import csv_rows, decode_table
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.files import replacing
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.output import csv_text

# Whole files are held in memory; JSON lines are read one by one.
MAXIMUM_BYTES = 200_000_000
MAXIMUM_LINES_BYTES = 8_000_000_000


@dataclass(frozen=True)
class Imported(AffiliationList):
    """An imported list with the number of records in its file and how many of each kind were set aside;
    ``encoding`` is the one that the file was read in, ``newer_replaced`` the day of the edition that it
    replaced, where that was a newer one."""

    rows_read: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    encoding: str = "utf-8"
    newer_replaced: date | None = None


class ListFormat(Protocol):
    """One form in which lists are handed around: a module of this package."""

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What the form is called in messages."""
        ...

    def recognises(self, document: Document) -> bool:
        """Whether a document is of this form."""
        ...

    def read(self, document: Document, as_of: str | None) -> Reading:
        """Its entries, in the columns of our own lists, and what became none."""
        ...


# The first that recognises a document reads it.
FORMATS: tuple[ListFormat, ...] = (
    opensanctions.ENTITIES,
    opensanctions.SIMPLE_TARGETS,
    screening,
    uslists.SECTION_1260H,
    uslists.SECTION_889,
    aspi,
    mispvendors,
    own,
)


def import_list(
    folder: WorkspaceFolder, path: Path, name: str | None = None, as_of: str | None = None
) -> Imported:
    """Import a list file into the workspace; the next build uses it.

    Parameters
    ----------
    folder
        The workspace.
    path
        The file, in any of the forms that ``FORMATS`` names.
    name
        What to call the list; by default the form's own name, or the file's.
    as_of
        ISO day of the edition, for forms that do not carry it.

    Raises
    ------
    UsageError
        The file does not exist, the name is not usable, or the form is not known.
    DataContractError
        An entry is malformed; the message names it and nothing is imported.
    """
    document = read_document(path)
    form = next((form for form in FORMATS if form.recognises(document)), None)
    if form is None:
        known = "; ".join(form.TITLE for form in FORMATS)
        raise UsageError(f"{path.name}: no known list format; graphcli imports {known}")
    reading = form.read(document, as_of)
    called = name or reading.name or _slug(path.stem)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", called):
        raise UsageError(f"{called!r} is no list name; use --name with small letters, digits, _ and -")
    if not reading.entries:
        raise DataContractError(f"{path.name}: holds no entry{_aside(reading)}; nothing was imported")
    rows = [{item.name: _one_line(entry.get(item.name)) for item in COLUMNS} for entry in reading.entries]
    schema = dict.fromkeys((item.name for item in COLUMNS), pl.String())
    before = _edition(folder, called)
    kept = _keep(folder, called, pl.DataFrame(rows, schema=schema), path)
    replaced = before is not None and kept.as_of is not None and before > kept.as_of
    aside = dict(sorted(reading.set_aside.items()))
    return Imported(
        **vars(kept),
        rows_read=reading.rows,
        set_aside=aside,
        encoding=document.encoding,
        newer_replaced=before if replaced else None,
    )


def described(set_aside: Mapping[str, int]) -> str:
    """Say what was set aside: ``12 Person; 3 Vessel``."""
    return "; ".join(f"{count:,} {kind}" for kind, count in sorted(set_aside.items()))


def _aside(reading: Reading) -> str:
    return f" (set aside: {described(reading.set_aside)})" if reading.set_aside else ""


def read_document(path: Path) -> Document:
    """Read a list file as JSON, as JSON lines or as CSV, whichever it is.

    Raises
    ------
    UsageError
        There is no such file, or it is too large to be a list.
    DataContractError
        It is neither JSON nor CSV.
    """
    if not path.is_file():
        raise UsageError(f"no file {str(path)!r}")
    size = path.stat().st_size
    if _has_entity_lines(path):
        _check_size(path, size, MAXIMUM_LINES_BYTES)
        return Document(path.name, None, (), (), lines=path)
    _check_size(path, size, MAXIMUM_BYTES)
    text, encoding = decode_table(path)
    if text.lstrip()[:1] in {"{", "["}:
        return _json_document(path, text)
    rows = csv_rows(path, text)
    return Document(path.name, None, tuple(rows[0]) if rows else (), tuple(rows[1:]), encoding=encoding)


def _check_size(path: Path, size: int, most: int) -> None:
    if size > most:
        raise UsageError(
            f"{path.name} is larger than {most // 1_000_000:,} MB; import the file of one list, not of all"
        )


def _has_entity_lines(path: Path) -> bool:
    """Whether the first line is an entity by itself, which tells JSON lines from one JSON value."""
    with path.open("rb") as handle:
        first = handle.readline(LONGEST_LINE + 1)
    if not first.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    try:
        value = json.loads(first.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.keys() >= opensanctions.NEEDED


def _json_document(path: Path, text: str) -> Document:
    try:
        return Document(path.name, json.loads(text), (), ())
    except (ValueError, RecursionError) as error:
        raise DataContractError(f"{path.name}: is damaged JSON ({error})") from None


def _edition(folder: WorkspaceFolder, name: str) -> date | None:
    """Day of the edition that an import of this name replaces; a list that cannot be read has none."""
    path = lists_folder(folder.reference_folder) / f"{name}.csv"
    try:
        return read_list(path, "imported").as_of if path.is_file() else None
    except DataContractError:
        return None


def _keep(folder: WorkspaceFolder, name: str, frame: pl.DataFrame, source: Path) -> AffiliationList:
    target = lists_folder(folder.reference_folder) / f"{name}.csv"
    with replacing(target) as temporary:
        temporary.write_text(csv_text(frame), encoding="utf-8")
        try:
            read_list(temporary, "imported")
        except DataContractError as error:
            reason = str(error).removeprefix(temporary.name).lstrip(": ")
            raise DataContractError(f"{source.name}: {reason}; nothing was imported") from None
    return read_list(target, "imported")


def _one_line(text: str | None) -> str | None:
    return " ".join(storable(text).split()) or None if text else None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "_", text.casefold()).strip("_-")
