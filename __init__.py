"""graphcli: a graph of employers, regions and sectors, built from job postings.

The public API is two names, imported lazily so that ``import graphcli`` costs nothing::

    from graphcli import open_workspace
    ws = open_workspace("workforce")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphcli.workspace.version import __version__

__all__ = ["Workspace", "__version__", "open_workspace"]

if TYPE_CHECKING:
    from graphcli.api import Workspace, open_workspace


def __getattr__(name: str) -> Any:
    if name in {"Workspace", "open_workspace"}:
        from graphcli import api

        return getattr(api, name)
    raise AttributeError(f"module 'graphcli' has no attribute {name!r}")
