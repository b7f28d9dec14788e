"""How much work the nesting of a page makes, told before it is parsed.

A parser of HTML walks up the open elements at many a tag, so that a page whose elements are never closed
takes time by the square of its length: a file of 1 MB made for the purpose would keep it busy for minutes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from graphcli.workspace.errors import DataContractError

# Open elements walked over in all: some five seconds. A page with 100,000 tags of depth 40 comes to a 300th.
MAX_WALK = 1_000_000_000
_TAG = re.compile(r"<(?:(!--)|(/?)([a-z][a-z0-9-]*))", re.I)
# Elements that hold nothing, or that the next of their kind closes (HTML Standard, 13.1.2 and 13.1.2.4).
_NEVER_OPEN = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"),
        *("wbr", "html", "head", "body", "p", "li", "dt", "dd", "rt", "rp", "optgroup", "option", "colgroup"),
        *("caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
    }
)
# What stands in them is text to the parser, until they end.
_TEXT_ONLY = frozenset({"script", "style", "textarea", "xmp"})
# Shapes of an icon end in themselves: <path/>. Any other element ends the icon (HTML Standard, 13.2.6.5).
_DRAWING = frozenset({"svg", "math"})
_SHAPES = frozenset(
    {
        *("path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "use", "stop", "image", "g"),
        *("defs", "symbol", "lineargradient", "radialgradient", "clippath", "mask", "filter", "animate"),
        *("title", "desc", "tspan", "text", "style"),
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
    for closes, element in _tags(text):
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


def _tags(text: str) -> Iterator[tuple[bool, str]]:
    """Tags of a page, whether each closes and what; without those in scripts, styles and comments."""
    drawing = False
    at = 0
    while tag := _TAG.search(text, at):
        at = tag.end()
        if tag[1]:
            end = text.find("-->", at)
            at = len(text) if end < 0 else end
            continue
        closes, element = bool(tag[2]), tag[3].lower()
        if element in _DRAWING:
            drawing = not closes
        elif element not in _SHAPES and not closes:
            drawing = False
        if drawing and element in _SHAPES and not closes:
            end = text.find(">", at)
            if end > 0 and text[end - 1] == "/":
                continue
        yield closes, element
        if element in _TEXT_ONLY and not closes and not drawing:
            closing = re.compile(f"</{element}", re.I).search(text, at)
            at = closing.start() if closing else len(text)
