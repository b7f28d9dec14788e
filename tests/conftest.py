"""Fixtures that every room's tests share."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import settings

from graphcli.workspace.folder import WorkspaceFolder

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
# A busy machine is no failure: speed is measured in benchmarks, never asserted here.
settings.register_profile("graphcli", deadline=None)
settings.load_profile("graphcli")


def skip_unless_required(reason: str) -> None:
    """Skip with a reason; where GRAPHCLI_REQUIRE_ALL is set (continuous integration), fail instead."""
    if os.environ.get("GRAPHCLI_REQUIRE_ALL"):
        pytest.fail(f"not skipped because GRAPHCLI_REQUIRE_ALL is set: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def require():
    """Give tests the one way to skip for something that the machine lacks."""
    return skip_unless_required


@pytest.fixture(scope="session")
def engine(require) -> None:
    """Skip where the embedded engine has no wheel."""
    if importlib.util.find_spec("arcadedb_embedded") is None:
        require("the embedded engine is not installed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real postings and lists that lie beside some checkouts; tests that need them skip elsewhere."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real sample data is not beside this checkout")
    return SHARED_DATA


@pytest.fixture
def folder(tmp_path: Path) -> WorkspaceFolder:
    """An empty workspace."""
    return WorkspaceFolder(tmp_path / "workforce")
