"""Lines that name what they hold, ``公司：…``, and the rules between records."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A name before a colon, at the start of a line or after a wide gap; what is longer is a sentence.
_NAME = re.compile(
    r"(?:^\s*|\t\s*|\s*[|｜]\s*|[ \u3000\xa0]{2,})[【\[*·•-]{0,2}\s*"
    r"(?!\d+\s*[、.．)）])([^\s:：,，。;；|｜\"'{}][^:：,，。;；|｜\"'{}\t]{0,19}?)\s*[】\]*]{0,2}\s*[:：](?!//)"
)
RULE = re.compile(
    # Of the clients of MySQL and PostgreSQL: what stands over a record, and under all.
    r"\s*(?:\*{3,}\s*\d{1,7}\. row\s*\*{3,}|-\[ RECORD \d+ \][-+]*|\d+ rows? in set\b.*|\(\d+ rows?\)"
    r"|[-=*_#~+—]{3,}|第\s*\d+\s*[条个页].{0,10}|\[?\d{1,6}\]?[.、]?)\s*"
)
# What psql prints with \x: a rule with the number of the record, and a stroke behind each name.
EXPANDED, _STROKED = "-[ RECORD ", re.compile(r"(\w[\w ]{0,60}?)\s*\| ?(.*)")
# 【招聘岗位】铣工, as notices are posted on WeChat: the brackets stand for the colon.
BRACKETED = "【"
# In round brackets 【急】 is part of a value.
_BRACKETED = re.compile(r"(?<![(（])【\s*([^【】]{1,20}?)\s*】\s*[:：]?")


def form_of(lines: Sequence[str]) -> str:
    """How the lines of a file name what they hold.

    Examples
    --------
    >>> [form_of([first]) for first in ("【招聘岗位】铣工", "【招聘岗位】：铣工", "-[ RECORD 1 ]-----")]
    ['bracketed', 'blocks', 'expanded']
    """
    if lines and lines[0].startswith(EXPANDED):
        return "expanded"
    # Under a title in brackets the postings may be named with colons.
    with_colon = sum(1 for line in lines if _NAME.match(line))
    bracketed = sum(any(value for _, value in pairs_of(line, "bracketed")) for line in lines)
    return "bracketed" if bracketed > with_colon else "blocks"


def pairs_of(line: str, form: str) -> list[tuple[str, str]]:
    """Names and values of a line: one of each, or several with wide gaps between."""
    if form == "expanded":
        stroked = _STROKED.fullmatch(line)
        return [(stroked[1], stroked[2])] if stroked else []
    if form == "bracketed":
        return _parted(line, list(_BRACKETED.finditer(line)))
    return _parted(line, list(_NAME.finditer(line)))


def _parted(line: str, found: Sequence[re.Match[str]]) -> list[tuple[str, str]]:
    """Each name with what stands between it and the next; none where the line begins with something else."""
    if not found or line[: found[0].start()].strip():
        return []
    ends = [*(one.start() for one in found[1:]), len(line)]
    return [(one[1].strip(), line[one.end() : end].strip()) for one, end in zip(found, ends, strict=True)]
