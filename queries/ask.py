"""From the command line to a store and back: which store, brought up to date, opened as little as needed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from graphcli.graph.stores.contract import open_store
from graphcli.graph.stores.fresh import follow_workspace
from graphcli.queries.catalogue import find_query
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


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Split ``key=value`` texts.

    Raises
    ------
    UsageError
        One has no ``=``, or a key comes twice.
    """
    found: dict[str, str] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.isidentifier():
            raise UsageError(f"-p {text!r}: write it as key=value")
        if key in found:
            raise UsageError(f"-p {key} is given twice")
        found[key] = value
    return found


def json_values(given: dict[str, str]) -> dict[str, Any]:
    """Read values as JSON where they are JSON, else as text."""
    return {key: _json_value(value) for key, value in given.items()}


def _json_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
