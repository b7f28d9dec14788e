"""Cells in error in the binary workbooks, .xls and .xlsb, of which the parser says nothing.

It gives an empty text for such a cell, so that ``#N/A`` would be gone without a word. Only the records that
hold an error are looked at: BoolErr and Formula of MS-XLS, BrtCellError and BrtFmlaError of MS-XLSB; the
stream of an .xls lies in a compound file (MS-CFB). A file whose parts are not where they should be has no
such cells: whether it is damaged is for the parser to say.
"""

from __future__ import annotations

import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from graphcli.loaders.reader.workbooks.parts import relation_targets

Errors = dict[str, Counter[int]]

# Compound files.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
# Records of .xls.
_BOUND_SHEET, _END, _FORMULA, _BOOL_ERROR = 0x85, 0x0A, 0x06, 0x205
# Records of .xlsb.
_BUNDLE_SHEET, _CELL_ERROR, _FORMULA_ERROR = 156, 3, 11


def binary_errors(path: Path, form: str) -> Errors:
    """Name of a worksheet → place of a column (from 0) → how many of its cells hold an error."""
    try:
        return _of_xls(_workbook_stream(path.read_bytes())) if form == "xls" else _of_xlsb(path)
    except (struct.error, IndexError, ValueError, KeyError, OverflowError, OSError, zipfile.BadZipFile):
        return {}


def has_endless_chain(path: Path) -> bool:
    """Whether the sectors of an .xls lead back to one another, which the parser would follow for ever."""
    content = path.read_bytes()
    if not content.startswith(_COMPOUND):
        return False
    try:
        size = 1 << content[30]
        directory, small_table = (struct.unpack_from("<I", content, at)[0] for at in (48, 60))
        table = _table_of_sectors(content, size)
        entries = _chained(content, directory, table, size, 1)
        starts = [struct.unpack_from("<I", entries, at + 116)[0] for at in range(0, len(entries) - 127, 128)]
        if any(_is_endless(start, table) for start in (directory, small_table, *starts)):
            return True
        numbers = _chained(content, small_table, table, size, 1)
        small = struct.unpack(f"<{len(numbers) // 4}I", numbers)
        return any(_is_endless(start, small) for start in starts)
    except (struct.error, IndexError, ValueError, OverflowError):
        return False


def _is_endless(start: int, table: tuple[int, ...]) -> bool:
    at, steps = start, 0
    while at < len(table) and steps <= len(table):
        at, steps = table[at], steps + 1
    return steps > len(table)


def _workbook_stream(content: bytes) -> bytes:
    """The stream of an .xls that holds the sheets; some writers put no compound file around it."""
    if not content.startswith(_COMPOUND):
        return content
    size, small_size = 1 << content[30], 1 << content[32]
    directory, cutoff, small_table = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    table = _table_of_sectors(content, size)
    entries = _chained(content, directory, table, size, 1)
    streams = {}
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
        streams[name] = struct.unpack_from("<II", entries, at + 116)
    start, length = streams["Workbook" if "Workbook" in streams else "Book"]
    if length >= cutoff:
        return _chained(content, start, table, size, 1)[:length]
    small = _chained(content, streams["Root Entry"][0], table, size, 1)
    numbers = _chained(content, small_table, table, size, 1)
    chain = struct.unpack(f"<{len(numbers) // 4}I", numbers)
    return _chained(small, start, chain, small_size, 0)[:length]


def _table_of_sectors(content: bytes, size: int) -> tuple[int, ...]:
    """Which sector follows which."""
    listed = list(struct.unpack_from("<109I", content, 76))
    further = struct.unpack_from("<I", content, 68)[0]
    while further < _LAST_SECTOR and len(listed) < len(content) // size + 109:
        *more, further = struct.unpack_from(f"<{size // 4}I", content, (further + 1) * size)
        listed += more
    parts = [content[(one + 1) * size : (one + 2) * size] for one in listed if one < _LAST_SECTOR]
    table = b"".join(parts)
    # The last sector of a file that was cut is read as far as it goes, as the parser does.
    return struct.unpack_from(f"<{len(table) // 4}I", table)


def _chained(content: bytes, start: int, table: tuple[int, ...], size: int, header: int) -> bytes:
    parts: list[bytes] = []
    at = start
    while at < _LAST_SECTOR and len(parts) <= len(table):
        parts.append(content[(at + header) * size : (at + header + 1) * size])
        at = table[at]
    return b"".join(parts)


def _of_xls(stream: bytes) -> Errors:
    found = {}
    for kind, start, length in _xls_records(stream, 0):
        if kind != _BOUND_SHEET:
            continue
        place, characters, wide = struct.unpack_from("<IxxBB", stream, start)
        text = stream[start + 8 : start + 8 + characters * (1 + (wide & 1))]
        cells = (at for inner, at, _ in _xls_records(stream, place) if _holds_error(inner, stream, at))
        counts = Counter(struct.unpack_from("<H", stream, at + 2)[0] for at in cells)
        if counts and length:
            found[text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")] = counts
    return found


def _holds_error(kind: int, stream: bytes, at: int) -> bool:
    if kind == _BOOL_ERROR:
        return stream[at + 7] == 1
    # A result that is no number has this mark behind it, and says before it what it is.
    return kind == _FORMULA and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2


def _xls_records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of the records from one place up to the end of the part."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        yield kind, at + 4, length
        at += 4 + length


def _of_xlsb(path: Path) -> Errors:
    found = {}
    with zipfile.ZipFile(path) as archive:
        targets = relation_targets(archive, "xl/_rels/workbook.bin.rels")
        for kind, body in _xlsb_records(archive.read("xl/workbook.bin")):
            if kind != _BUNDLE_SHEET:
                continue
            link, behind = _wide_text(body, 8)
            name, _ = _wide_text(body, behind)
            records = _xlsb_records(archive.read(targets[link]))
            counts = Counter(
                struct.unpack_from("<I", cell)[0]
                for inner, cell in records
                if inner in {_CELL_ERROR, _FORMULA_ERROR}
            )
            if counts:
                found[name] = counts
    return found


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _xlsb_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(content):
        kind, at = content[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | content[at] << 7, at + 1
        length = shift = 0
        while True:
            byte, at = content[at], at + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift >= 28:
                break
        yield kind, content[at : at + length]
        at += length
