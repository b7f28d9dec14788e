"""Reading files here or in other processes: small ones each in one, a large one batch by batch in all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from graphcli.loaders.layouts.layout import Layout
from graphcli.loaders.pool import in_processes
from graphcli.loaders.progress import Meter
from graphcli.loaders.reader.paths import InputFile
from graphcli.loaders.source import (
    BatchDone,
    BatchJob,
    Options,
    Reading,
    Run,
    open_sheets,
    read_batch,
    read_sheet,
    source_id_of,
)
from graphcli.workspace.errors import GraphcliError

# Bytes from which the batches of one file are read in several processes, which take a second to start.
LARGE_FILE = 24 << 20


@dataclass(frozen=True)
class Job:
    """A file to read, and how."""

    reference_folder: Path
    layouts: dict[str, Layout]
    file: InputFile
    sha256: str
    options: Options
    scratch: Path
    many: bool

    @property
    def large(self) -> bool:
        """Whether its batches are worth being spread over processes."""
        try:
            return self.file.path.stat().st_size >= LARGE_FILE
        except OSError:
            return False


Made = tuple[list[Reading], list[str], GraphcliError | None]


def read_files(jobs: Sequence[Job], workers: int, progress: Meter) -> Iterator[tuple[int, Made]]:
    """Read the files: a large one batch by batch in all processes, small ones each in one process."""
    small = [number for number, job in enumerate(jobs) if workers > 1 and not job.large]
    if len(small) > 1:
        made = in_processes(_read_file, [jobs[number] for number in small], min(workers, len(small)))
        yield from zip(small, made, strict=True)
    else:
        small = []
    for number in sorted(set(range(len(jobs))) - set(small)):
        job = jobs[number]
        run = _spread(job, workers) if workers > 1 and job.large else None
        yield number, _read_file(job, run, progress)


def _spread(job: Job, workers: int) -> Run:
    """Send batches to other processes."""
    work = partial(_read_batch, job.reference_folder, job.scratch)
    return lambda batches: in_processes(work, batches, workers)


def _read_batch(reference_folder: Path, scratch: Path, batch: BatchJob) -> BatchDone:
    return read_batch(batch, matcher_of(reference_folder), scratch)


def _read_file(job: Job, run: Run | None = None, progress: Meter | None = None) -> Made:
    file, options = job.file, job.options
    try:
        container, opened, notes = open_sheets(file.path, options, job.layouts)
        report = progress.start(file, container) if progress else (lambda done: None)
        matcher = matcher_of(job.reference_folder)
        readings = []
        for one in opened:
            source_id = source_id_of(file, one.sheet.name, options.source_name, job.many)
            identity = (source_id, job.sha256)
            readings.append(
                read_sheet(
                    file, container, one, identity, options, matcher, job.scratch, run=run, report=report
                )
            )
    except GraphcliError as failure:
        return [], [], failure
    finally:
        if file.member:
            # What was unpacked is read once.
            file.path.unlink(missing_ok=True)
    return readings, notes, None


def matcher_of(reference_folder: Path) -> Any:
    """Load what finds skills and tiers; a second load of the same definitions is free."""
    paths = sorted(path for path in reference_folder.rglob("*") if path.is_file())
    stats = [(str(path), path.stat()) for path in paths]
    state = tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
    return _matcher_of(reference_folder if state else None, state)


@lru_cache(maxsize=2)
def _matcher_of(reference_folder: Path | None, state: tuple[tuple[str, int, int], ...]) -> Any:
    from graphcli.loaders.definitions.matcher import load_matcher

    return load_matcher(reference_folder)
