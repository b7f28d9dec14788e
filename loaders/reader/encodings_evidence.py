"""Which reading of bytes is the right one: right ones consist of characters that Chinese texts are full of.

Text that was once read in a wrong encoding and written again (mojibake) is told, and healed, by the same
evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graphcli.loaders.reference.files import Column, read_csv, shipped

REPLACEMENT = "\ufffd"
LEAST_GAIN = 0.3
ENOUGH = 4
# Scripts whose letters fill a text that is read rightly: codec, first and last letter, least share.
# Of kana a share is enough, as Japanese stands in Chinese characters too. Chinese read as one of the others
# mixes its letters with signs, but only a text of some length shows that.
SCRIPTS = {
    "cp932": ("\u3040", "\u30ff", 0.3),
    "euc_jp": ("\u3040", "\u30ff", 0.3),
    "cp949": ("\uac00", "\ud7a3", 0.9),
    "cp1251": ("\u0410", "\u044f", 0.9),
}
LEAST_OF_A_SCRIPT = 40
# Signs that Western texts hold between plain characters, beside accented letters.
_WESTERN_SIGNS = "£€¥§°·©®™‘’“”–—…•«»¿¡½¼"

# What Windows shows for the bytes 80 to 9F, back to the bytes; the five without a sign stand for themselves.
_CP1252 = {
    ord(bytes([code]).decode("cp1252")): code
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
# What may be bytes read as Latin-1, between marks that no character of GBK, Big5 or UTF-8 holds.
_PIECE = re.compile(f"[ !#-+\\-.-:<-\u00ff{''.join(map(chr, _CP1252))}]+")


@lru_cache(maxsize=1)
def common_characters() -> frozenset[str]:
    """Characters that fill Chinese texts."""
    path = shipped("graphcli.loaders.reader", "common_characters.csv")
    frame = read_csv(path, [Column("script", required=True), Column("characters", required=True)])
    return frozenset("".join(frame["characters"].to_list()))


def common_share(text: str) -> tuple[float, int]:
    """Share of common characters among those that are not ASCII, and the number of those."""
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0, 0
    common = common_characters()
    return sum(letter in common for letter in foreign) / len(foreign), len(foreign)


@dataclass(frozen=True)
class Wrong:
    """A way in which text gets spoilt: written as ``written``, read as ``read``."""

    read: str
    written: str

    @property
    def name(self) -> str:
        """What was healed, for people."""
        return f"{self.read} → {'gbk' if self.written == 'gb18030' else self.written}"

    def undo(self, text: str) -> str:
        """The text as it was.

        Raises
        ------
        UnicodeError
            It was not spoilt in this way, or not all of it. What was read as Latin-1 is healed piece by
            piece: a crawler writes its header in sound characters over cells that its requests spoilt.
        """
        if self.read == "latin-1":
            return _PIECE.sub(self._piece, text)
        return text.encode(self.read).decode(self.written)

    def _piece(self, found: re.Match[str]) -> str:
        piece = found[0]
        # Dashes and quotation marks alone are sound text, whatever their bytes would make.
        if piece.isascii() or not any("\xa0" <= letter <= "\xff" for letter in piece):
            return piece
        try:
            return piece.translate(_CP1252).encode("latin-1").decode(self.written)
        except UnicodeError:
            return piece


WAYS = (
    Wrong("latin-1", "utf-8"),
    Wrong("latin-1", "gb18030"),
    Wrong("gb18030", "utf-8"),
    Wrong("latin-1", "big5hkscs"),
    Wrong("big5hkscs", "utf-8"),
    Wrong("utf-8", "gb18030"),
)


def healing_of(sample: str) -> tuple[Wrong, ...]:
    """The wrongs to undo, last first, that turn a sample into Chinese; empty where it is sound.

    Examples
    --------
    >>> [wrong.name for wrong in healing_of("ÕÐÆ¸Ö°Î»")]
    ['latin-1 → gbk']
    """
    share, count = common_share(sample)
    if count < ENOUGH or share > 1 - LEAST_GAIN:
        return ()
    best: tuple[Wrong, ...] = ()
    best_share = share + LEAST_GAIN
    for steps, text in _readings(sample, 2):
        healed, left = common_share(text)
        if left and healed > best_share:
            best, best_share = steps, healed
    return best


def _readings(text: str, depth: int) -> Iterator[tuple[tuple[Wrong, ...], str]]:
    for wrong in WAYS:
        try:
            healed = wrong.undo(text)
        except UnicodeError:
            continue
        if healed == text:
            continue
        yield (wrong,), healed
        if depth > 1:
            for steps, further in _readings(healed, depth - 1):
                yield (wrong, *steps), further


def heal(text: str, steps: tuple[Wrong, ...]) -> str:
    """Undo wrongs one after the other."""
    for wrong in steps:
        text = wrong.undo(text)
    return text


def likeliest(sample: bytes) -> str:
    """The encoding in which a sample that is not UTF-8 makes sense; empty where none does.

    A sample may be cut inside a character.
    """
    best, best_score = "", -1.0
    for codec in ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "cp1252", *SCRIPTS):
        text = sample.decode(codec, "replace")[:-1]
        score = _sense(text, codec)
        if score > best_score + 0.05:
            best, best_score = codec, score
    return best


def _sense(text: str, codec: str) -> float:
    if not text:
        return 0.0
    lost = text.count(REPLACEMENT)
    share, foreign = common_share(text.replace(REPLACEMENT, ""))
    if codec.startswith("utf-16"):
        # Bytes of other encodings make wild characters of all planes, and hardly a line end.
        ascii_share = sum("\x1f" < letter < "\x7f" or letter in "\r\n\t" for letter in text) / len(text)
        share = share if ascii_share + share * foreign / len(text) > 0.5 else 0.0
    if codec == "cp1252":
        # Western text has single accented letters between plain ones.
        letters = sum(letter.isascii() for letter in text) / len(text)
        lone = _lone_accents(text)
        share = 0.9 if letters > 0.6 and lone > 0.7 else 0.0
    if codec in SCRIPTS:
        share = 1.0 if lost == 0 and _is_in_script(text, codec) else 0.0
    return share - 5.0 * lost / max(1, foreign + lost)


def _is_in_script(text: str, codec: str) -> bool:
    """Whether a text is filled with the letters of the script that a codec is for."""
    first, last, least = SCRIPTS[codec]
    letters = [letter for letter in text if letter > "\x7f" and (least < 0.5 or letter.isalpha())]
    own = sum(first <= letter <= last for letter in letters)
    if least < 0.5:
        return own > least * len(letters)
    # Words begin with a capital and go on without.
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= LEAST_OF_A_SCRIPT and own > least * len(letters) and capitals < 0.4 * len(letters)


def _lone_accents(text: str) -> float:
    accents = [place for place, letter in enumerate(text) if letter > "\x7f"]
    if not accents:
        return 0.0
    around = f" {text} "
    alone = sum(around[place].isascii() and around[place + 2].isascii() for place in accents)
    letters = sum(text[place].isalpha() or text[place] in _WESTERN_SIGNS for place in accents)
    return min(alone, letters) / len(accents)
