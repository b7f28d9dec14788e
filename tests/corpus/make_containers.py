"""Builds those files of the corpus that are containers, byte for byte the same each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Maker = Callable[[Path], bytes]
MAKERS: dict[str, Maker] = {}
