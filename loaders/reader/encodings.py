"""Which encoding a text file has, and its text in blocks.

Strict UTF-8 is tried first, because Chinese text in another encoding practically never passes it. What it
does not read is judged by the characters that come out: GB18030, Big5, UTF-16 without its mark, Western,
Japanese, Korean, Russian. A file that no encoding reads cleanly is read in the one that loses less, and text
that was spoilt before it was written is healed where all of it heals.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import polars as pl

from graphcli.loaders.reader import encodings_evidence as evidence
from graphcli.loaders.reader.encodings_evidence import REPLACEMENT, Wrong
from graphcli.workspace.errors import UsageError

CHUNK = 1 << 20
# Characters that judge a file; more would not judge it better.
SAMPLE = 1 << 16
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Lines that tell whether a file is UTF-8 with odd lines in it.
ENOUGH_LINES = 2_000
JUDGED_CHARACTERS = 400
# Text without NULs in which every other byte of a sample is NUL is UTF-16 without its mark.
UTF16_SHARE = 0.3
SHOWN = {
    "gb18030": "GB18030", "big5hkscs": "Big5", "cp1252": "Windows-1252", "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP", "cp949": "EUC-KR", "cp1251": "Windows-1251",
}  # fmt: skip


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text.

    Attributes
    ----------
    name
        Name of the Python codec; where text is healed or lines differ, that is said behind it in brackets.
    lost
        Byte sequences that the codec cannot read; each becomes U+FFFD.
    nuls
        Whether the text may hold NUL characters.
    notice
        Why it is not plain UTF-8; empty where it is.
    steps
        Wrong readings to undo after decoding, last first.
    mixed
        Whether lines that are not UTF-8 are read as GB18030.
    skip
        Bytes at the start that are no text: a mark that does not belong there.
    """

    name: str
    lost: int = 0
    nuls: bool = False
    notice: str = ""
    steps: tuple[Wrong, ...] = ()
    mixed: bool = False
    skip: int = 0

    @property
    def codec(self) -> str:
        """Name of the Python codec alone."""
        return self.name.split(" (")[0]


@dataclass
class _Scan:
    """What one pass over the bytes tells."""

    start: bytes
    foreign: bytes
    strict: bool
    nuls: bool
    ascii_only: bool


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
    """Find the encoding of a text file, or judge the one that was asked for.

    Parameters
    ----------
    wanted
        The encoding to use whatever the bytes say; nothing is healed then.
    """
    return _decide(path, _scan(path), wanted)


def _decide(path: Path, scan: _Scan, wanted: str | None) -> Encoding:
    if wanted is not None:
        name = checked_encoding(wanted)
        lost = count_lost(path, name)
        return Encoding(name, lost, scan.nuls, _lost_notice(name, lost))
    skip = 0
    for mark, name in BOMS:
        if not scan.start.startswith(mark):
            continue
        if name == "utf-8-sig" and scan.strict:
            return _healed(path, scan, Encoding(name, 0, scan.nuls))
        if name == "utf-8-sig":
            skip = len(mark)
            break
        lost = count_lost(path, name)
        if lost == 0 or not _other_than(scan.start[len(mark) :]):
            return Encoding(name, lost, scan.nuls, _lost_notice(name, lost))
        skip = len(mark)
        break
    found = replace(_without_mark(path, scan, skip), skip=skip)
    if not skip:
        return found
    if found.codec == "utf-8":
        return replace(found, name=found.name.replace("utf-8", "utf-8-sig", 1), skip=0)
    return replace(found, notice=f"{found.notice}; the mark at its start is another encoding's")


def _other_than(start: bytes) -> bool:
    """Whether text behind a mark of UTF-16 is readable in an encoding of single bytes."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(start)
    except UnicodeError:
        return evidence.likeliest(start[:SAMPLE]) in {"gb18030", "big5hkscs"}
    return b"\0" not in start


def _without_mark(path: Path, scan: _Scan, skip: int) -> Encoding:
    guess = _unmarked_utf16(scan.start)
    if guess:
        lost = count_lost(path, guess)
        return Encoding(guess, lost, True, f"read as {guess}: every other byte is NUL")
    if scan.strict:
        return _healed(path, scan, Encoding("utf-8", 0, scan.nuls))
    likely = evidence.likeliest(_judged(scan)[skip if not scan.foreign else 0 :])
    # Even Chinese text has line ends and separators, which are half NUL in UTF-16.
    if likely.startswith("utf-16") and scan.nuls and not count_lost(path, likely):
        return Encoding(likely, 0, True, f"read as {likely}: its characters make sense only so")
    lost, foreign_lines, spoilt_lines, healed_lines, left = _count_lines(path)
    if foreign_lines > spoilt_lines:
        if not healed_lines:
            return Encoding("utf-8", lost, scan.nuls, _lost_notice("utf-8", lost))
        notice = f"{healed_lines:,} lines are not UTF-8 like the others and were read as GB18030"
        notice += f"; {_lost_notice('UTF-8', left)}" if left else ""
        return Encoding("utf-8 (lines in gb18030)", left, scan.nuls, notice, mixed=True)
    return _single_bytes(path, scan, likely, lost)


def _single_bytes(path: Path, scan: _Scan, likely: str, lost_utf8: int) -> Encoding:
    codec = likely if likely in SHOWN else "gb18030"
    lost = count_lost(path, codec)
    if codec != "gb18030":
        other = count_lost(path, "gb18030")
        if lost > other and not (codec == "big5hkscs" and lost * 1000 < path.stat().st_size):
            codec, lost = "gb18030", other
    if lost >= lost_utf8:
        return Encoding("utf-8", lost_utf8, scan.nuls, _lost_notice("utf-8", lost_utf8))
    notice = f"read as {SHOWN[codec]}: it is not UTF-8"
    if lost:
        notice += f"; {lost:,} byte sequences cannot be read and show as U+FFFD"
    return Encoding(codec, lost, scan.nuls, notice)


def _healed(path: Path, scan: _Scan, encoding: Encoding) -> Encoding:
    """The same encoding, with what heals the text where it was spoilt before it was written."""
    if scan.ascii_only:
        return encoding
    sample = _judged(scan).decode("utf-8", "ignore").lstrip("\ufeff")
    steps = evidence.healing_of(_whole_lines(sample))
    if not steps:
        return encoding
    healed = replace(encoding, steps=steps)
    try:
        for _ in utf8_blocks(path, healed):
            pass
    except UnicodeError:
        return encoding
    said = ", then ".join(wrong.name for wrong in steps)
    notice = f"its text was spoilt by a wrong reading and was healed ({said}); --encoding utf-8 leaves it"
    return replace(healed, name=f"{encoding.name} (healed: {said})", notice=notice)


def _whole_lines(sample: str) -> str:
    end = sample.rfind("\n")
    return sample[: end + 1] if end > 0 else sample


def _judged(scan: _Scan) -> bytes:
    return scan.foreign or scan.start[:SAMPLE]


def _scan(path: Path) -> _Scan:
    tail = b""
    scan = _Scan(b"", b"", True, False, True)
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            scan.start = scan.start or chunk
            scan.nuls = scan.nuls or b"\0" in chunk
            plain = chunk.isascii()
            if not plain and len(scan.foreign) < SAMPLE:
                scan.foreign += _foreign_lines(chunk)[: SAMPLE - len(scan.foreign)]
            scan.ascii_only = scan.ascii_only and plain
            if scan.strict and not (plain and not tail):
                whole, tail = _cut_between_characters(tail + chunk)
                scan.strict = _is_utf8(whole)
            if not scan.strict and scan.nuls and len(scan.foreign) >= SAMPLE:
                break
    scan.strict = scan.strict and not tail
    return scan


def _is_utf8(content: bytes) -> bool:
    # Polars looks without making a text of it, which takes a tenth of the time.
    try:
        pl.Series([content], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _cut_between_characters(content: bytes) -> tuple[bytes, bytes]:
    """Take off the bytes of a character that goes on in the next chunk."""
    for back in range(1, min(4, len(content)) + 1):
        byte = content[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (content[:-back], content[-back:]) if length > back else (content, b"")
        if byte < 0x80:
            break
    return content, b""


def _foreign_lines(chunk: bytes) -> bytes:
    if b"\0" in chunk:
        return chunk[:SAMPLE]
    lines = chunk.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.isascii())


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


def _count_lines(path: Path) -> tuple[int, int, int, int, int]:
    """Lost sequences, lines with UTF-8, lines without, those that are GB18030, and sequences lost then.

    A file that is hardly UTF-8 anywhere in its first lines is not counted to its end.
    """
    lost = foreign = spoilt = healed = left = read = 0
    for block in _line_blocks(path, 0):
        read += len(block)
        if _is_utf8(block):
            foreign += sum(not line.isascii() for line in block.split(b"\n"))
            continue
        for line in block.splitlines(keepends=True):
            if line.isascii():
                continue
            if _is_utf8_line(line):
                foreign += 1
                continue
            spoilt += 1
            missing = line.decode("utf-8", "replace").count(REPLACEMENT) - line.count(b"\xef\xbf\xbd")
            lost += missing
            if _is_gb18030(line):
                healed += 1
            else:
                left += missing
            if spoilt >= ENOUGH_LINES and foreign * 20 < spoilt:
                share = path.stat().st_size / max(1, read - len(block) + 1)
                return max(1, int(lost * max(1.0, share))), foreign, spoilt, healed, left
    return max(1, lost), foreign, spoilt, healed, left


def _is_utf8_line(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeError:
        return False
    return True


def _is_gb18030(line: bytes) -> bool:
    """Whether a line that is not UTF-8 makes more sense as GB18030."""
    try:
        share, _ = evidence.common_share(line.decode("gb18030")[:JUDGED_CHARACTERS])
    except UnicodeError:
        return False
    torn, _ = evidence.common_share(line.decode("utf-8", "replace")[:JUDGED_CHARACTERS])
    return share > torn


def _line_blocks(path: Path, skip: int) -> Iterator[bytes]:
    """Bytes of a file in blocks that end with a line, where lines are not endless."""
    rest = b""
    with path.open("rb") as handle:
        handle.seek(skip)
        while chunk := handle.read(CHUNK):
            block = rest + chunk
            end = block.rfind(b"\n") + 1
            if not end and len(block) < 64 * CHUNK:
                rest = block
                continue
            end = end or len(block)
            yield block[:end]
            rest = block[end:]
    if rest:
        yield rest


def utf8_blocks(path: Path, encoding: Encoding) -> Iterator[bytes]:
    """The text of a file as UTF-8, in blocks, without the mark at its start.

    Raises
    ------
    UnicodeError
        Text that was to be healed does not heal; that is known when the encoding is found.
    """
    codec = encoding.codec
    plain = codec in {"utf-8", "utf-8-sig"} and not encoding.lost
    if encoding.mixed:
        yield from (_mixed(block) for block in _line_blocks(path, encoding.skip))
    elif encoding.steps:
        for block in _line_blocks(path, 3 if codec == "utf-8-sig" else 0):
            yield evidence.heal(block.decode("utf-8"), encoding.steps).encode("utf-8")
    elif plain:
        with path.open("rb") as handle:
            if handle.read(3) != codecs.BOM_UTF8:
                handle.seek(0)
            while chunk := handle.read(4 * CHUNK):
                yield chunk
    else:
        decoder = codecs.getincrementaldecoder(codec)("replace")
        with path.open("rb") as handle:
            handle.seek(encoding.skip)
            while chunk := handle.read(4 * CHUNK):
                yield decoder.decode(chunk).encode("utf-8", "replace")
            yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _mixed(block: bytes) -> bytes:
    if _is_utf8(block):
        return block
    return b"".join(map(_line_as_utf8, block.splitlines(keepends=True)))


def _line_as_utf8(line: bytes) -> bytes:
    if _is_utf8_line(line):
        return line
    codec = "gb18030" if _is_gb18030(line) else "utf-8"
    return line.decode(codec, "replace").encode("utf-8")


class _Blocks(io.RawIOBase):
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        count = min(len(target), len(self._left))
        target[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def open_text(path: Path, encoding: Encoding, newline: str | None = "") -> TextIO:
    """Open a file as text in the encoding that was found, healed where that was decided."""
    if encoding.steps or encoding.mixed or encoding.skip:
        raw = io.BufferedReader(_Blocks(utf8_blocks(path, encoding)))
        return io.TextIOWrapper(raw, "utf-8", errors="replace", newline=newline)
    return path.open(encoding=encoding.codec, errors="replace", newline=newline)
