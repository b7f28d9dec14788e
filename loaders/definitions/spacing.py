"""Words of two scripts as typists set them: ``AI算法`` is also written ``AI 算法``.

Many boards and writers put a space between Latin letters and Chinese characters, so a word that holds both
stands in the data files once and is looked for both ways. Texts themselves are left as they are: closing
the gaps in millions of them would cost more than a few hundred more words to look for.
"""

from __future__ import annotations

import re

_SEAM = re.compile(r"(?<=[A-Za-z0-9+#])(?=[一-龥])|(?<=[一-龥])(?=[A-Za-z0-9])")


def spaced(word: str) -> str:
    """Set a space at each seam between the scripts; a word of one script stays as it is."""
    return _SEAM.sub(" ", word)


def both_ways(words: list[str]) -> list[str]:
    """Return the words and, after them, the spaced form of each that has one."""
    known = set(words)
    return words + [other for other in dict.fromkeys(map(spaced, words)) if other not in known]
