"""From the command line to a store and back: which store, brought up to date, opened as little as needed."""

from __future__ import annotations

from dataclasses import replace

from graphcli.graph.stores.contract import open_store
from graphcli.graph.stores.fresh import follow_workspace
from graphcli.queries.catalogue import find_query
from graphcli.queries.commands import json_values
from graphcli.queries.run import run_named, run_text
from graphcli.workspace.errors import UsageError
from graphcli.workspace.options import State, StoreAddress
from graphcli.workspace.result import Result


def ask(
    state: State,
    address: StoreAddress,
    name: str | None,
    text: str | None,
    given: dict[str, str],
    *,
    write: bool,
    timeout: float,
    no_build: bool,
) -> Result:
    """Run a named query, or the statement ``text``, on the store at an address.

    Raises
    ------
    UsageError
        The query does not exist, is wrong, or does more than reading without ``write``.
    StoreUnreachableError
        The store does not answer.
    """
    query = find_query(name) if name is not None else None
    if query is not None and write:
        raise UsageError("named queries only read; --write goes with --cypher or --file")
    run_id = ""
    if address.uri is None:
        run_id = follow_workspace(state.folder, no_build=no_build, say=state.say)
    with open_store(address, state.folder, read_only=not write, verbose=state.verbose) as store:
        state.say(f"asking {store.where} ({store.engine})")
        if query is not None:
            result = run_named(store, state.folder, query, given, timeout=timeout)
        else:
            values = json_values(given)
            result = run_text(store, state.folder, text or "", values, write=write, timeout=timeout)
    return replace(result, run_id=run_id)
