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
_SHORT_FORM = re.compile(r"(?P<name>[^()]+?) ?\((?P<short>[A-Za-z0-9&-]{2,20})\)")


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


def without_short_form(text: str) -> str:
    """Take the body's own short form off that lists put in brackets behind its name.

    What may be a place or a branch stays: it makes another body.

    Examples
    --------
    >>> without_short_form("Aviation Industry Corporation of China Ltd. (AVIC)")
    'Aviation Industry Corporation of China Ltd.'
    >>> without_short_form("Foo Optics Co., Ltd. (Shanghai)")
    'Foo Optics Co., Ltd. (Shanghai)'
    """
    found = _SHORT_FORM.fullmatch(text)
    if found is None:
        return text
    name, short = found["name"], found["short"]
    initials = short.isupper() and not name.isupper()
    return name if initials or short.casefold() in name.casefold().split() else text


def named(names: Iterable[str], aliases: Iterable[str]) -> dict[str, str | None]:
    """Sort the names of an organisation into the columns ``name_zh``, ``name`` and ``aliases``.

    Parameters
    ----------
    names
        Its names proper; the first of each script is its name.
    aliases
        Its other names; only safe ones are kept.
    """
    written = [text for text in dict.fromkeys(" ".join(text.split()) for text in names) if text]
    proper = list(dict.fromkeys(form for text in written for form in (without_short_form(text), text)))
    chinese = next((text for text in proper if is_chinese(text)), None)
    latin = next((text for text in proper if not is_chinese(text)), None)
    others = dict.fromkeys(" ".join(text.split()) for text in (*proper, *aliases))
    kept = [text for text in others if text not in {chinese, latin} and is_safe(text)]
    return {"name_zh": chinese, "name": latin, "aliases": ALIAS_SEPARATOR.join(kept) or None}
