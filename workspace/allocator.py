"""How long freed memory stays with the process.

A load frees and asks for the same few hundred megabytes for every batch. The allocator inside Polars hands
freed pages back to the system after half a second, which then clears them and gives them out again: a tenth
of the CPU of a load. It reads its settings once, when Polars is loaded, from an environment variable.
"""

from __future__ import annotations

import os

# jemalloc, with the prefix that its Rust package gives the variable; other allocators do not read it.
VARIABLE = "_RJEM_MALLOC_CONF"
# https://jemalloc.net/jemalloc.3.html: milliseconds until unused pages are given back, in two steps.
SETTINGS = "dirty_decay_ms:10000,muzzy_decay_ms:10000"


def keep_freed_memory() -> None:
    """Let this process and its children keep freed pages for ten seconds; a setting of the user's stands.

    It has no effect once Polars is loaded.
    """
    os.environ.setdefault(VARIABLE, SETTINGS)
