"""One writer at a time: a lock that the system drops when its owner dies, and that names its owner."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from graphcli.workspace.errors import WorkspaceLockedError

POLL_SECONDS = 0.1
# A shorter wait is not worth a word.
QUIET_SECONDS = 2.0


@contextlib.contextmanager
def writer_lock(
    path: Path, purpose: str, wait_seconds: float, say: Callable[[str], None] = lambda message: None
) -> Iterator[None]:
    """Hold the lock file ``path`` while the block runs.

    Parameters
    ----------
    say
        Receives one line where the lock must be waited for.

    Raises
    ------
    WorkspaceLockedError
        Another process still holds it after ``wait_seconds``; the message names that process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with path.open("a+", encoding="utf-8") as handle:
        waiting = False
        while not _try_lock(handle):
            if not waiting and wait_seconds > QUIET_SECONDS:
                say(f"waiting up to {wait_seconds:.0f} s: the workspace is being written by {_owner(path)}")
            waiting = True
            if time.monotonic() >= deadline:
                raise WorkspaceLockedError(
                    f"the workspace is being written by {_owner(path)}; wait for it to end, then try again"
                )
            time.sleep(POLL_SECONDS)
        try:
            handle.seek(0)
            handle.truncate()
            since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
            json.dump({"pid": os.getpid(), "purpose": purpose, "since": since}, handle)
            handle.flush()
            yield
        finally:
            handle.seek(0)
            handle.truncate()
            _unlock(handle)


def _owner(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {int(owner['pid'])} ({owner['purpose']}, since {owner['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    # Windows locks bytes against reading too: a byte far behind the text keeps the owner readable.
    _LOCKED_BYTE = 1 << 20

    def _try_lock(handle: IO[str]) -> bool:
        handle.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: IO[str]) -> None:
        handle.flush()
        handle.seek(_LOCKED_BYTE)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: IO[str]) -> bool:
        try:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(handle: IO[str]) -> None:
        handle.flush()
        fcntl.flock(handle.fileno(), fcntl.LOCK_UN)
