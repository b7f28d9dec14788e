"""What a graph store is: one contract for the embedded engine and for Neo4j, opened by address.

Push, queries and analysis know this contract only; the Cypher text they send is the same on both engines.
"""

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from graphcli.workspace.errors import GraphcliError, UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress

if TYPE_CHECKING:
    from graphcli.graph.tables import GraphTables

Row = dict[str, Any]
NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


class QueryTimeoutError(GraphcliError, TimeoutError):
    """A statement took longer than it was allowed to."""


@dataclass(frozen=True)
class Plan:
    """What an engine would do with a statement, found without running it.

    Attributes
    ----------
    writes
        The statement would change data, schema or the server.
    operators
        Names of the steps, with their details where the engine gives them.
    """

    writes: bool
    operators: tuple[str, ...]


class Store(abc.ABC):
    """An open graph store.

    Attributes
    ----------
    where
        The store in words for the reader; never holds a password.
    engine
        Name and version of the engine.
    """

    where: str
    engine: str

    def __init__(self, folder: WorkspaceFolder) -> None:
        self._folder = folder

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abc.abstractmethod
    def read(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement that changes nothing.

        Parameters
        ----------
        text
            Cypher; never built from data.
        parameters
            Values for its ``$names``.
        timeout
            Seconds after which the engine gives up; no limit where it is not given.

        Returns
        -------
        list of dict
            Plain values only: nodes and relationships become maps of their properties, dates ISO text.

        Raises
        ------
        UsageError
            The statement is wrong, or would write.
        QueryTimeoutError
            It took longer than ``timeout``.
        StoreUnreachableError
            The store went away.
        """

    @abc.abstractmethod
    def stream(self, text: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Run a statement that changes nothing and yield its rows as they come."""

    @abc.abstractmethod
    def write(
        self, text: str, parameters: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> list[Row]:
        """Run a statement in a transaction of its own; it takes effect as a whole or not at all."""

    @abc.abstractmethod
    def plan(self, text: str, parameters: Mapping[str, Any] | None = None) -> Plan:
        """Plan a statement without running it.

        Raises
        ------
        UsageError
            The engine does not understand the statement.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Give the store back; closing twice is no error."""

    def rebuild(self, graph: GraphTables, scope: str) -> bool:
        """Build the whole graph afresh where the engine can and the store holds nothing foreign.

        Returns
        -------
        bool
            Whether it was done. Where not, the caller writes the difference in transactions.
        """
        return False

    def constraints(self) -> set[tuple[str, tuple[str, ...]]]:
        """List the uniqueness constraints as (label, properties)."""
        rows = self.read("SHOW CONSTRAINTS")
        return {
            (row["labelsOrTypes"][0], tuple(row["properties"]))
            for row in rows
            if row["labelsOrTypes"] and "UNIQUE" in row["type"]
        }

    def ensure_constraints(self) -> None:
        """Create the constraints of the schema that are missing."""
        from graphcli.graph.stores.statements import constraint_statements

        there = self.constraints()
        for label, properties, text in constraint_statements():
            if (label, properties) not in there:
                self.write(text)

    def read_graph(self, scope: str | None = None) -> GraphTables:
        """Read a pushed graph back as tables, equal to those that were pushed.

        Parameters
        ----------
        scope
            Whose graph; by default this workspace's own where the store holds it, else the only one there.

        Raises
        ------
        UsageError
            The store holds no graph, or several and none of them is this workspace's.
        """
        from graphcli.graph.stores.reading import read_graph

        return read_graph(self, scope, self._folder.manifest().scope)


def open_store(
    address: StoreAddress, folder: WorkspaceFolder, *, read_only: bool, verbose: bool = False
) -> Store:
    """Open the store at an address; use it as a context manager.

    Parameters
    ----------
    address
        ``uri`` None means the embedded engine inside the workspace, else a Neo4j.
    folder
        The workspace; its folder holds the embedded store, its scope names its graph.
    read_only
        The store refuses every write.
    verbose
        Let the server's notifications through.

    Raises
    ------
    StoreUnreachableError
        Nobody answers there, or the name and password are refused.
    UsageError
        The address is of no form that is known.
    """
    if address.uri is None:
        from graphcli.graph.stores.embedded import EmbeddedStore

        return EmbeddedStore(folder, read_only=read_only)
    scheme, _, host = address.uri.partition("://")
    if not host or scheme not in NEO4J_SCHEMES:
        raise UsageError(
            "the store's address is not of a known form; write it as neo4j://host:7687 or bolt://host:7687"
            " (neo4j+s:// for TLS), or leave it out for the embedded store"
        )
    if "@" in address.uri:
        raise UsageError(
            "the store's address must not hold a name or password;"
            " give them by --username and NEO4J_PASSWORD or --password-stdin"
        )
    from graphcli.graph.stores.neo4j_store import Neo4jStore

    return Neo4jStore(address, folder, read_only=read_only, verbose=verbose)
