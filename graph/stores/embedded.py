"""The embedded engine, ArcadeDB in process: the default store, without a server.

The store folder holds generations (one database folder
each) and a file ``CURRENT`` that names the one in force, so that a build that is killed leaves the old one.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphcli.graph.stores.contract import Plan, Row, Store
from graphcli.graph.stores.engine import (
    arguments,
    engine_version,
    first_line,
    interruptible,
    java,
    plain,
    start_engine,
    translated,
)
from graphcli.workspace.errors import StoreUnreachableError, UsageError
from graphcli.workspace.files import write_text
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.lock import writer_lock

if TYPE_CHECKING:
    from graphcli.graph.tables import GraphTables

CURRENT = "CURRENT"
LOCK_WAIT_SECONDS = 10.0
LANGUAGE = "opencypher"
# Grouped rows hold thousands of items each, so few of them make a batch.
STREAM_ROWS = 200


class EmbeddedStore(Store):
    """The embedded engine in this process.

    Parameters
    ----------
    folder
        The workspace; the engine's files lie in its ``store_folder``.
    read_only
        Open for reading: several processes may do so at once.

    Raises
    ------
    MissingPartError
        The engine is not installed.
    WorkspaceLockedError
        Another process is writing to the store.
    """

    def __init__(self, folder: WorkspaceFolder, *, read_only: bool) -> None:
        super().__init__(folder)
        self._engine = start_engine()
        self.engine = f"ArcadeDB {engine_version()}"
        self.where = f"the embedded store in {folder.store_folder}"
        self._read_only = read_only
        self._held = contextlib.ExitStack()
        self._database: Any = None
        if read_only:
            self._open_for_reading()
        else:
            self._open_for_writing()

    def read(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement that changes nothing; the engine refuses any other."""
        database = self._opened()

        def work() -> list[Row]:
            found = database.query(LANGUAGE, text, *arguments(parameters))
            return [plain(row) for row in found.to_list()]

        with translated(timeout):
            self._limit(timeout)
            # Only what a user asks has a limit, and only that can take long.
            return work() if timeout is None else interruptible(work)

    def stream(self, text: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Yield rows by batches; nothing where the store was never written."""
        if self._database is None:
            return
        with translated(None):
            self._limit(None)
            found = self._database.query(LANGUAGE, text, *arguments(parameters))
            for rows in found.iter_json_batches(STREAM_ROWS):
                yield from rows

    def write(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement in one transaction."""
        database = self._opened()
        if self._read_only:
            raise UsageError(f"{self.where} is open for reading only")

        def work() -> list[Row]:
            found = database.command(LANGUAGE, text, *arguments(parameters))
            return [plain(row) for row in found.to_list()] if found is not None else []

        with translated(timeout):
            self._limit(timeout)
            rows: list[Row] = database.run_in_transaction(work)
            return rows

    def plan(self, text: str, parameters: Mapping[str, Any] | None = None) -> Plan:
        """Let the engine parse and plan a statement."""
        database = self._opened()
        with translated(None):
            self._limit(None)
            analysed = database.get_java_database().getQueryEngine(LANGUAGE).analyze(text)
            writes = not analysed.isIdempotent() or bool(analysed.isDDL())
            if writes:
                return Plan(True, ())
            rows = database.query(LANGUAGE, f"EXPLAIN {text}", *arguments(parameters)).to_list()
        steps = str(rows[0]["executionPlanAsString"]).splitlines() if rows else []
        return Plan(False, tuple(line.strip(" +") for line in steps if line.lstrip().startswith("+")))

    def close(self) -> None:
        """Close the database and drop the lock."""
        if self._database is not None:
            self._database.close()
            self._database = None
        self._held.close()

    def ensure_constraints(self) -> None:
        """Create the constraints that are missing; this engine changes its schema outside transactions."""
        from graphcli.graph.stores.statements import constraint_statements

        there = self.constraints()
        for label, properties, text in constraint_statements():
            if (label, properties) not in there:
                self._opened().command(LANGUAGE, text)

    def rebuild(self, graph: GraphTables, scope: str) -> bool:
        """Build the graph in a new generation by bulk and put that in force in one rename."""
        from graphcli.graph.stores.bulk import Carried, foreign_content, load

        if foreign_content(self, scope):
            return False
        carried = Carried.of(self, scope)
        name = f"generation-{uuid.uuid4().hex[:8]}"
        building = self._root / f"building-{uuid.uuid4().hex[:8]}"
        previous = self._database
        with translated(None):
            self._database = self._engine.create_database(str(building))
            try:
                self.ensure_constraints()
                load(self._database, graph, scope, carried)
            finally:
                self._database.close()
                self._database = previous
            previous.close()
            building.rename(self._root / name)
            write_text(self._root / CURRENT, name + "\n")
            self._database = self._engine.open_database(str(self._root / name))
        self._sweep()
        return True

    def type_names(self) -> set[str]:
        """Names of all labels and relationship types of the database, the user's own included."""
        types = self._opened().get_java_database().getSchema().getTypes()
        return {str(item.getName()) for item in types}

    @property
    def _root(self) -> Path:
        return self._folder.store_folder

    def _opened(self) -> Any:
        if self._database is None:
            raise UsageError(f"{self.where} holds no graph yet; run graphcli push first")
        return self._database

    def _limit(self, timeout: float | None) -> None:
        # Zero means no limit to the engine, so the least limit is one millisecond.
        milliseconds = 0 if timeout is None else max(1, int(timeout * 1000))
        settings = java("com.arcadedb.GlobalConfiguration")
        self._opened().get_java_database().getConfiguration().setValue(settings.COMMAND_TIMEOUT, milliseconds)

    def _generation(self) -> Path | None:
        try:
            name = (self._root / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return self._root / Path(name).name

    def _open_for_writing(self) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        self._held.enter_context(
            writer_lock(self._root / ".lock", "writing to the embedded store", LOCK_WAIT_SECONDS)
        )
        try:
            self._sweep()
            generation = self._generation()
            with translated(None):
                if generation is None:
                    generation = self._root / f"generation-{uuid.uuid4().hex[:8]}"
                    self._database = self._engine.create_database(str(generation))
                    write_text(self._root / CURRENT, generation.name + "\n")
                else:
                    self._database = self._engine.open_database(str(generation))
        except BaseException:
            self._held.close()
            raise

    def _open_for_reading(self) -> None:
        generation = self._generation()
        if generation is None:
            return
        mode = java("com.arcadedb.engine.ComponentFile$MODE").READ_ONLY
        factory = java("com.arcadedb.database.DatabaseFactory")
        # A database that was not closed cleanly, or that is being written, refuses to open for reading.
        # With the writer's lock in hand it is the former: opening it for writing once repairs it.
        for attempt in range(2):
            try:
                self._database = self._engine.Database(factory(str(generation)).open(mode))
                return
            except Exception as error:
                if attempt or "needs recovery" not in str(error):
                    raise StoreUnreachableError(
                        f"{self.where} cannot be opened: {first_line(error)}"
                    ) from None
            with (
                writer_lock(self._root / ".lock", "repairing the embedded store", LOCK_WAIT_SECONDS),
                translated(None),
            ):
                self._engine.open_database(str(generation)).close()

    def _sweep(self) -> None:
        current = self._generation()
        for path in self._root.iterdir():
            if path.is_dir() and path != current and path.name.startswith(("building-", "generation-")):
                shutil.rmtree(path, ignore_errors=True)
