"""What the parser of workbooks does not tell about the parts of an .xlsx: cells in error, and cells far off.

The parser gives an empty text for a cell in error, and it holds every place up to the last cell, so that one
cell typed by accident in the last corner would claim billions of them.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

# More cells than these that lie far off are no accident.
MAX_FAR = 20
CHUNK = 1 << 20
# Longest mark that may lie across two chunks.
OVERLAP = 256

_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_IN_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]{0,150}\bt=[\"']e[\"'])[^>]{0,150}?\br=[\"']([A-Z]{1,3})\d{1,9}[\"']"
)
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]{0,60}?\br=[\"']([A-Z]{1,3})(\d{1,9})[\"']")


def worksheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each worksheet → the member of the archive that holds it; empty where that cannot be told."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        targets = relation_targets(archive, "xl/_rels/workbook.xml.rels")
    except (KeyError, OSError, zipfile.BadZipFile):
        return {}
    found = {}
    for sheet in _attributes(_SHEET, book):
        link = next((value for key, value in sheet.items() if key.rpartition(":")[2] == "id"), "")
        found[sheet.get("name", "")] = targets.get(link, "xl")
    return found


def relation_targets(archive: zipfile.ZipFile, member: str) -> dict[str, str]:
    """Name of each relation of a workbook → the member of the archive that it leads to."""
    relations = archive.read(member).decode("utf-8", "replace")
    return {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/xl", one.get("Target", "")))[1:]
        for one in _attributes(_RELATION, relations)
    }


def _attributes(tags: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for tag in tags.finditer(text):
        yield {key: html.unescape(one or two) for key, one, two in _ATTRIBUTE.findall(tag[0])}


def cells_in_error(path: Path) -> dict[str, Counter[int]]:
    """Name of a worksheet → place of a column (from 0) → how many of its cells hold an error (``#N/A`` …)."""
    found: dict[str, Counter[int]] = {}
    with zipfile.ZipFile(path) as archive:
        for name, member in worksheet_members(archive).items():
            if member not in archive.NameToInfo:
                continue
            counts: Counter[int] = Counter()
            left = b""
            with archive.open(member) as handle:
                while chunk := handle.read(CHUNK):
                    for mark in _IN_ERROR.finditer(left + chunk):
                        # What lies in the overlap as a whole was counted with the chunk before.
                        counts[column_number(mark[1]) - 1] += mark.end() > len(left)
                    left = chunk[-OVERLAP:]
            if counts:
                found[name] = counts
    return found


def column_number(letters: bytes) -> int:
    """Number of the column that Excel calls by these letters, from 1.

    Examples
    --------
    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def without_far_cells(path: Path, places: int) -> tuple[io.BytesIO, dict[str, tuple[str, ...]]] | None:
    """Copy a workbook without the few cells that alone make its worksheets larger than ``places``.

    Returns
    -------
    tuple or None
        The copy, and the cells left out of each worksheet by name; ``None`` where more than ``MAX_FAR``
        cells of a worksheet lie far off.
    """
    copy = io.BytesIO()
    left_out: dict[str, tuple[str, ...]] = {}
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        names = {member: name for name, member in worksheet_members(old).items()}
        for info in old.infolist():
            content = old.read(info)
            if info.filename in names:
                cells = [(int(row), column_number(column)) for column, row in _CELL.findall(content)]
                far = far_cells(cells, places)
                if far is None:
                    return None
                if far:
                    left_out[names[info.filename]] = tuple(_written(cell) for cell in sorted(far))
                    content = _dropped(content, left_out[names[info.filename]])
            new.writestr(info.filename, content)
    copy.seek(0)
    return copy, left_out


def far_cells(cells: Iterable[tuple[int, int]], places: int) -> set[tuple[int, int]] | None:
    """Choose the fewest cells (row, column) at the rim without which the others fit into ``places``.

    Examples
    --------
    >>> far_cells([(1, 1), (2, 3), (1048576, 16384)], 1000)
    {(1048576, 16384)}
    """
    left = set(cells)
    far: set[tuple[int, int]] = set()
    while left:
        last, widest = max(row for row, _ in left), max(column for _, column in left)
        if last * widest <= places:
            return far
        rims = [{cell for cell in left if cell[0] == last}, {cell for cell in left if cell[1] == widest}]
        rim = min(rims, key=lambda cells: (len(cells), -_freed(left - cells, last * widest)))
        far |= rim
        left -= rim
        if len(far) > MAX_FAR:
            return None
    return far


def _freed(left: set[tuple[int, int]], places: int) -> int:
    if not left:
        return places
    return places - max(row for row, _ in left) * max(column for _, column in left)


def _written(cell: tuple[int, int]) -> str:
    row, column = cell
    letters = ""
    while column:
        column, at = divmod(column - 1, 26)
        letters = chr(65 + at) + letters
    return f"{letters}{row}"


def _dropped(content: bytes, cells: Iterable[str]) -> bytes:
    for cell in cells:
        whole = rb"<((?:\w+:)?c)\b(?=[^>]{0,150}\br=[\"']%s[\"'])[^>]*?(?:/>|>.*?</\1>)" % cell.encode()
        content = re.sub(whole, b"", content, flags=re.S)
    return content
