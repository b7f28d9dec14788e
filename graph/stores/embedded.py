"""The embedded engine, ArcadeDB in process: the default store, without a server.

This is the one module that imports the engine. The store folder holds generations (one database folder
each) and a file ``CURRENT`` that names the one in force, so that a build that is killed leaves the old one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphcli.graph.stores.contract import Plan, QueryTimeoutError, Row, Store
from graphcli.workspace.errors import (
    GraphcliError,
    MissingPartError,
    StoreUnreachableError,
    UsageError,
    WorkspaceLockedError,
)
from graphcli.workspace.files import write_text
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.lock import writer_lock

if TYPE_CHECKING:
    from graphcli.graph.tables import GraphTables

CURRENT = "CURRENT"
HEAP = "1g"
LOCK_WAIT_SECONDS = 10.0
LANGUAGE = "opencypher"
# Even a read-only query could read local files and addresses through LOAD CSV otherwise.
JVM_FLAGS = (
    "-Darcadedb.opencypher.loadCsv.allowFileUrls=false",
    "-Darcadedb.opencypher.loadCsv.allowRemoteUrls=false",
    # The engine's own logger would open a file in the user's folder and talk on stderr.
    "-Darcadedb.log.impl=slf4j",
    f"-Djava.util.logging.config.file={os.devnull}",
)


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
        The engine has no wheel for this machine.
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
        with _translated(timeout):
            self._limit(timeout)
            found = database.query(LANGUAGE, text, *_arguments(parameters))
            return [_plain(row) for row in found.to_list()]

    def stream(self, text: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Yield rows; nothing where the store was never written."""
        if self._database is None:
            return iter(())
        return iter(self.read(text, parameters))

    def write(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement in one transaction."""
        database = self._opened()
        if self._read_only:
            raise UsageError(f"{self.where} is open for reading only")

        def work() -> list[Row]:
            found = database.command(LANGUAGE, text, *_arguments(parameters))
            return [_plain(row) for row in found.to_list()] if found is not None else []

        with _translated(timeout):
            self._limit(timeout)
            rows: list[Row] = database.run_in_transaction(work)
            return rows

    def plan(self, text: str, parameters: Mapping[str, Any] | None = None) -> Plan:
        """Let the engine parse and plan a statement."""
        database = self._opened()
        with _translated(None):
            self._limit(None)
            analysed = database.get_java_database().getQueryEngine(LANGUAGE).analyze(text)
            writes = not analysed.isIdempotent() or bool(analysed.isDDL())
            if writes:
                return Plan(True, ())
            rows = database.query(LANGUAGE, f"EXPLAIN {text}", *_arguments(parameters)).to_list()
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
        with _translated(None):
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
        settings = _java("com.arcadedb.GlobalConfiguration")
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
            with _translated(None):
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
        mode = _java("com.arcadedb.engine.ComponentFile$MODE").READ_ONLY
        factory = _java("com.arcadedb.database.DatabaseFactory")
        # A database that was not closed cleanly, or that is being written, refuses to open for reading.
        # With the writer's lock in hand it is the former: opening it for writing once repairs it.
        for attempt in range(2):
            try:
                self._database = self._engine.Database(factory(str(generation)).open(mode))
                return
            except Exception as error:
                if attempt or "needs recovery" not in str(error):
                    raise StoreUnreachableError(
                        f"{self.where} cannot be opened: {_first_line(error)}"
                    ) from None
            with (
                writer_lock(self._root / ".lock", "repairing the embedded store", LOCK_WAIT_SECONDS),
                _translated(None),
            ):
                self._engine.open_database(str(generation)).close()

    def _sweep(self) -> None:
        current = self._generation()
        for path in self._root.iterdir():
            if path.is_dir() and path != current and path.name.startswith(("building-", "generation-")):
                shutil.rmtree(path, ignore_errors=True)


def engine_version() -> str:
    """Version of the embedded engine's package, empty where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("arcadedb-embedded")
    except PackageNotFoundError:
        return ""


def start_engine() -> Any:
    """Import the engine and start its virtual machine once, silently.

    Raises
    ------
    MissingPartError
        The engine has no wheel for this machine, or its virtual machine does not start.
    """
    try:
        import arcadedb_embedded
        import jpype
        from arcadedb_embedded.jvm import start_jvm
    except ImportError:
        raise MissingPartError(
            "the embedded store needs the package arcadedb-embedded, which has no wheel for this machine;"
            " give the address of a Neo4j by --uri or NEO4J_URI (everything but the store works without)"
        ) from None
    if not jpype.isJVMStarted():
        # Without this the virtual machine puts crash reports into the folder the user happens to be in.
        os.environ.setdefault(
            "ARCADEDB_JVM_ERROR_FILE", str(Path(tempfile.gettempdir()) / "hs_err_pid%p.log")
        )
        try:
            with _silent_stderr():
                start_jvm(heap_size=HEAP, jvm_args=list(JVM_FLAGS))
        except Exception as error:
            raise MissingPartError(f"the embedded store does not start: {_first_line(error)}") from None
    settings = _java("com.arcadedb.GlobalConfiguration")
    for name in ("OPENCYPHER_LOAD_CSV_ALLOW_FILE_URLS", "OPENCYPHER_LOAD_CSV_ALLOW_REMOTE_URLS"):
        getattr(settings, name).setValue(False)
    return arcadedb_embedded


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    # The virtual machine warns about modules it was told to use; only the file descriptor can stop that.
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


@contextlib.contextmanager
def _translated(timeout: float | None) -> Iterator[None]:
    """Turn the engine's errors into ours, with the innermost reason as the one line."""
    import jpype
    from arcadedb_embedded.exceptions import ArcadeDBError

    try:
        yield
    except (ArcadeDBError, jpype.JException) as error:
        chain = list(_java_chain(error))
        names = [str(item.getClass().getSimpleName()) for item in chain]
        if "TimeoutException" in names:
            raise QueryTimeoutError(
                f"the query took longer than {timeout:g} s and was stopped; raise --timeout"
            ) from None
        message = _first_line(chain[-1].getMessage() or names[-1] if chain else error)
        if "LockException" in names or "already in use" in message:
            raise WorkspaceLockedError(f"the embedded store is in use: {message}") from None
        if "DuplicatedKeyException" in names:
            raise GraphcliError(f"the embedded store refused a key that exists already: {message}") from None
        if "QueryNotIdempotentException" in names:
            raise UsageError("the statement would write; --write allows that") from None
        raise UsageError(f"the embedded engine says: {message}") from None


def _java_chain(error: BaseException | None) -> Iterator[Any]:
    seen = 0
    while error is not None and seen < 30:
        seen += 1
        if hasattr(error, "getCause") and hasattr(error, "getClass"):
            yield error
            error = error.getCause()
        else:
            error = error.__cause__


def _first_line(error: object) -> str:
    return str(error).strip().split("\n", 1)[0]


def _java(name: str) -> Any:
    import jpype

    return jpype.JClass(name)


def _arguments(parameters: Mapping[str, Any] | None) -> tuple[dict[str, Any], ...]:
    return (dict(parameters),) if parameters else ()


def _plain(value: Any) -> Any:
    """Make plain values: nodes and relationships to maps, paths to lists, dates to text."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    from arcadedb_embedded.type_conversion import convert_java_to_python

    if hasattr(value, "propertiesAsMap"):
        return _plain(convert_java_to_python(value.propertiesAsMap()))
    if hasattr(value, "toAlternatingList"):
        return [_plain(item) for item in value.toAlternatingList()]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
