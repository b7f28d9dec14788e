"""Importing a list: recognise the format, turn it into entries, check them all, then keep them or nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl

from graphcli.loaders.lists import aspi, mispvendors, own, uslists
from graphcli.loaders.lists.document import Document
from graphcli.loaders.lists.entries import COLUMNS, AffiliationList, lists_folder, read_list
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.files import replacing
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.output import csv_text

MAXIMUM_BYTES = 200_000_000


class ListFormat(Protocol):
    """One form in which lists are handed around: a module of this package."""

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What the form is called in messages."""
        ...

    @property
    def NAME(self) -> str:  # noqa: N802
        """What a list of this form is called here; empty where the file decides."""
        ...

    def recognises(self, document: Document) -> bool:
        """Whether a document is of this form."""
        ...

    def entries(self, document: Document, as_of: str | None) -> Iterable[Mapping[str, str | None]]:
        """Its entries, in the columns of our own lists."""
        ...


# The first that recognises a document reads it.
FORMATS: tuple[ListFormat, ...] = (aspi, mispvendors, uslists.SECTION_1260H, uslists.SECTION_889, own)


def import_list(
    folder: WorkspaceFolder, path: Path, name: str | None = None, as_of: str | None = None
) -> AffiliationList:
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
    called = name or form.NAME or _slug(path.stem)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", called):
        raise UsageError(f"{called!r} is no list name; use --name with small letters, digits, _ and -")
    rows = [
        {item.name: _one_line(row.get(item.name)) for item in COLUMNS}
        for row in form.entries(document, as_of)
    ]
    if not rows:
        raise DataContractError(f"{path.name}: holds no entry")
    schema = dict.fromkeys((item.name for item in COLUMNS), pl.String())
    return _keep(folder, called, pl.DataFrame(rows, schema=schema), path)


def read_document(path: Path) -> Document:
    """Read a list file as JSON or as CSV, whichever it is.

    Raises
    ------
    UsageError
        There is no such file, or it is too large to be a list.
    DataContractError
        It is neither JSON nor CSV in UTF-8.
    """
    if not path.is_file():
        raise UsageError(f"no file {str(path)!r}")
    if path.stat().st_size > MAXIMUM_BYTES:
        raise UsageError(f"{path.name} is larger than {MAXIMUM_BYTES // 1_000_000} MB; that is no list")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataContractError(f"{path.name}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    if text.lstrip()[:1] in {"{", "["}:
        return _json_document(path, text)
    rows = _csv_rows(path, text)
    return Document(path.name, None, tuple(rows[0]) if rows else (), tuple(rows[1:]))


def _json_document(path: Path, text: str) -> Document:
    try:
        return Document(path.name, json.loads(text), (), ())
    except (ValueError, RecursionError) as error:
        raise DataContractError(f"{path.name}: is damaged JSON ({error})") from None


def _csv_rows(path: Path, text: str) -> list[Sequence[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise DataContractError(f"{path.name}: is damaged CSV ({error})") from None


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
    return " ".join(text.split()) or None if text else None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "_", text.casefold()).strip("_-")
