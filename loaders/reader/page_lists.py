"""Postings that a saved page shows as a list: the same element over and over, with the same parts in each.

Parts are named by the classes of their elements, as those who write pages name what they show: ``job-name``,
``salary``. What they hold must bear out that the list is one of postings, for a page has menus too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphcli.loaders.reader.batches import SHOWN
from graphcli.loaders.reader.json_records import Record, cell_text
from graphcli.loaders.reader.line_cells import OF_A_CARD, kind_of_lines

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

LEAST_ITEMS, LEAST_PARTS = 3, 3
# So many kinds of thing must be told among the parts.
LEAST_TOLD = 3
JUDGED_ITEMS, MOST_LISTS = 40, 30
# What the link of a title leads to.
ADDRESS = "job href"
MAX_DEPTH = 25
_LISTS = "ul, ol, div, section, main, article, form, nav, dl"
_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "select", "button"})
_NO_PAGE = ("javascript:", "mailto:", "tel:", "#")


def list_records(tree: LexborHTMLParser) -> tuple[tuple[Record, str], ...]:
    """Give the postings of the longest list of a page that tells of some; none where there is none."""
    groups = [group for parent in tree.css(_LISTS) for group in _groups(parent)]
    for items in sorted(groups, key=len, reverse=True)[:MOST_LISTS]:
        if max(len(_parts(item)) for item in items[:2]) < LEAST_PARTS:
            continue
        records = [_parts(item) for item in items]
        told = _told(records[:JUDGED_ITEMS])
        if len({*told.values()}) >= LEAST_TOLD and {*told.values()} & OF_A_CARD:
            of_titles = next((f"{name} href" for name, kind in told.items() if kind == "title"), "")
            named = [
                {ADDRESS if name == of_titles else name: text for name, text in record.items()}
                for record in records
            ]
            return tuple((dict(record), " ".join(record.values())[:SHOWN]) for record in named)
    return ()


def _groups(parent: LexborNode) -> Iterator[list[LexborNode]]:
    """Give the children of an element that are alike in tag and class."""
    alike: dict[tuple[str, str], list[LexborNode]] = {}
    for child in parent.iter():
        if child.tag not in _HIDDEN:
            alike.setdefault((child.tag or "", _class(child)), []).append(child)
    yield from (items for items in alike.values() if len(items) >= LEAST_ITEMS)


def _class(node: LexborNode) -> str:
    return ((node.attributes.get("class") or "").split() or [""])[0]


def _parts(item: LexborNode) -> dict[str, str]:
    """Give the texts and addresses of an item by the classes of their elements."""
    found: dict[str, list[str]] = {}
    _collect(item, "", 0, found)
    return {name: cell_text(list(dict.fromkeys(texts))) for name, texts in found.items()}


def _collect(node: LexborNode, name: str, depth: int, found: dict[str, list[str]]) -> None:
    address = (node.attributes.get("href") or "").strip() if node.tag == "a" else ""
    if address and not address.casefold().startswith(_NO_PAGE):
        found.setdefault(f"{name or 'a'} href", []).append(address)
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            text = " ".join((child.text(deep=False) or "").split())
            if text.strip("|/·•,，"):
                found.setdefault(name or node.tag or "", []).append(text)
        elif child.tag not in _HIDDEN and depth < MAX_DEPTH:
            _collect(child, _class(child) or name, depth + 1, found)


def _told(records: list[dict[str, str]]) -> dict[str, str]:
    """Name the kinds of the parts that are of one."""
    names = dict.fromkeys(name for record in records for name in record)
    kinds = {
        name: kind_of_lines([one[name] for one in records if name in one], len(records)) for name in names
    }
    return {name: kind for name, kind in kinds.items() if kind}
