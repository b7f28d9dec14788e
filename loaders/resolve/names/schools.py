"""Schools and departments of a university, which are parts of it: 西北工业大学自动化学院."""

from __future__ import annotations

import re
from functools import cache

from graphcli.loaders.reference.files import Column, read_csv, shipped

_ENDS = ("学院", "系")
_UNIVERSITY = "大学"
# An independent college bears a name (紫金学院) or a whole field (商学院), a school one discipline.
_SCHOOL = re.compile(f"(.{{2,16}}?{_UNIVERSITY})(.{{2,16}})")


def without_school(text: str) -> str:
    """Take off a school of a university that a discipline names.

    Examples
    --------
    >>> without_school("西北工业大学自动化学院")
    '西北工业大学'
    >>> without_school("南京理工大学紫金学院")
    '南京理工大学紫金学院'
    """
    if not text.endswith(_ENDS) or _UNIVERSITY not in text:
        return text
    found = _SCHOOL.fullmatch(text)
    return found[1] if found and found[2].startswith(_disciplines()) else text


@cache
def _disciplines() -> tuple[str, ...]:
    words = read_csv(
        shipped("graphcli.loaders.reference", "university_schools.csv"),
        [
            Column("word", required=True, unique=True),
            Column("source", required=True),
            Column("as_of", required=True),
        ],
    )
    return tuple(sorted(words["word"].to_list()))
