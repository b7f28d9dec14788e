"""The traditional script written in the simplified one, so that names compare across boards of both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from graphcli.loaders.reference.files import Column, read_csv, shipped


@cache
def simplified() -> Mapping[int, str]:
    """Read how the simplified script writes characters of the traditional one, for ``str.translate``.

    Examples
    --------
    >>> "職務名稱".translate(simplified())
    '职务名称'
    """
    frame = read_csv(
        shipped("graphcli.loaders.reference", "traditional.csv"),
        [
            Column("traditional", required=True, pattern=".", unique=True),
            Column("simplified", required=True, pattern="."),
        ],
    )
    return str.maketrans(dict(frame.select("traditional", "simplified").iter_rows()))
