"""Work in several processes that a person can interrupt: one line on the screen, and nobody left at work."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Job = TypeVar("Job")
Made = TypeVar("Made")


def in_processes(work: Callable[[Job], Made], jobs: Sequence[Job], workers: int) -> Iterator[Made]:
    """Do jobs in processes of their own and give what they made, in the order of the jobs.

    Parameters
    ----------
    work
        A function at the top of a module: the processes are started anew and import it.
    """
    # Polars' threads do not survive a fork.
    pool = ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn"))
    try:
        with _deaf_children():
            made = pool.map(work, jobs)
        yield from made
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    pool.shutdown()


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes that start now ignore Ctrl-C, which reaches them all: their owner ends them."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:
        # Only the main thread may say what a signal does.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
