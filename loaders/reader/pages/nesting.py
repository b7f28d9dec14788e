"""How much work the nesting of a page makes, told before it is parsed.

A parser of HTML walks up the open elements at many a tag, so that a page whose elements are never closed
takes time by the square of its length: a file of 1 MB made for the purpose would keep it busy for minutes.
"""

from __future__ import annotations

import re
from collections import Counter

from graphcli.workspace.errors import DataContractError

# Open elements walked over in all: some five seconds. A page with 100,000 tags of depth 40 comes to a 300th.
MAX_WALK = 1_000_000_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.I)
# Elements that hold nothing, or that the next of their kind closes (HTML Standard, 13.1.2 and 13.1.2.4).
_NEVER_OPEN = frozenset(
    {
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
        ),
        *("wbr", "html", "head", "body", "p", "li", "dt", "dd", "rt", "rp", "optgroup", "option", "colgroup"),
        *("caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
    }
)


def check_nesting(text: str) -> None:
    """Refuse a page whose elements lie too deep in one another.

    Raises
    ------
    DataContractError
        Its elements are left open by the ten thousand.
    """
    if text.count("<") ** 2 / 2 < MAX_WALK:
        return
    open_: Counter[str] = Counter()
    depth = walk = 0
    for tag in _TAG.finditer(text):
        closes, element = tag[1], tag[2].lower()
        walk += depth
        if element in _NEVER_OPEN:
            continue
        if not closes:
            open_[element] += 1
            depth += 1
        elif open_[element]:
            open_[element] -= 1
            depth -= 1
        if walk > MAX_WALK:
            raise DataContractError(
                f"the page leaves {depth:,} elements open inside one another, which no browser would show; "
                "save its postings as CSV or JSON"
            )
