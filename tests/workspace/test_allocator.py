"""The allocator's setting stands before Polars reads it, and a user's own setting stands above it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from graphcli.workspace.allocator import SETTINGS, VARIABLE

# What the command line has loaded and set when it is about to run a command.
LOOK = (
    "import os, sys\n"
    "from graphcli import cli\n"
    "before = 'polars' in sys.modules\n"
    "cli.run(['--version'])\n"
    f"print(before, os.environ[{VARIABLE!r}])\n"
)


@pytest.mark.parametrize(("own", "stands"), [(None, SETTINGS), ("dirty_decay_ms:0", "dirty_decay_ms:0")])
def test_the_setting_is_there_before_polars_is_and_a_users_own_stands(own: str | None, stands: str):
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment |= {VARIABLE: own} if own else {}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == f"False {stands}"
    # The allocator says on stderr what it does not understand.
    assert "jemalloc" not in done.stderr


def test_polars_takes_the_setting_without_complaint():
    environment = {**os.environ, VARIABLE: SETTINGS + ",abort_conf:true"}
    done = subprocess.run(
        [sys.executable, "-c", "import polars as pl; print(pl.Series([1]).sum())"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("1", "")
