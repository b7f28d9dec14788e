"""The text of a delimited file as UTF-8 bytes, in blocks that are cut between lines."""

from __future__ import annotations

import re
from pathlib import Path

from graphcli.loaders.reader.delimited.dialect import RETURN, Dialect
from graphcli.loaders.reader.delimited.fast import Marks
from graphcli.loaders.reader.encodings import Encoding, utf8_blocks

# Room is bounded even where a file has no line ends.
LONGEST_LINE = 1 << 27
SEGMENT = 1 << 20


class Stream:
    """What is still to be read of a file.

    Attributes
    ----------
    buffer
        The next bytes, with the stand-in put for a separator of several characters and without NULs.
    ended
        Whether nothing comes after the buffer.
    """

    def __init__(self, path: Path, encoding: Encoding, dialect: Dialect) -> None:
        self._blocks = utf8_blocks(path, encoding)
        self._nuls = encoding.nuls
        self._dialect = dialect
        self._long = dialect.separator.encode() if dialect.stand_in else b""
        self._stand_in = dialect.stand_in.encode()
        self._raw = b""
        self.buffer = b""
        self.ended = False
        self.marks = _marks(dialect)
        if dialect.said:
            self.fill(1)
            self.buffer = re.split(rb"\r\n|\r|\n", self.buffer, maxsplit=1)[-1]

    def fill(self, size: int) -> bool:
        """Have at least ``size`` bytes and one whole line at hand; false at the end of the file."""
        parts, have = [self.buffer], len(self.buffer)
        while not self.ended and have < size:
            part = self._next()
            parts.append(part)
            have += len(part)
        self.buffer = b"".join(parts)
        return bool(self.buffer)

    def segment(self, size: int = SEGMENT) -> str:
        """Take whole lines of about ``size`` bytes as text; empty at the end of the file."""
        self.fill(size)
        end = self._last_line_end(size)
        while not end and not self.ended and len(self.buffer) < LONGEST_LINE:
            self.fill(2 * len(self.buffer))
            end = self._last_line_end(len(self.buffer))
        end = end or len(self.buffer)
        text = self.buffer[:end].decode("utf-8", "replace")
        self.drop(end)
        return self._dialect.without_returns(text)

    def drop(self, count: int) -> None:
        """Leave these bytes behind."""
        self.buffer = self.buffer[count:]

    def give_back(self, text: str) -> None:
        """Put text that was not used in front again."""
        if text:
            if self._dialect.returns:
                text = text.replace(RETURN, "\r")
            self.buffer = text.encode("utf-8", "replace") + self.buffer

    def _last_line_end(self, size: int) -> int:
        if self.ended and len(self.buffer) <= size:
            return len(self.buffer)
        end = self.buffer.rfind(b"\n", 0, size) + 1
        if end or self._dialect.returns:
            return end
        # The last byte may be half of a \r\n.
        return self.buffer.rfind(b"\r", 0, min(size, len(self.buffer) - 1)) + 1

    def _next(self) -> bytes:
        block = next(self._blocks, b"")
        if not block:
            self.ended = True
        if self._nuls:
            block = block.replace(b"\0", b"")
        if not self._long:
            return block
        # A separator may be cut in two by the edge of a block, but not by a line end.
        raw = self._raw + block
        end = max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1
        if self.ended or (not end and len(raw) > LONGEST_LINE):
            end = len(raw)
        self._raw = raw[end:]
        return raw[:end].replace(self._stand_in, b" ").replace(self._long, self._stand_in)


def _marks(dialect: Dialect) -> Marks | None:
    if dialect.padded or not dialect.separator or not dialect.mark.isascii():
        return None
    return Marks(dialect.mark.encode(), dialect.quote.encode(), dialect.escape.encode(), dialect.returns)
