"""Archives to files: each member is unpacked into the load's own folder and read as a file of its own.

A member keeps the name it has inside the archive, but never decides where it is written: paths that lead out
of the archive have nowhere to lead. What an archive may cost is bounded before it is known to be hostile:
bytes, members, levels, and how far it expands.

A member's hash is that of its own bytes, so that a member that did not change is left alone although the
archive around it did.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from graphcli.loaders.reader.file_kinds import FileKind, kind_of, no_data
from graphcli.loaders.reader.paths import InputFile, is_beside, shown_name, shown_path
from graphcli.workspace.errors import DataContractError

CHUNK = 1 << 20
MAX_MEMBERS = 10_000
# An archive and archives in it, two deep; a tar.gz counts as two.
MAX_LEVELS = 4
# Text shrinks to a tenth, rarely to a fiftieth; what expands further is made to fill disks.
MAX_RATIO = 200
ALWAYS_ALLOWED = 256 << 20
MAX_UNPACKED = 64 << 30
# Each member that expands beyond measure costs its own unpacking before it is known.
MAX_BOMBS = 3
LEAST_FREE = 512 << 20
SHOWN_NAMES = 5
NAME_BYTES = 120


class BrokenArchiveError(DataContractError):
    """The archive cannot be read any further."""


class TooLargeError(BrokenArchiveError):
    """One member expands to more than the archive is allowed."""


@dataclass
class Unpacked:
    """Files to read once archives are opened.

    Attributes
    ----------
    files
        Plain files and members of archives, in the order of their paths.
    failures
        Files and members that cannot be opened, and why.
    notes
        What was left out because it holds no postings.
    whole
        Paths of the archives all of whose members are known.
    """

    files: list[InputFile] = field(default_factory=list)
    failures: list[tuple[InputFile, DataContractError]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)


@dataclass
class Target:
    """Where the members of one archive go, and what that may still cost."""

    outer: InputFile
    spool: Path
    allowed: int
    members: dict[str, InputFile] = field(default_factory=dict)
    failures: list[tuple[InputFile, DataContractError]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    broken: bool = False
    opened: int = 0
    used: int = 0
    bombs: int = 0

    def refuse(self, member: str, why: str) -> None:
        """Record a member that cannot be read."""
        file = replace(self.outer, member=member)
        self.failures.append((file, DataContractError(f"{shown_path(file.shown)} {why}")))

    def count(self) -> None:
        """Count one more member.

        Raises
        ------
        BrokenArchiveError
            There are more than any crawl has, or several expanded beyond measure.
        """
        self.opened += 1
        if self.opened > MAX_MEMBERS:
            raise BrokenArchiveError(f"it has more than {MAX_MEMBERS:,} members; unpack it, load the folder")
        if self.bombs > MAX_BOMBS:
            raise BrokenArchiveError("several of its members expand to more than postings do")

    def place(self, member: str) -> Path:
        """Choose the file that a member is unpacked to: its own last name, in a folder of its own."""
        folder = self.spool / f"member-{self.opened:06d}"
        folder.mkdir(exist_ok=True)
        leaf = shown_path(PurePosixPath(member).name) or "member"
        # File systems allow 255 bytes; the ending stays, for it is a hint.
        stem, dot, ending = leaf.rpartition(".")
        stem, ending = (stem, dot + ending) if stem and len(ending) <= 8 else (leaf, "")
        return folder / (stem.encode()[:NAME_BYTES].decode("utf-8", "ignore") + ending)

    def copy(self, source: BinaryIO | Callable[[], bytes], path: Path) -> None:
        """Unpack to ``path`` within what is allowed; what is too large leaves nothing behind.

        Raises
        ------
        TooLargeError
            It expands beyond measure, or the disk is full.
        """
        read = source if callable(source) else lambda: source.read(CHUNK)
        before = self.used
        with path.open("wb") as handle:
            while chunk := read():
                self.used += len(chunk)
                if self.used > self.allowed:
                    path.unlink()
                    self.used = before
                    self.bombs += 1
                    raise TooLargeError(f"it {self.too_large}")
                handle.write(chunk)

    @property
    def too_large(self) -> str:
        """What is said of a member that expands beyond measure."""
        return (
            f"expands to more than {self.allowed >> 20:,} MB, which is more than postings do; "
            "unpack it yourself and load what it holds"
        )


def unpack(files: Sequence[InputFile], spool: Path) -> Unpacked:
    """Replace archives by their members, and leave out what plainly holds no postings.

    Parameters
    ----------
    spool
        Folder to unpack into; it must outlive the reading.

    Returns
    -------
    Unpacked
        A file that the user named is never left out, only what was found in a folder or an archive.
    """
    made = Unpacked()
    left_out: list[str] = []
    for number, file in enumerate(files):
        try:
            kind = kind_of(file.path)
        except OSError as error:
            why = f"{shown_path(str(file.path))} cannot be read: {error.strerror or error}"
            made.failures.append((file, DataContractError(why)))
            continue
        if kind.group == "archive":
            _unpack_one(file, spool / f"archive-{number:06d}", made)
        elif file.found and ((kind.group == "foreign" and not kind.data) or no_data(file.relative)):
            left_out.append(f"{file.relative} ({kind.name})" if kind.name else file.relative)
        else:
            made.files.append(file)
    if left_out:
        made.notes.append(_left_out_note("files", left_out))
    made.files.sort(key=lambda file: (file.relative, file.member, str(file.path)))
    return made


def no_postings(notes: Sequence[str]) -> DataContractError:
    """Build the error for a folder in which nothing is left to read."""
    return DataContractError("; ".join(notes) or "there is no file to load")


def _unpack_one(file: InputFile, spool: Path, made: Unpacked) -> None:
    size = file.path.stat().st_size
    spool.mkdir()
    room = max(0, shutil.disk_usage(spool).free - LEAST_FREE)
    target = Target(file, spool, min(max(ALWAYS_ALLOWED, MAX_RATIO * size), MAX_UNPACKED, room))
    _open(file.path, "", 1, target)
    made.files.extend(target.members.values())
    made.failures.extend(target.failures)
    if target.left_out:
        made.notes.append(f"{file.relative}: {_left_out_note('members', target.left_out)}")
    if not target.members and not target.failures:
        why = f"{shown_name(file.path)} is an archive without a file of postings"
        made.failures.append((file, DataContractError(why)))
    if not target.broken:
        made.whole.add(file.relative)


def _open(path: Path, prefix: str, level: int, target: Target) -> None:
    """Unpack one archive, itself perhaps a member, and open the archives in it."""
    from graphcli.loaders.reader.archive_formats import unpack_stream, unpack_tar, unpack_zip

    formats = {"zip": unpack_zip, "tar": unpack_tar}
    before = set(target.members)
    try:
        formats.get(kind_of(path).name, unpack_stream)(path, prefix, target)
    except BrokenArchiveError as error:
        target.broken = True
        target.refuse(
            prefix, f"cannot be unpacked{' to its end' if set(target.members) - before else ''}: {error}"
        )
    except OSError as error:
        target.broken = True
        target.refuse(prefix, f"cannot be unpacked: {error.strerror or error}")
    for member in [name for name in target.members if name not in before]:
        _settle(target.members[member], kind_of(target.members[member].path), level, target)


def _settle(file: InputFile, kind: FileKind, level: int, target: Target) -> None:
    """Open a member that is an archive, and leave out one that holds no postings."""
    if kind.group == "archive":
        del target.members[file.member]
        if level >= MAX_LEVELS:
            target.refuse(file.member, "is an archive too deep inside others; load it by itself")
        else:
            # A stream holds one file only: an archive in it needs no name of its own.
            outer = (
                "" if level == 1 and kind_of(target.outer.path).name not in {"zip", "tar"} else file.member
            )
            _open(file.path, outer, level + 1, target)
        file.path.unlink(missing_ok=True)
    elif kind.group == "empty" or (kind.group == "foreign" and not kind.data):
        del target.members[file.member]
        target.left_out.append(f"{file.member} ({kind.name or 'empty'})")
        file.path.unlink(missing_ok=True)


def wanted_member(member: str, target: Target) -> bool:
    """Whether a member is worth unpacking; if not, the target knows why."""
    # What one system takes for a letter separates folders on another.
    parts = member.replace("\\", "/").split("/")
    if member.startswith("/") or ".." in parts or member[1:2] == ":":
        target.refuse(member, "has a path that leads out of the archive; it was not unpacked")
        return False
    if (
        any(part.startswith(".") or part == "__MACOSX" for part in parts)
        or is_beside(parts[-1])
        or no_data(member)
    ):
        target.left_out.append(member)
        return False
    return True


def _left_out_note(what: str, names: list[str]) -> str:
    shown = ", ".join(shown_path(name) for name in sorted(names)[:SHOWN_NAMES])
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return f"{what} without postings, left out: {shown}{more}"
