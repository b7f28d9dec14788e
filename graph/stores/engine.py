"""The one module that imports the embedded engine, ArcadeDB: its start, errors, values and bulk door."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from graphcli.graph.stores.contract import QueryTimeoutError
from graphcli.workspace.errors import GraphcliError, MissingPartError, UsageError, WorkspaceLockedError

Answer = TypeVar("Answer")

HEAP = "1g"
# How often a wait for the engine looks whether the user has interrupted it.
LISTENING_SECONDS = 0.1
# Even a read-only query could read local files and addresses through LOAD CSV otherwise.
JVM_FLAGS = (
    "-Darcadedb.opencypher.loadCsv.allowFileUrls=false",
    "-Darcadedb.opencypher.loadCsv.allowRemoteUrls=false",
    # The engine's own logger would open a file in the user's folder and talk on stderr.
    "-Darcadedb.log.impl=slf4j",
    f"-Djava.util.logging.config.file={os.devnull}",
)


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
        The engine is not installed, or its virtual machine does not start.
    """
    try:
        import arcadedb_embedded
        import jpype
        from arcadedb_embedded.jvm import start_jvm
    except ImportError:
        raise MissingPartError(
            "the embedded store needs the engine: pip install arcadedb-embedded; where that has no wheel,"
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
            raise MissingPartError(f"the embedded store does not start: {first_line(error)}") from None
    settings = java("com.arcadedb.GlobalConfiguration")
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
def translated(timeout: float | None) -> Iterator[None]:
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
        message = first_line(chain[-1].getMessage() or names[-1] if chain else error)
        if "LockException" in names or "already in use" in message:
            raise WorkspaceLockedError(f"the embedded store is in use: {message}") from None
        if "DuplicatedKeyException" in names:
            raise GraphcliError(f"the embedded store refused a key that exists already: {message}") from None
        if "QueryNotIdempotentException" in names:
            raise UsageError("the statement would write; --write allows that") from None
        raise UsageError(f"the embedded engine says: {message}") from None


def interruptible(work: Callable[[], Answer]) -> Answer:
    """Do work of the engine so that Ctrl-C ends the wait for it.

    While Java computes, Python hears no signal; so Java computes in a thread of its own, which does not
    outlive the process.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:
            # Raised again where the answer is waited for.
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(LISTENING_SECONDS)
    if errors:
        raise errors[0]
    return answers[0]


def _java_chain(error: BaseException | None) -> Iterator[Any]:
    seen = 0
    while error is not None and seen < 30:
        seen += 1
        if hasattr(error, "getCause") and hasattr(error, "getClass"):
            yield error
            error = error.getCause()
        else:
            error = error.__cause__


def first_line(error: object) -> str:
    """First line of an error's message."""
    return str(error).strip().split("\n", 1)[0]


def java(name: str) -> Any:
    """Look up a Java class of the running engine."""
    import jpype

    return jpype.JClass(name)


def arguments(parameters: Mapping[str, Any] | None) -> tuple[dict[str, Any], ...]:
    """Parameters as the engine's calls take them: one dict, or nothing."""
    return (dict(parameters),) if parameters else ()


def plain(value: Any) -> Any:
    """Make plain values: nodes and relationships to maps, paths to lists, dates to text."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        # The engine reads numbers of extreme size as decimals when they come in bulk.
        return float(value)
    from arcadedb_embedded.type_conversion import convert_java_to_python

    if hasattr(value, "propertiesAsMap"):
        return plain(convert_java_to_python(value.propertiesAsMap()))
    if hasattr(value, "toAlternatingList"):
        return [plain(item) for item in value.toAlternatingList()]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def create_vertices(batch: Any, label: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Create vertices in bulk and return their record ids in the same order.

    The engine's Python layer takes lists value by value, ten times slower than its own bridge, which reads
    them as JSON; so the bridge is called directly.
    """
    if not rows:
        return []
    bridge = java("com.arcadedb.python.VertexBatcher")
    created = bridge.createVerticesJson(batch._java_graph_batch, label, json.dumps(rows, allow_nan=False))
    return str(created).split(";")


def create_edges(
    batch: Any, name: str, starts: Sequence[str], ends: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Create relationships in bulk between record ids."""
    if not rows:
        return
    bridge = java("com.arcadedb.python.EdgeBatcher")
    stored = [{"_src": start, "_dst": end, **row} for start, end, row in zip(starts, ends, rows, strict=True)]
    bridge.newEdgesJson(batch._java_graph_batch, name, json.dumps(stored, allow_nan=False))
