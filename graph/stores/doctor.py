"""What works on this machine, and what to do about what does not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Callable

import polars as pl

from graphcli.graph.stores.contract import open_store
from graphcli.graph.stores.engine import engine_version, start_engine
from graphcli.graph.stores.reading import scopes
from graphcli.workspace.errors import GraphcliError, MissingPartError, StoreUnreachableError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress
from graphcli.workspace.result import Result
from graphcli.workspace.version import __version__

PACKAGES = ("polars", "networkx", "scipy", "neo4j", "pyvis")
# The container image of Neo4j refuses shorter ones, and says so only in its own log.
LEAST_PASSWORD = 8
POLL_SECONDS = 1.0

Say = Callable[[str], None]
Line = tuple[str, str, str, str]


def doctor(
    folder: WorkspaceFolder,
    address: StoreAddress,
    *,
    wait: float = 0.0,
    say: Say = lambda message: None,
) -> Result:
    """Check the installation, the workspace and the store.

    Parameters
    ----------
    wait
        Seconds to wait for a store that does not answer yet.

    Returns
    -------
    Result
        Columns item, status (ok, missing, note), value, advice.

    Raises
    ------
    StoreUnreachableError
        The store that ``address`` names does not answer within ``wait``.
    """
    lines = [*_installation(), _engine(), *_workspace(folder), *_settings(address)]
    lines.append(_store(folder, address, wait, say))
    columns = dict.fromkeys(("item", "status", "value", "advice"), pl.String)
    frame = pl.DataFrame(lines, schema=columns, orient="row")
    return Result("doctor", frame, {"uri": address.uri, "wait": wait}, hidden=())


def _installation() -> list[Line]:
    lines: list[Line] = [
        ("graphcli", "ok", __version__, ""),
        ("python", "ok", platform.python_version(), ""),
        ("platform", "ok", f"{sys.platform} {platform.machine()}", ""),
    ]
    for name in PACKAGES:
        try:
            lines.append((name, "ok", importlib.metadata.version(name), ""))
        except importlib.metadata.PackageNotFoundError:
            lines.append((name, "missing", "", f"pip install {name}"))
    return lines


def _engine() -> Line:
    try:
        start_engine()
    except MissingPartError as error:
        return ("embedded engine", "missing", "", str(error))
    return ("embedded engine", "ok", f"ArcadeDB {engine_version()}", "")


def _workspace(folder: WorkspaceFolder) -> list[Line]:
    if not folder.exists():
        return [("workspace", "note", str(folder.root), "nothing is loaded yet: graphcli load FILE")]
    entries = folder.manifest().entries
    rows = sum(entry.rows for name, entry in entries.items() if name.startswith("postings/"))
    return [("workspace", "ok", f"{folder.root}: {rows:,} posting rows", "")]


def _settings(address: StoreAddress) -> list[Line]:
    lines: list[Line] = []
    if address.uri is not None and address.password is None:
        lines.append(("password", "note", "none given", "set NEO4J_PASSWORD or give --password-stdin"))
    elif address.password is not None and len(address.password) < LEAST_PASSWORD:
        advice = f"Neo4j refuses new passwords under {LEAST_PASSWORD} characters"
        lines.append(("password", "note", "short", advice))
    if os.environ.get("NEO4J_URI") and os.environ.get("NEO4J_AUTH"):
        advice = (
            "if the server runs with this environment, take NEO4J_URI out of it: it reads it as a setting"
        )
        lines.append(("NEO4J_URI", "note", "set beside NEO4J_AUTH", advice))
    return lines


def _store(folder: WorkspaceFolder, address: StoreAddress, wait: float, say: Say) -> Line:
    deadline = time.monotonic() + wait
    while True:
        try:
            with open_store(address, folder, read_only=True) as store:
                found = scopes(store)
                graphs = f"holds {len(found)} graph(s)" if found else "holds no graph yet"
                advice = "" if found else "graphcli push brings the graph in"
                return ("store", "ok", f"{store.where} ({store.engine}) {graphs}", advice)
        except StoreUnreachableError as error:
            left = deadline - time.monotonic()
            if left <= 0 or "NEO4J_PASSWORD" in str(error):
                raise
            say(f"waiting up to {left:.0f} s more for the store")
            time.sleep(min(POLL_SECONDS, left))
        except GraphcliError as error:
            # The embedded store is only looked at: that it is missing here must not fail the check.
            if address.uri is not None:
                raise
            return ("store", "missing", "embedded", str(error))
