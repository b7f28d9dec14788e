"""Postings that a saved page shows as a list: the same element over and over, with the same parts in each.

Parts are named by the classes of their elements, as those who write pages name what they show: ``job-name``,
``salary``. What they hold must bear out that the list is one of postings, for a page has menus too.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from graphcli.loaders.reader.batches import SHOWN
from graphcli.loaders.reader.cells.lines import OF_A_CARD, kind_of_lines
from graphcli.loaders.reader.json.records import Record, cell_text

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
    """Give the postings of the list of a page that tells most of them; none where there is no such list."""
    best: tuple[int, int] = (0, 0)
    chosen: list[LexborNode] = []
    titles: dict[str, str] = {}
    for items in sorted(_groups(tree), key=len, reverse=True)[:MOST_LISTS]:
        if max(len(_parts(item)) for item in items[:2]) < LEAST_PARTS:
            continue
        told = _told([_parts(item) for item in items[:JUDGED_ITEMS]])
        kinds = {*told.values()}
        # Beside the postings stand the firms that are best known, and what else somebody may like.
        rank = ("title" in kinds) + ("pay" in kinds), len(kinds)
        if len(kinds) >= LEAST_TOLD and rank[0] and kinds & OF_A_CARD and rank > best:
            best, chosen, titles = rank, items, told
    chosen = _whole_cards(chosen)
    records = _with_address([_parts(item) for item in chosen], titles)
    return tuple((dict(record), " ".join(record.values())[:SHOWN]) for record in records)


def _whole_cards(items: list[LexborNode]) -> list[LexborNode]:
    """Give the largest elements that hold one of the items each: a part of a card may tell most of it.

    The employer, if only a brand, often stands beside the part with title and pay.
    """
    for _ in range(MAX_DEPTH):
        above = [node for item in items if (node := item.parent) is not None]
        alike = {(node.tag, _class(node)) for node in above}
        own = {node.mem_id for node in above}
        if len(own) != len(items) or len(alike) != 1 or len(items) < LEAST_ITEMS:
            break
        items = above
    return items


def _with_address(records: list[dict[str, str]], told: dict[str, str]) -> list[dict[str, str]]:
    """Call the address of the titles by a name that says so."""
    of_titles = next((f"{name} href" for name, kind in told.items() if kind == "title"), "")
    return [
        {ADDRESS if name == of_titles else name: text for name, text in record.items()} for record in records
    ]


def _groups(tree: LexborHTMLParser) -> list[list[LexborNode]]:
    """Give the elements of a page that are alike: children of one element, or of several of one class."""
    alike: dict[tuple[str | int, ...], list[LexborNode]] = {}
    for parent in tree.css(_LISTS):
        inside = _class(parent)
        for child in parent.iter():
            own = _class(child)
            if child.tag not in _HIDDEN:
                where = (parent.tag or "", inside) if inside or own else (parent.mem_id,)
                alike.setdefault((*where, child.tag or "", own), []).append(child)
    return [items for items in alike.values() if len(items) >= LEAST_ITEMS]


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
    counted: Counter[str] = Counter()
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            text = " ".join((child.text(deep=False) or "").split())
            if text.strip("|/·•,，"):
                found.setdefault(name or node.tag or "", []).append(text)
        elif child.tag not in _HIDDEN and depth < MAX_DEPTH:
            counted[child.tag or ""] += 1
            # Parts of no class are told by their place.
            placed = f"{child.tag} {counted[child.tag or '']}"
            _collect(child, _class(child) or name or placed, depth + 1, found)


def _told(records: list[dict[str, str]]) -> dict[str, str]:
    """Name the kinds of the parts that are of one."""
    names = dict.fromkeys(name for record in records for name in record)
    kinds = {
        name: kind_of_lines([one[name] for one in records if name in one], len(records)) for name in names
    }
    return {name: kind for name, kind in kinds.items() if kind}
