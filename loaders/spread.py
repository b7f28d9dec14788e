"""Reading files here or in other processes: small ones each in one, a large one batch by batch in all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    Gathering,
    Options,
    Reading,
    SheetReader,
    open_sheets,
    read_batch,
    source_id_of,
)
from graphcli.workspace.errors import GraphcliError

# Bytes from which the batches of one file are read in several processes, which take a second to start.
LARGE_FILE = 24 << 20
# Small files that are read together: enough to share what a pass costs, few enough to see them come in.
GROUP, GROUP_BYTES = 16, 4 << 20


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
    def size(self) -> int:
        """Bytes of the file, as it lies on the disk."""
        try:
            return self.file.path.stat().st_size
        except OSError:
            return 0


Made = tuple[list[Reading], list[str], GraphcliError | None]


def read_files(jobs: Sequence[Job], workers: int, progress: Meter) -> Iterator[tuple[int, Made]]:
    """Read the files: a large one batch by batch in all processes, small ones some at a time in each."""
    large = [number for number, job in enumerate(jobs) if workers > 1 and job.size >= LARGE_FILE]
    small = sorted(set(range(len(jobs))) - set(large))
    spread = workers > 1 and len(small) > 1
    groups = _groups(jobs, small, min(GROUP, -(-len(small) // (2 * workers))) if spread else GROUP)
    if spread:
        work = [[jobs[number] for number in group] for group in groups]
        made = in_processes(_read_group, work, min(workers, len(groups)))
    else:
        made = (_read_group([jobs[number] for number in group], progress) for group in groups)
    for group, readings in zip(groups, made, strict=True):
        yield from zip(group, readings, strict=True)
    for number in large:
        yield number, _read_file(jobs[number], _in_processes(jobs[number], workers), progress)()


def _groups(jobs: Sequence[Job], numbers: Sequence[int], most: int) -> list[list[int]]:
    """Put files together that are read in one go, so few and small that one sees them come in."""
    groups: list[list[int]] = []
    size = 0
    for number in numbers:
        size += jobs[number].size
        if not groups or len(groups[-1]) >= most or size > GROUP_BYTES:
            groups.append([])
            size = jobs[number].size
        groups[-1].append(number)
    return groups


def _read_group(jobs: Sequence[Job], progress: Meter | None = None) -> list[Made]:
    """Read several files, whose small batches are annotated together."""
    gathering = Gathering(matcher_of(jobs[0].reference_folder), jobs[0].scratch)

    def read_here(reader: SheetReader) -> None:
        for batch in reader.jobs():
            gathering.add(batch, reader.add)

    made = [_read_file(job, read_here, progress) for job in jobs]
    gathering.finish()
    return [finished() for finished in made]


def _in_processes(job: Job, workers: int) -> Callable[[SheetReader], None]:
    """Read the batches of one sheet in several processes."""
    work = partial(_read_batch, job.reference_folder, job.scratch)

    def read(reader: SheetReader) -> None:
        for done in in_processes(work, reader.jobs(), workers):
            reader.add(done)

    return read


def _read_batch(reference_folder: Path, scratch: Path, batch: BatchJob) -> BatchDone:
    return read_batch(batch, matcher_of(reference_folder), scratch)


def _read_file(
    job: Job, read: Callable[[SheetReader], None], progress: Meter | None = None
) -> Callable[[], Made]:
    """Read the sheets of a file; what was made of it is to be asked for when all its batches are done."""
    file, options = job.file, job.options
    readers: list[SheetReader] = []
    try:
        container, opened, notes = open_sheets(file.path, options, job.layouts)
        report = progress.start(file, container) if progress else (lambda done: None)
        for one in opened:
            source_id = source_id_of(file, one.sheet.name, options.source_name, job.many)
            reader = SheetReader(file, container, one, (source_id, job.sha256), options, job.scratch, report)
            readers.append(reader)
            read(reader)
    except GraphcliError as error:
        failure = error
        return lambda: ([], [], failure)
    finally:
        if file.member:
            # What was unpacked is read once.
            file.path.unlink(missing_ok=True)
    return lambda: ([reader.reading() for reader in readers], notes, None)


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
