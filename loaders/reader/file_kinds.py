"""What a file is, told by its first bytes and never by its name; names only tell what is plainly no data."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from graphcli.loaders.reader.sql.database import MAGIC as SQLITE
from graphcli.loaders.reference.files import Column, read_csv, shipped

HEAD = 4096
TAR_BLOCK = 512
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Streams of one compressed file.
STREAMS = (
    (re.compile(rb"\x1f\x8b\x08"), "gz"),
    (re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"), "bz2"),
    (re.compile(rb"\xfd7zXZ\x00"), "xz"),
    (re.compile(rb"(\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)", re.S), "zst"),
)
COLUMNAR = ((b"PAR1", "parquet"), (b"ARROW1\0\0", "arrow"), (b"\xff\xff\xff\xff", "arrow stream"))
# Kinds that are often met among crawls and are not read; those marked may hold postings all the same.
FOREIGN = (
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "a 7z archive", True),
    (re.compile(rb"Rar!\x1a\x07"), "a RAR archive", True),
    (re.compile(rb"\x1f[\x9d\xa0]"), "an archive of compress (.Z)", True),
    (re.compile(rb"FEA1"), "an old Feather file", True),
    (re.compile(rb"ORC"), "an ORC file", True),
    (re.compile(rb"Obj\x01"), "an Avro file", True),
    (re.compile(rb"\x89HDF\r\n\x1a\n"), "an HDF5 file", True),
    (re.compile(rb"\x80[\x02-\x05](\x95.{8}|[\x5d\x7d\x63(])", re.S), "a Python pickle", True),
    (re.compile(rb"<stata_dta>|[\x71-\x73][\x01\x02]\x01\0.{105}", re.S), "a Stata file", True),
    (re.compile(rb"\$FL[23]@\(#\)"), "an SPSS file", True),
    (re.compile(rb"RD[AX][2-3]\n|[XAB]\n\0\0\0[\x02\x03]"), "a file of R", True),
    (re.compile(rb"%PDF-"), "a PDF document", False),
    (re.compile(rb"\{\\rtf"), "an RTF document", False),
    (re.compile(rb"\x89PNG\r\n"), "a PNG picture", False),
    (re.compile(rb"\xff\xd8\xff"), "a JPEG picture", False),
    (re.compile(rb"GIF8[79]a"), "a GIF picture", False),
    (re.compile(rb"RIFF.{4}WEBP", re.S), "a WebP picture", False),
    (re.compile(rb"RIFF.{4}(AVI |WAVE)", re.S), "a film or sound", False),
    (re.compile(rb"BM.{4}\0\0\0\0", re.S), "a bitmap picture", False),
    (re.compile(rb"(II\x2a\0|MM\0\x2a)"), "a TIFF picture", False),
    (re.compile(rb"\0\0\x01\0[\x01-\x20]\0"), "an icon", False),
    (re.compile(rb".{4}ftyp", re.S), "a film or picture", False),
    (re.compile(rb"(ID3|OggS|fLaC|\x1aE\xdf\xa3)"), "a film or sound", False),
    (re.compile(rb"(wOFF|wOF2|\0\x01\0\0\0|OTTO\0)"), "a font", False),
    (re.compile(rb"\x7fELF"), "a program", False),
    (re.compile(rb"MZ.{58}", re.S), "a program", False),
    (re.compile(rb"(\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe)"), "a program", False),
)  # fmt: skip


@dataclass(frozen=True)
class FileKind:
    """What a file is.

    Attributes
    ----------
    group
        ``archive``, ``workbook``, ``columnar``, ``sqlite``, ``foreign``, ``text`` or ``empty``.
    name
        ``zip``, ``gz``, ``xlsx`` … ; of what is not read, a phrase for people such as ``a PDF document``.
    data
        Whether it may hold postings at all.
    """

    group: str
    name: str = ""
    data: bool = True


def kind_of(path: Path) -> FileKind:
    """Tell what a file is by its first bytes; of a zip archive, by what it holds.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with path.open("rb") as handle:
        start = handle.read(HEAD)
    if not start:
        return FileKind("empty", data=False)
    if start.startswith(SQLITE):
        return FileKind("sqlite", "sqlite")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(path)
    if start.startswith(OLE):
        return _ole_kind(path, start)
    for magic, name in COLUMNAR:
        if start.startswith(magic):
            return FileKind("columnar", name)
    for pattern, name in STREAMS:
        if pattern.match(start):
            return FileKind("archive", name)
    if _is_tar(start):
        return FileKind("archive", "tar")
    for pattern, name, data in FOREIGN:
        if pattern.match(start):
            return FileKind("foreign", name, data)
    return FileKind("text")


def no_data(name: str) -> bool:
    """Whether a file's name says that it is code or settings and no table of postings."""
    leaf = PurePosixPath(name).name.lower()
    names, endings = _no_data_names()
    return leaf in names or PurePosixPath(leaf).suffix in endings


@lru_cache(maxsize=1)
def _no_data_names() -> tuple[frozenset[str], frozenset[str]]:
    path = shipped("graphcli.loaders.reader", "no_data_names.csv")
    frame = read_csv(path, [Column("how", required=True, choices=("name", "ending")), Column("word", True)])
    names = frozenset(frame.filter(frame["how"] == "name")["word"])
    return names, frozenset(frame["word"]) - names


def _zip_kind(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename.lower().replace("\\", "/").lstrip("/") for info in archive.infolist()}
            is_open_document = "mimetype" in names and "content.xml" in names
            kind = archive.read("mimetype")[:100].decode("ascii", "replace") if is_open_document else ""
    except Exception:
        # A broken zip fails in many ways; the archive's reader says how.
        return FileKind("archive", "zip")
    if "xl/workbook.xml" in names:
        return FileKind("workbook", "xlsx")
    if "xl/workbook.bin" in names:
        return FileKind("workbook", "xlsb")
    if is_open_document:
        if "spreadsheet" in kind:
            return FileKind("workbook", "ods")
        return FileKind("foreign", "an OpenDocument text or presentation", data=False)
    if "[content_types].xml" in names:
        what = "a presentation" if any(name.startswith("ppt/") for name in names) else "a Word document"
        return FileKind("foreign", f"{what}", data=False)
    if "meta-inf/manifest.mf" in names:
        return FileKind("foreign", "a Java program", data=False)
    return FileKind("archive", "zip")


def _ole_kind(path: Path, start: bytes) -> FileKind:
    """A legacy Office file: which of them stands in the first entries of its directory."""
    shift = int.from_bytes(start[30:32], "little")
    sector = int.from_bytes(start[48:52], "little")
    entries = b""
    if shift in {9, 12}:
        with path.open("rb") as handle:
            handle.seek((sector + 1) << shift)
            entries = handle.read(HEAD)
    if "WordDocument".encode("utf-16-le") in entries:
        return FileKind("foreign", "a legacy Word document", data=False)
    if "PowerPoint".encode("utf-16-le") in entries:
        return FileKind("foreign", "a legacy presentation", data=False)
    if "EncryptedPackage".encode("utf-16-le") in entries:
        return FileKind("workbook", "locked")
    return FileKind("workbook", "xls")


def _is_tar(start: bytes) -> bool:
    if len(start) < TAR_BLOCK:
        return False
    if start[257:262] == b"ustar":
        return True
    # The oldest kind has no mark, only the sum of its header.
    block = start[:TAR_BLOCK]
    try:
        wanted = int(block[148:156].strip(b" \0") or b"-1", 8)
    except ValueError:
        return False
    return wanted == sum(block[:148]) + 8 * 32 + sum(block[156:]) and block[0] != 0
