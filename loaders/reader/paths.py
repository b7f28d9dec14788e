"""Arguments to files: folders, globs, single files, stdin; each with the path that identifies it."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from graphcli.workspace.errors import UsageError

STDIN = "-"
STDIN_NAME = "stdin"
# Control characters, line and paragraph separators.
CONTROLS = ("Cc", "Zl", "Zp")
# Files that lie beside postings and are none.
IGNORED_NAMES = ("readme", "license", "licence", "notice", "copying", "changelog")
IGNORED_ENDINGS = (
    ".md",
    ".db-wal",
    ".db-shm",
    ".db-journal",
    ".sqlite-wal",
    ".sqlite-shm",
    ".sqlite-journal",
)


@dataclass(frozen=True)
class InputFile:
    """One file to read.

    Attributes
    ----------
    path
        Where it lies.
    relative
        Path relative to the argument that named it, with ``/``; what its identity stands on.
    argument
        The folder or glob base that it was found in; for a single file, the folder it lies in.
    member
        Path inside the archive, through archives in it; empty for a plain file. ``path`` is then where the
        member was unpacked, and ``relative`` still the archive's.
    found
        Whether it was met in a folder, a glob or an archive, not named by the user.
    notice
        What a reader of its rows should know of how it was unpacked.
    archive
        Name of the archive that a member lies in.
    """

    path: Path
    relative: str
    argument: Path
    member: str = ""
    found: bool = False
    notice: str = ""
    archive: str = ""

    @property
    def shown(self) -> str:
        """Path for people, through the archive to the member."""
        return f"{self.relative}/{self.member}" if self.member else self.relative


def shown_path(path: str) -> str:
    r"""Give a path as text that any table, log and terminal can hold.

    Bytes that are no UTF-8 and characters that control a terminal stand as escapes.

    Examples
    --------
    >>> shown_path("岗位\n.csv")
    '岗位\\n.csv'
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        char.encode("unicode_escape").decode("ascii") if unicodedata.category(char) in CONTROLS else char
        for char in text
    )


def shown_name(path: Path) -> str:
    """Name of a file as text that any table, log and terminal can hold."""
    return shown_path(path.name)


def expand(arguments: Sequence[str | Path], spool: Path | None = None) -> list[InputFile]:
    """Find the files that the arguments mean, sorted by relative path, each once.

    A folder is walked without hidden files and files such as README. Where two arguments hold files of the
    same relative path, those are told apart by the name of the folder that each argument stands for.

    Parameters
    ----------
    spool
        Folder to keep what comes from stdin; needed for the argument ``-``.

    Raises
    ------
    UsageError
        An argument names nothing, or two files cannot be told apart.
    """
    if not arguments:
        raise UsageError("name at least one file, folder or glob")
    found: dict[str, InputFile] = {}
    for argument in arguments:
        for file in _files_of(str(argument), spool):
            found.setdefault(os.path.realpath(file.path), file)
    files = _told_apart(list(found.values()))
    return sorted(files, key=lambda file: (file.relative, str(file.path)))


def _files_of(argument: str, spool: Path | None) -> list[InputFile]:
    if argument == STDIN and spool is not None:
        return [_from_stdin(spool)]
    path = Path(argument)
    if path.is_dir():
        files = _walk(path)
        if not files:
            raise UsageError(f"the folder {argument} holds no file to load")
        return files
    if path.exists() and not path.is_file():
        # It could be read only once, or never end.
        raise UsageError(f"{argument} is no regular file; send what it gives to: graphcli load -")
    if path.exists():
        return [InputFile(path, shown_name(path), path.resolve().parent)]
    if glob.has_magic(argument):
        files = _match(argument)
        if files:
            return files
        raise UsageError(f"nothing matches {argument}")
    raise UsageError(f"there is no file or folder {argument}")


def _walk(folder: Path) -> list[InputFile]:
    files = []
    for root, names, leaves in os.walk(folder):
        names[:] = sorted(
            name for name in names if not name.startswith(".") and not _is_workspace(Path(root) / name)
        )
        for leaf in sorted(leaves):
            path = Path(root) / leaf
            if not is_beside(leaf) and path.is_file():
                relative = shown_path(path.relative_to(folder).as_posix())
                files.append(InputFile(path, relative, folder.resolve(), found=True))
    return files


def _is_workspace(folder: Path) -> bool:
    """Whether a folder holds what a load wrote; the default workspace often lies beside the postings."""
    return all((folder / name).exists() for name in ("manifest.json", ".lock"))


def is_beside(name: str) -> bool:
    """Whether a file of that name lies beside postings and holds none, such as a README."""
    lower = name.lower()
    return name.startswith(".") or lower.split(".")[0] in IGNORED_NAMES or lower.endswith(IGNORED_ENDINGS)


def _match(pattern: str) -> list[InputFile]:
    plain = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        plain.append(part)
    base = Path(*plain) if plain else Path()
    files: list[InputFile] = []
    for name in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - it may be absolute
        path = Path(name)
        within = path.relative_to(base)
        if any(_is_workspace(base / one) for one in (within, *within.parents[:-1])):
            continue
        if path.is_dir():
            prefix = shown_path(path.relative_to(base).as_posix())
            files.extend(replace(file, relative=f"{prefix}/{file.relative}") for file in _walk(path))
        elif path.is_file():
            relative = shown_path(path.relative_to(base).as_posix())
            files.append(InputFile(path, relative, base.resolve(), found=True))
    return files


def _from_stdin(spool: Path) -> InputFile:
    # Encoding and layout are found by reading twice, which a pipe does not allow.
    path = spool / STDIN_NAME
    with path.open("wb") as handle:
        shutil.copyfileobj(sys.stdin.buffer, handle)
    return InputFile(path, STDIN_NAME, spool)


def _told_apart(files: list[InputFile]) -> list[InputFile]:
    counts = Counter(file.relative for file in files)
    files = [
        replace(file, relative=str(PurePosixPath(shown_name(file.argument)) / file.relative))
        if counts[file.relative] > 1
        else file
        for file in files
    ]
    for relative, count in Counter(file.relative for file in files).items():
        if count > 1:
            raise UsageError(
                f"{count} files are called {relative}; load them from a folder that holds them all, "
                "or one by one with --source-name"
            )
    return files
