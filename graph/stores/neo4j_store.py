"""Neo4j through its official driver."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from graphcli.graph.stores.contract import Plan, QueryTimeoutError, Row, Store
from graphcli.workspace.errors import GraphcliError, StoreUnreachableError, UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Session

CONNECT_SECONDS = 10.0
RETRY_SECONDS = 15.0
PLANNING_SECONDS = 30.0


class Neo4jStore(Store):
    """A Neo4j server.

    Parameters
    ----------
    address
        ``neo4j://`` or ``bolt://`` address with name and password.
    folder
        The workspace whose graph it holds.
    read_only
        Sessions are opened for reading.
    verbose
        Let the server's notifications through.

    Raises
    ------
    StoreUnreachableError
        Nobody answers, or name and password are refused.
    """

    def __init__(
        self, address: StoreAddress, folder: WorkspaceFolder, *, read_only: bool, verbose: bool = False
    ) -> None:
        super().__init__(folder)
        self.where = f"Neo4j at {address.uri}"
        self._database = address.database
        self._read_only = read_only
        self._driver = _driver(address, verbose)
        try:
            with self._translated(None):
                self.engine = self._driver.get_server_info().agent
            self.read("RETURN 1 AS one")
        except BaseException:
            self._driver.close()
            raise

    def read(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement in a transaction for reading."""
        with self._translated(timeout), self._session(writes=False) as session:
            return session.execute_read(_work(text, parameters, timeout))

    def stream(self, text: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Yield rows as the server sends them."""
        with self._translated(None), self._session(writes=False) as session:
            for record in session.run(text, dict(parameters or {})):
                yield {key: _plain(record[key]) for key in record.keys()}  # noqa: SIM118 - a record is no dict

    def write(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement in one transaction, again where the server asks for that."""
        if self._read_only:
            raise UsageError(f"{self.where} is open for reading only")
        with self._translated(timeout), self._session(writes=True) as session:
            return session.execute_write(_work(text, parameters, timeout))

    def plan(self, text: str, parameters: Mapping[str, Any] | None = None) -> Plan:
        """Let the server plan a statement."""
        with self._translated(PLANNING_SECONDS), self._session(writes=False) as session:
            # Not in a managed transaction: what may only run outside one must be refused, not retried.
            summary = session.run(f"EXPLAIN {text}", dict(parameters or {})).consume()
        operators = tuple(_operators(summary.plan)) if summary.plan else ()
        return Plan(summary.query_type != "r", operators)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def _session(self, *, writes: bool) -> Session:
        import neo4j

        mode = neo4j.WRITE_ACCESS if writes else neo4j.READ_ACCESS
        return self._driver.session(database=self._database, default_access_mode=mode)

    @contextlib.contextmanager
    def _translated(self, timeout: float | None) -> Iterator[None]:
        """Turn the driver's errors into ours; none of our messages holds a password."""
        from neo4j import exceptions

        try:
            yield
        except exceptions.AuthError:
            raise StoreUnreachableError(
                f"{self.where} refused the user name or password; set NEO4J_USERNAME and NEO4J_PASSWORD,"
                " or give --username and --password-stdin"
            ) from None
        except exceptions.Neo4jError as error:
            raise self._server_error(error, timeout) from None
        except (exceptions.DriverError, OSError) as error:
            raise StoreUnreachableError(
                f"{self.where} does not answer ({_reason(error)}); check the address and that the server"
                " runs: graphcli doctor --wait 60 waits for it"
            ) from None

    def _server_error(self, error: Any, timeout: float | None) -> GraphcliError:
        code, message = str(error.code or ""), _first_line(error.message or error)
        if "TransactionTimedOut" in code or ("Terminated" in code and timeout is not None):
            return QueryTimeoutError(
                f"the query took longer than {timeout or 0:g} s and was stopped; raise --timeout"
            )
        if "DatabaseNotFound" in code:
            return StoreUnreachableError(
                f"{self.where} has no database {self._database!r}; name another by --database"
            )
        if "Security" in code and "Forbidden" not in code:
            return StoreUnreachableError(f"{self.where} refused to let us in: {message}")
        if "Constraint" in code:
            return GraphcliError(f"{self.where} refused a key that exists already: {message}")
        if code.startswith("Neo.TransientError") or "DatabaseUnavailable" in code:
            return StoreUnreachableError(f"{self.where} is busy or stopping ({message}); try again")
        return UsageError(f"Neo4j says: {message}")


def _driver(address: StoreAddress, verbose: bool) -> Driver:
    import neo4j
    from neo4j import exceptions

    if not verbose:
        logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    auth = None if address.password is None else neo4j.basic_auth(address.username, address.password)
    try:
        return neo4j.GraphDatabase.driver(
            cast(str, address.uri),
            auth=auth,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=RETRY_SECONDS,
            max_transaction_retry_time=RETRY_SECONDS,
            notifications_min_severity=None if verbose else neo4j.NotificationMinimumSeverity.OFF,
            user_agent="graphcli",
        )
    except (exceptions.ConfigurationError, ValueError) as error:
        raise UsageError(f"the store's address cannot be used: {_first_line(error)}") from None


def _work(text: str, parameters: Mapping[str, Any] | None, timeout: float | None) -> Any:
    import neo4j

    @neo4j.unit_of_work(timeout=timeout)
    def work(transaction: ManagedTransaction) -> list[Row]:
        found = transaction.run(text, dict(parameters or {}))
        keys = found.keys()
        return [{key: _plain(record[key]) for key in keys} for record in found]

    return work


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    details = plan.get("args", {}).get("Details", "")
    yield f"{plan['operatorType']} {details}".strip()
    for child in plan.get("children", ()):
        yield from _operators(child)


def _reason(error: object) -> str:
    # The driver lists every address it tried; the first line without that list says enough.
    return _first_line(error).partition(" (resolved")[0].rstrip(":. ")


def _first_line(error: object) -> str:
    return str(error).strip().split("\n", 1)[0]


def _plain(value: Any) -> Any:
    """Make plain values: nodes and relationships to maps, paths to lists, dates to text."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    from neo4j.graph import Entity, Path

    if isinstance(value, Entity):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Path):
        parts: list[Any] = [_plain(value.start_node)]
        for node, relationship in zip(value.nodes[1:], value.relationships, strict=True):
            parts += [_plain(relationship), _plain(node)]
        return parts
    if hasattr(value, "iso_format"):
        return value.iso_format()
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value)
