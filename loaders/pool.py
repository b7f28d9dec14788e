"""Work in several processes that a person can interrupt: one line on the screen, and nobody left at work."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

# Jobs that wait while every process is at work; each may hold a batch.
AHEAD = 1
THREADS = "POLARS_MAX_THREADS"
Job = TypeVar("Job")
Made = TypeVar("Made")


def in_processes(work: Callable[[Job], Made], jobs: Iterable[Job], workers: int) -> Iterator[Made]:
    """Do jobs in processes of their own and give what they made, in the order of the jobs.

    Jobs are asked for as they are needed, a few ahead of the work, so that they may be as large as batches.

    Parameters
    ----------
    work
        A function at the top of a module: the processes are started anew and import it.
    """
    # Polars' threads do not survive a fork.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    waiting: deque[Future[Made]] = deque()
    try:
        for job in jobs:
            with _deaf_children(), _few_threads(workers):
                waiting.append(pool.submit(work, job))
            while len(waiting) > workers + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    pool.shutdown()


@contextlib.contextmanager
def _few_threads(workers: int) -> Iterator[None]:
    """Let processes that start now share the cores instead of each taking all of them."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = before or str(max(1, (os.cpu_count() or 1) // workers))
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]


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
