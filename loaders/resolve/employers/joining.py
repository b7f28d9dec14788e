"""Joining names link by link, so that no chain of links ever joins two that must stay apart.

One wrong link between two groups would make one employer of all their names. Links are therefore followed
from the strongest to the weakest, and one that would bring a forbidden pair together is refused and kept
for the reader. The order is that of strength and name, so the outcome does not depend on row order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# A person's decision comes before every rule.
JUDGED = "judged"


@dataclass(frozen=True)
class Link:
    """A reason to take two names for one employer; of two links the stronger is followed first."""

    a: str
    b: str
    strength: float
    method: str


@dataclass(frozen=True)
class Joined:
    """Groups of names.

    Attributes
    ----------
    members
        Name → all names of its group, sorted, its own among them.
    methods
        Name → method of the strongest link that was followed from it.
    refused
        The links that were not followed, in the order in which they came up.
    """

    members: Mapping[str, tuple[str, ...]]
    methods: Mapping[str, str]
    refused: tuple[Link, ...]


def join(
    links: Iterable[Link], apart: Iterable[tuple[str, str]] = (), codes: Mapping[str, str] | None = None
) -> Joined:
    """Group names along links.

    Parameters
    ----------
    links
        Their ends are the names; a name that only stands in ``apart`` or ``codes`` is a group of its own.
    apart
        Pairs of names that no chain of links may join.
    codes
        Name → identity code. Groups of different codes are not joined unless a person judged so.

    Examples
    --------
    >>> links = [Link("a", "b", 1.0, "judged"), Link("b", "c", 0.9, "alias")]
    >>> join(links, [("a", "c")]).members["a"]
    ('a', 'b')
    """
    ordered = sorted(set(links), key=lambda link: (-link.strength, link.a, link.b, link.method))
    enemies: dict[str, set[str]] = defaultdict(set)
    for first, second in apart:
        enemies[first].add(second)
        enemies[second].add(first)
    known = dict(codes or {})
    names = {*enemies, *known, *(name for link in ordered for name in (link.a, link.b))}
    group = {name: {name} for name in names}
    methods: dict[str, str] = {}
    refused = []
    for link in ordered:
        small, large = sorted((group[link.a], group[link.b]), key=len)
        if small is not large and _forbidden(link, small, large, enemies, known):
            refused.append(link)
            continue
        methods.setdefault(link.a, link.method)
        methods.setdefault(link.b, link.method)
        if small is not large:
            large |= small
            group.update(dict.fromkeys(small, large))
    ranked = {id(held): tuple(sorted(held)) for held in group.values()}
    return Joined({name: ranked[id(group[name])] for name in sorted(group)}, methods, tuple(refused))


def _forbidden(
    link: Link, small: set[str], large: set[str], enemies: Mapping[str, set[str]], codes: Mapping[str, str]
) -> bool:
    if any(name in enemies and not large.isdisjoint(enemies[name]) for name in small):
        return True
    if link.method == JUDGED or not codes:
        return False
    here, there = ({codes[name] for name in held if name in codes} for held in (small, large))
    return bool(here and there and here.isdisjoint(there))
