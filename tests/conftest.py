"""Fixtures that every room's tests share."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

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
# What takes longest is begun first, so that no process is left with it alone at the end.
FIRST = ("stores", "mutations", "corpus", "reading")


def room_of(nodeid: str) -> str:
    """The room of a test, whose tests share what is dear to make."""
    *_, room, file = nodeid.split("::", 1)[0].split("/")
    return TOGETHER.get(file, TOGETHER.get(room, room))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the rooms that take longest first."""
    order = {room: place for place, room in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(room_of(item.nodeid), len(order)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a room in one process where several run."""
    from xdist.scheduler import LoadScopeScheduling

    class RoomScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return room_of(nodeid)

    config.option.loadscopereorder = False
    return RoomScheduling(config, log)


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
