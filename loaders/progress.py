"""How far a load is, on a terminal: rows, rows a second, and the time that is left where it can be told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from graphcli.loaders.reader.container import Container
from graphcli.loaders.reader.paths import InputFile
from graphcli.loaders.source import BatchDone, Report

Say = Callable[[str], None]
PAUSE = 0.2
WIDTH = 100


class Meter:
    """Shows one line that is written over as batches come in, and one that stays for each finished file.

    Parameters
    ----------
    say
        Prints a line that stays.
    files
        How many files are read.
    stream
        Where the line that is written over goes; ``None`` leaves it out.
    clock
        Seconds from some start.
    """

    def __init__(
        self,
        say: Say,
        files: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say, self._files, self._stream, self._clock = say, files, stream, clock
        self._finished = 0
        self._shown_at = clock()
        self._drawn = False

    def start(self, file: InputFile, container: Container) -> Report:
        """Begin a file; give what is to be told of each batch of it."""
        began, rows, size = self._clock(), 0, 0.0
        whole, share_of_bytes, marks = _measures(file, container)

        def report(done: BatchDone) -> None:
            nonlocal rows, size
            rows += done.read
            size += done.size * share_of_bytes + done.read * marks
            now = self._clock()
            if self._stream is None or now - self._shown_at < PAUSE:
                return
            self._shown_at = now
            share = min(0.99, size / whole) if whole else 0.0
            self._draw(f"[{self._finished + 1}/{self._files}] {_line(rows, now - began, share)} {file.shown}")

        return report

    def finish(self, shown: str, what: str) -> None:
        """Say what became of a file."""
        self._finished += 1
        self._clear()
        self._say(f"[{self._finished}/{self._files}] {shown}: {what}")

    def _draw(self, line: str) -> None:
        if self._stream is not None:
            # One line of a narrow terminal; a wrapped one could not be written over.
            self._stream.write(f"\r{line[:WIDTH]:<{WIDTH}}\r")
            self._stream.flush()
            self._drawn = True

    def _clear(self) -> None:
        if self._stream is not None and self._drawn:
            self._stream.write(f"\r{'':<{WIDTH}}\r")
            self._stream.flush()
            self._drawn = False


def _measures(file: InputFile, container: Container) -> tuple[int, float, int]:
    """Bytes of a file, how many of them a byte of a batch takes, and what stands around the cells of a row.

    Zero bytes where a file is packed, so that nobody knows how much of it is left.
    """
    kind = container.kind
    if kind != "csv" and not kind.startswith("json"):
        return 0, 1.0, 0
    # Chinese takes three bytes in a batch and two in other encodings than UTF-8.
    share = 1.0 if container.encoding.name.startswith("utf-8") else 0.7
    headers = container.sheets[0].headers
    around = len(headers) if kind == "csv" else sum(len(name.encode()) + 6 for name in headers)
    return file.path.stat().st_size, share, around


def _line(rows: int, seconds: float, share: float) -> str:
    parts = [f"{rows:,} rows", f"{rows / max(seconds, 1e-9):,.0f} rows/s"]
    if share:
        parts.append(f"about {_duration(seconds / share - seconds)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
