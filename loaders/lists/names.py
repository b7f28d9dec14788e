"""Which of the names a list gives an organisation are safe to match on.

Lists mean to find whatever might be the listed body, and add initials, brands and nicknames. A claim is made
only where a whole name agrees, so what many bodies share is left out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphcli.loaders.lists.entries import ALIAS_SEPARATOR

# 北大, 九院 mean several bodies; so do initials (AVIC, CEC), which are single words.
SHORTEST_CHINESE = 3
SHORTEST_LATIN_WORDS = 2
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def is_chinese(text: str) -> bool:
    """Whether a name is written in Chinese characters, wholly or in part."""
    return _CHINESE.search(text) is not None


def is_safe(text: str) -> bool:
    """Whether a name says by itself which body it means.

    Examples
    --------
    >>> [is_safe(text) for text in ("AVIC", "AVIC Shenyang Aircraft", "九院", "海康威视")]
    [False, True, False, True]
    """
    if ALIAS_SEPARATOR in text:
        return False
    if is_chinese(text):
        return len(_CHINESE.findall(text)) >= SHORTEST_CHINESE
    return len(text.split()) >= SHORTEST_LATIN_WORDS


def named(names: Iterable[str], aliases: Iterable[str]) -> dict[str, str | None]:
    """Sort the names of an organisation into the columns ``name_zh``, ``name`` and ``aliases``.

    Parameters
    ----------
    names
        Its names proper; the first of each script is its name.
    aliases
        Its other names; only safe ones are kept.
    """
    proper = [text for text in dict.fromkeys(" ".join(text.split()) for text in names) if text]
    chinese = next((text for text in proper if is_chinese(text)), None)
    latin = next((text for text in proper if not is_chinese(text)), None)
    others = dict.fromkeys(" ".join(text.split()) for text in (*proper, *aliases))
    kept = [text for text in others if text not in {chinese, latin} and is_safe(text)]
    return {"name_zh": chinese, "name": latin, "aliases": ALIAS_SEPARATOR.join(kept) or None}
