"""Which encoding a text file has: one pass over its bytes that also gives its hash.

Strict UTF-8 is tried first, because Chinese text in another encoding practically never passes it; then
GB18030, the superset of GBK. A file that neither reads cleanly is read in the one that loses less.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from graphcli.workspace.errors import UsageError

CHUNK = 1 << 20
REPLACEMENT = "\ufffd"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text without NULs in which every other byte of a sample is NUL is UTF-16 without its mark.
UTF16_SHARE = 0.3


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text.

    Attributes
    ----------
    name
        Name of the Python codec.
    lost
        Byte sequences that the codec cannot read; each becomes U+FFFD.
    nuls
        Whether the text may hold NUL characters.
    notice
        Why it is not plain UTF-8; empty where it is.
    """

    name: str
    lost: int = 0
    nuls: bool = False
    notice: str = ""


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def checked_encoding(name: str) -> str:
    """Return the codec's own name.

    Raises
    ------
    UsageError
        There is no such text encoding.
    """
    try:
        info = codecs.lookup(name)
        "".encode(info.name)
    except (LookupError, TypeError, ValueError):
        raise UsageError(f"no text encoding called {name!r}; try utf-8, gb18030 or utf-16") from None
    return info.name


def detect_encoding(path: Path, wanted: str | None = None) -> Encoding:
    """Find the encoding of a text file, or judge the one that was asked for."""
    with path.open("rb") as handle:
        start = handle.read(CHUNK)
    if wanted is not None:
        name = checked_encoding(wanted)
        lost = count_lost(path, name)
        return Encoding(name, lost, _has_nul(path), _lost_notice(name, lost))
    for mark, name in BOMS:
        if start.startswith(mark):
            lost = count_lost(path, name)
            return Encoding(name, lost, _has_nul(path), _lost_notice(name, lost))
    guess = _unmarked_utf16(start)
    if guess:
        lost = count_lost(path, guess)
        return Encoding(guess, lost, True, f"read as {guess}: every other byte is NUL")
    return _utf8_or_gb18030(path)


def _utf8_or_gb18030(path: Path) -> Encoding:
    lost = count_lost(path, "utf-8")
    nuls = _has_nul(path)
    if lost == 0:
        return Encoding("utf-8", 0, nuls)
    lost_gb = count_lost(path, "gb18030")
    if lost_gb < lost:
        notice = "read as GB18030: it is not UTF-8"
        if lost_gb:
            notice += f"; {lost_gb:,} byte sequences cannot be read and show as U+FFFD"
        return Encoding("gb18030", lost_gb, nuls, notice)
    return Encoding("utf-8", lost, nuls, _lost_notice("utf-8", lost))


def _lost_notice(name: str, lost: int) -> str:
    return f"{lost:,} byte sequences are not {name} and show as U+FFFD" if lost else ""


def count_lost(path: Path, encoding: str) -> int:
    """Count the byte sequences that an encoding cannot read.

    A U+FFFD that stands in the file itself was lost by somebody before us and is not counted here.
    """
    if _decodes(path, encoding):
        return 0
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    genuine = REPLACEMENT.encode(encoding, "replace")
    lost, tail = 0, b""
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            lost += decoder.decode(chunk).count(REPLACEMENT)
            lost -= (tail + chunk).count(genuine) if len(genuine) > 1 else 0
            tail = chunk[-(len(genuine) - 1) :] if len(genuine) > 1 else b""
    return max(1, lost + decoder.decode(b"", final=True).count(REPLACEMENT))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _unmarked_utf16(start: bytes) -> str:
    sample = start[: 1 << 12]
    if len(sample) < 4:
        return ""
    half = len(sample) // 2
    if sample[1::2].count(0) > UTF16_SHARE * half and sample[0::2].count(0) < UTF16_SHARE * half / 10:
        return "utf-16-le"
    if sample[0::2].count(0) > UTF16_SHARE * half and sample[1::2].count(0) < UTF16_SHARE * half / 10:
        return "utf-16-be"
    return ""


def _has_nul(path: Path) -> bool:
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            if b"\0" in chunk:
                return True
    return False
