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


# Rooms whose tests start servers run in one process, so that each server runs once.
TOGETHER = {"queries": "stores", "test_analysis_store.py": "stores"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a room in one process where several run: they share what is dear to make."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        room = item.path.parent.name
        group = TOGETHER.get(item.path.name, TOGETHER.get(room, room))
        item.add_marker(pytest.mark.xdist_group(group))


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
