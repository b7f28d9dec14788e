"""The hand-made labour market, for every test of this folder."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def _load():
    spec = importlib.util.spec_from_file_location("build_hand_made", Path(__file__).with_name("hand_made.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_WORLD = _load()


@pytest.fixture(scope="session")
def world():
    """Functions that make postings, claims, material and facts."""
    return _WORLD
