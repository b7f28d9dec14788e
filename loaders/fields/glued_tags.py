"""Tags that stand in one cell without a mark between them, told apart by the words that are known.

``Python Java Hadoop`` are three tags and ``Machine Learning`` is one: only where every piece is a skill of
the taxonomy or something an employer offers is a tag taken apart, and into as few pieces as will do.
"""

from __future__ import annotations

import functools
import re
import unicodedata

import polars as pl

from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy
from graphcli.loaders.fields.vocabulary import load_vocabulary

LONGEST = 120
# A shorter word of Chinese may be a part of a longer term: 数据|建模.
SHORTEST_CHINESE = 4
_SPACED = r"\S(?:\s+|\s*[/·•]\s*)\S"
_GLUED = r"[a-z\d+#][A-Z]|[A-Za-z+#\d][\x{4e00}-\x{9fff}]|[\x{4e00}-\x{9fff}][A-Za-z]|[\x{4e00}-\x{9fff}]{5}"
_MARKS = re.compile(r"(\s*[/·•]\s*|\s+)")
_SLASH = re.compile(r"\s*/\s*")
_CHINESE = re.compile("[\u4e00-\u9fff]")


def separated(tags: pl.Series) -> pl.Series:
    """Take the tags of each list apart that are made of known ones alone.

    Examples
    --------
    >>> separated(pl.Series([["Python Java", "Machine Learning"], ["五险一金带薪年假"]])).to_list()
    [['Python', 'Java', 'Machine Learning'], ['五险一金', '带薪年假']]
    """
    distinct = tags.explode().drop_nulls().unique()
    likely = distinct.filter(
        (distinct.str.len_chars() <= LONGEST)
        & (distinct.str.contains(_SPACED) | distinct.str.contains(_GLUED))
    )
    pieces = {tag: found for tag in likely if len(found := pieces_of(tag)) > 1}
    if not pieces:
        return tags
    holds = pl.DataFrame({"tags": tags}).select(
        pl.col("tags").list.eval(pl.element().is_in(list(pieces))).list.any()
    )
    positions = holds.to_series().arg_true()
    changed = [
        list(dict.fromkeys(piece for tag in some for piece in pieces.get(tag, (tag,))))
        for some in tags.gather(positions).to_list()
    ]
    table = pl.DataFrame({"tags": tags}).with_row_index("at")
    made = pl.DataFrame({"at": positions, "new": pl.Series(changed, dtype=pl.List(pl.String))})
    joined = table.join(made.cast({"at": pl.UInt32}), on="at", how="left", maintain_order="left")
    return joined.select(pl.coalesce("new", "tags").alias(tags.name))[tags.name]


def pieces_of(tag: str) -> list[str]:
    """Give the known tags that one is made of, or the tag itself."""
    if _is_known(tag):
        return [tag]
    parts = _MARKS.split(tag.strip())
    words, marks = parts[::2], parts[1::2]
    if not marks:
        return _glued(tag) or [tag]
    # Longest runs of words first, so that Java Spring Boot is two tags.
    found: list[str] = []
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            run = words[at] + "".join(
                mark + word for mark, word in zip(marks[at : end - 1], words[at + 1 : end], strict=True)
            )
            if _is_known(run):
                found.append(run)
                break
        else:
            whole = _glued(words[at])
            if not whole:
                return [tag]
            found.extend(whole)
            end = at + 1
        at = end
    return found


def _glued(text: str) -> list[str]:
    """Find the fewest known words that a word without marks is made of."""
    best: list[list[str] | None] = [[], *[None] * len(text)]
    starts = [at for at in range(len(text)) if at == 0 or _may_part(text, at)]
    for end in range(1, len(text) + 1):
        if end < len(text) and not _may_part(text, end):
            continue
        for start in starts:
            before = best[start] if start < end else None
            if before is None or not _is_piece(text[start:end]):
                continue
            shortest = best[end]
            if shortest is None or len(before) + 1 < len(shortest):
                best[end] = [*before, text[start:end]]
    return best[-1] or []


def _may_part(text: str, at: int) -> bool:
    """Whether one word may end and another begin here: at a capital, or between the scripts."""
    left, right = text[at - 1], text[at]
    chinese = bool(_CHINESE.match(left)), bool(_CHINESE.match(right))
    return any(chinese) or (right.isupper() and right.isascii())


def _is_piece(word: str) -> bool:
    if word in _perks():
        return True
    if _CHINESE.search(word) and len(word) < SHORTEST_CHINESE:
        return False
    return len(word) > 1 and _folded(word) in _skills()


def _is_known(tag: str) -> bool:
    if _folded(tag) not in _skills():
        return tag in _perks()
    # A skill may be spelled beside others, as in java/go; TCP/IP is one whose halves mean the same.
    halves = [_skills().get(_folded(half)) for half in _SLASH.split(tag)]
    return None in halves or len({*halves}) == 1


def _folded(tag: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", tag).lower().split())


@functools.cache
def _skills() -> dict[str, str]:
    """Give a skill for each spelling that ships with the tool, also for the phrases that are none."""
    return {item.text: item.skill for item in load_taxonomy().spellings}


@functools.cache
def _perks() -> frozenset[str]:
    return frozenset(load_vocabulary().perk_words)
