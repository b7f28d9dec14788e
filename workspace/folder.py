"""The workspace folder: tables as Parquet files, and one manifest that says which files are in force.

A table is never changed in place. A writer puts new files beside the old ones and then replaces
``manifest.json`` in one rename, so a reader, or a writer killed at any moment, finds the state before
or the state after and nothing between.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.workspace import files, tables
from graphcli.workspace.errors import DataContractError, GraphcliError
from graphcli.workspace.lock import writer_lock

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
LOCK_WAIT_SECONDS = 30.0
# Two marks and the length of the footer.
SHORTEST_PARQUET = 12
# Names of finished tables and of those still being written; other Parquet files belong to somebody else.
OWN_FILE = re.compile(r"\.[0-9a-f]{12}\.parquet$|^\..*\.parquet.*\.(new|tmp)$")


@dataclass(frozen=True)
class TableEntry:
    """Where a table's file lies, how many rows it has, and the hash of its content."""

    file: str
    rows: int
    fingerprint: str


@dataclass(frozen=True)
class Manifest:
    """The state in force: tables by name, stage inputs by stage name, and the workspace's scope."""

    scope: str
    entries: Mapping[str, TableEntry] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write the manifest with sorted keys."""
        content = {
            "manifest_version": MANIFEST_VERSION,
            "scope": self.scope,
            "tables": {name: vars(entry) for name, entry in sorted(self.entries.items())},
            "stages": dict(sorted(self.stages.items())),
        }
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class WorkspaceFolder:
    """Read and write the tables of one workspace.

    Parameters
    ----------
    root
        The folder; it is created by the first write, never by reading.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def exists(self) -> bool:
        """Whether anything was ever loaded here."""
        return (self.root / MANIFEST).is_file()

    @property
    def reference_folder(self) -> Path:
        """The user's own definitions, schemes, skills, aliases and lists, merged over ours."""
        return self.root / "reference"

    @property
    def store_folder(self) -> Path:
        """Where the embedded engine keeps the graph."""
        return self.root / "store"

    def manifest(self) -> Manifest:
        """Read the state in force; an empty one where nothing was loaded yet.

        Raises
        ------
        DataContractError
            The manifest is damaged or from a newer version.
        """
        path = self.root / MANIFEST
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Manifest(scope="")
        except ValueError as error:
            raise DataContractError(
                f"{path} is damaged ({error}); restore it or load into a new workspace"
            ) from None
        if content.get("manifest_version") != MANIFEST_VERSION:
            raise DataContractError(
                f"{path} was written by another version of graphcli; load into a new workspace"
            )
        entries = {name: TableEntry(**entry) for name, entry in content["tables"].items()}
        return Manifest(scope=content["scope"], entries=entries, stages=content["stages"])

    def read(self, name: str, schema: tables.Schema) -> pl.DataFrame:
        """Read one table; an empty one with the schema where it was never written."""
        entry = self.manifest().entries.get(name)
        if entry is None:
            return tables.empty(schema)
        return tables.conform(pl.read_parquet(self._sound(entry), glob=False), schema)

    def broken_tables(self, *prefixes: str) -> set[str]:
        """Names of tables ``prefix/…`` in force whose file is missing or damaged."""
        return {
            name
            for name, entry in self.manifest().entries.items()
            if name.split("/")[0] in prefixes and not _is_parquet(self.root / entry.file)
        }

    def _sound(self, entry: TableEntry) -> Path:
        path = self.root / entry.file
        if not _is_parquet(path):
            raise DataContractError(
                f"{path} is missing or damaged; load the files again, or load into a new workspace"
            )
        return path

    def read_all(self, prefix: str, schema: tables.Schema) -> pl.DataFrame:
        """Read every table named ``prefix/…`` as one frame, in the order of their names."""
        return self.scan_all(prefix, schema).collect()

    def scan_all(self, prefix: str, schema: tables.Schema) -> pl.LazyFrame:
        """Scan every table named ``prefix/…`` as one lazy frame, in the order of their names."""
        entries = self.manifest().entries
        paths = [self._sound(entries[name]) for name in sorted(entries) if name.startswith(prefix + "/")]
        if not paths:
            return tables.empty(schema).lazy()
        return pl.concat([_scan(path, schema) for path in paths])

    def table_names(self, prefix: str = "") -> list[str]:
        """List the tables in force, sorted."""
        return sorted(name for name in self.manifest().entries if name.startswith(prefix))

    @contextlib.contextmanager
    def change(
        self,
        purpose: str,
        wait_seconds: float = LOCK_WAIT_SECONDS,
        say: Callable[[str], None] = lambda message: None,
    ) -> Iterator[Change]:
        """Lock the workspace and collect a change; it takes effect as a whole when the block ends well.

        Parameters
        ----------
        say
            Receives one line where another writer must be waited for.

        Raises
        ------
        WorkspaceLockedError
            Another process is writing.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise GraphcliError(f"cannot create the workspace {self.root}: {error.strerror}") from None
        with writer_lock(self.root / ".lock", purpose, wait_seconds, say):
            before = self.manifest()
            change = Change(self.root, before)
            try:
                yield change
            except BaseException:
                change.discard()
                raise
            change.commit()


class Change:
    """A set of table writes that becomes visible at once."""

    def __init__(self, root: Path, before: Manifest) -> None:
        self._root = root
        self._before = before
        self._entries = dict(before.entries)
        self._stages = dict(before.stages)

    @property
    def manifest(self) -> Manifest:
        """The state as it would be after this change."""
        scope = self._before.scope or uuid.uuid4().hex[:12]
        return Manifest(scope=scope, entries=dict(self._entries), stages=dict(self._stages))

    def write(self, name: str, frame: pl.DataFrame) -> TableEntry:
        """Write one table; its file name carries the hash of its content.

        Parameters
        ----------
        name
            Such as ``employers``, ``postings/<source_id>`` or ``graph/nodes_City``.
        """
        target = self._root / f"{name}.parquet"
        written = target.with_name(f".{target.name}.new")
        with files.replacing(written) as temporary:
            frame.write_parquet(temporary, compression="zstd")
            fingerprint = _file_hash(temporary)
        final = target.with_name(f"{target.stem}.{fingerprint}.parquet")
        written.replace(final)
        entry = TableEntry(final.relative_to(self._root).as_posix(), frame.height, fingerprint)
        self._entries[name] = entry
        return entry

    def adopt(self, name: str, written: Path, rows: int) -> TableEntry:
        """Take over a table that was already written as a Parquet file on the same file system.

        For tables too large to hold as one frame; ``write`` is the way for all others.
        """
        fingerprint = _file_hash(written)
        target = self._root / f"{name}.parquet"
        final = target.with_name(f"{target.stem}.{fingerprint}.parquet")
        with files.replacing(final) as temporary:
            written.replace(temporary)
        entry = TableEntry(final.relative_to(self._root).as_posix(), rows, fingerprint)
        self._entries[name] = entry
        return entry

    def remove(self, name: str) -> None:
        """Take a table out of force."""
        self._entries.pop(name, None)

    def remove_all(self, prefix: str) -> None:
        """Take every table named ``prefix/…`` out of force."""
        for name in [name for name in self._entries if name.startswith(prefix + "/")]:
            del self._entries[name]

    def mark_stage(self, stage: str, inputs: str) -> None:
        """Remember the hash of what a stage was made from."""
        self._stages[stage] = inputs

    def commit(self) -> None:
        """Put the new state in force, then remove files that only the state before the last one used."""
        after = self.manifest
        if (dict(after.entries), dict(after.stages)) == (
            dict(self._before.entries),
            dict(self._before.stages),
        ):
            return
        files.write_text(self._root / MANIFEST, after.to_json())
        self._sweep(keep={entry.file for entry in (*after.entries.values(), *self._before.entries.values())})

    def discard(self) -> None:
        """Remove what was written without putting it in force."""
        self._sweep(keep={entry.file for entry in self._before.entries.values()})

    def _sweep(self, keep: set[str]) -> None:
        # The previous state's files stay until the next change: a reader may still be opening them.
        for path in self._root.rglob("*.parquet*"):
            relative = path.relative_to(self._root)
            if relative.parts[0] in {"store", "reference"} or relative.as_posix() in keep:
                continue
            # A workspace may be a folder that holds other people's files too.
            if OWN_FILE.search(path.name):
                path.unlink(missing_ok=True)


def stage_inputs(
    entries: Mapping[str, TableEntry], prefixes: tuple[str, ...], extra: Mapping[str, Any]
) -> str:
    """Hash what a stage depends on: the tables under some prefixes, and settings or definition hashes."""
    parts = {
        name: entry.fingerprint
        for name, entry in entries.items()
        if name.split("/")[0] in prefixes or name in prefixes
    }
    text = json.dumps({"tables": parts, "extra": extra}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _scan(path: Path, schema: tables.Schema) -> pl.LazyFrame:
    # A table of an older version lacks the columns that were added since.
    frame = pl.scan_parquet(path, glob=False)
    present = set(frame.collect_schema())
    return frame.select(
        (pl.col(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def _is_parquet(path: Path) -> bool:
    """Whether a file is there and begins and ends as a Parquet file does."""
    try:
        with path.open("rb") as handle:
            start = handle.read(4)
            size = handle.seek(0, os.SEEK_END)
            handle.seek(max(size - 4, 0))
            return size >= SHORTEST_PARQUET and start == handle.read(4) == b"PAR1"
    except OSError:
        return False


def _file_hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:12]
