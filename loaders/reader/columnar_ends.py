"""Whether a Parquet or Arrow file is whole, told by its marks and lengths before a parser sees it.

A parser that follows a wrong length may ask for more memory than there is, and not come back to say so.
"""

from __future__ import annotations

from pathlib import Path

_ARROW = b"ARROW1"
_CONTINUES = b"\xff\xff\xff\xff"


def damage(path: Path, form: str) -> str | None:
    """Say what is wrong with the ends of a file; ``None`` where they are as they should be.

    Parameters
    ----------
    form
        ``parquet``, ``arrow`` or ``arrow stream``.
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        start = handle.read(8)
        handle.seek(max(0, size - 10))
        end = handle.read()
    if form == "parquet":
        if end.endswith(b"PARE"):
            return "it is encrypted"
        if size < 12 or not end.endswith(b"PAR1"):
            return "its end is missing; copy or fetch it again"
        return _length(end[-8:-4], size - 12)
    if form == "arrow":
        if size < 18 or not end.endswith(_ARROW):
            return "its end is missing; copy or fetch it again"
        return _length(end[:4], size - 18)
    if len(start) < 8 or not start.startswith(_CONTINUES):
        return "its start is missing; copy or fetch it again"
    return _length(start[4:], size - 8)


def _length(said: bytes, most: int) -> str | None:
    length = int.from_bytes(said, "little", signed=True)
    if 0 < length <= most:
        return None
    return f"its description claims {length:,} bytes, of which there can be {most:,} at most; fetch it again"
