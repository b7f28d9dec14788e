"""Place strings with one lost or wrong character, read only where a single city is left.

A wrong character counts where it sounds like the right one in a name of at least three characters (海定 is
not 海淀, 哈尓滨 is 哈尔滨), or in a name of at least four; shorter ones are too close to other names.
"""

from __future__ import annotations

import re

from graphcli.loaders.resolve.places.tables import Gazetteer, Reading, Token

DAMAGE = re.compile("[\ufffd?□■◇*]")
SHORTEST = 3
UNMISTAKABLE = 4
SUFFIXES = frozenset("省市区县州盟旗")


def repair(segment: str, gazetteer: Gazetteer) -> Token | None:
    """Read a segment that is a name but for one character.

    Returns
    -------
    Token or None
        All readings that are left for a character that is visibly lost (the caller may narrow them by the
        rest of the string); for one that is merely missing or wrong, readings of a single city only.
    """
    marks = DAMAGE.findall(segment)
    if len(marks) > 1:
        return None
    if marks:
        position = segment.index(marks[0])
        spellings = gazetteer.without.get((position, segment[:position] + segment[position + 1 :]), ())
        readings = _readings(spellings, gazetteer)
        return Token(segment, readings, "lost character") if readings else None
    if len(segment) < SHORTEST or len(segment) > gazetteer.longest:
        return None
    spellings = (*_missing(segment, gazetteer), *_nearly_alike(segment, gazetteer))
    readings = _readings(spellings, gazetteer)
    if len({reading.city or reading.province for reading in readings}) != 1:
        return None
    return Token(segment, readings, "one character off")


def _readings(spellings: tuple[str, ...], gazetteer: Gazetteer) -> tuple[Reading, ...]:
    return tuple(sorted({reading for spelling in spellings for reading in gazetteer.chinese[spelling]}))


def _missing(segment: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    return tuple(
        spelling
        for position in range(len(segment) + 1)
        for spelling in gazetteer.without.get((position, segment), ())
    )


def _nearly_alike(segment: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    # A whole name and one character more is a street or a station of that name: 阿拉善路 is not 阿拉善左.
    judged = len(segment) - (segment[:-1] in gazetteer.chinese)
    return tuple(
        spelling
        for position in range(judged)
        for spelling in gazetteer.without.get((position, segment[:position] + segment[position + 1 :]), ())
        if len(spelling) == len(segment)
        and (_unmistakable(spelling, position) or _same_sound(spelling[position], segment[position]))
    )


def _unmistakable(spelling: str, position: int) -> bool:
    """Whether a name of four characters and more stays itself with any other character at a position.

    The last character of a name with a suffix does not count: 石家庄站 is not 石家庄市. New areas do not
    either: 滨江新区 is not 滨海新区.
    """
    if len(spelling) < UNMISTAKABLE:
        return False
    return (spelling.endswith("市") and position < len(spelling) - 1) or spelling[-1] not in SUFFIXES


def _same_sound(first: str, second: str) -> bool:
    from pypinyin import Style, pinyin

    sounds = [set(pinyin(char, style=Style.NORMAL, heteronym=True)[0]) for char in (first, second)]
    return bool(sounds[0] & sounds[1])
