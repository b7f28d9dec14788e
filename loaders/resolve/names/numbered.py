"""Bodies that a number names: 中国电科第14研究所, 中电十四所 and 航天科技五院 in one spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBERED = re.compile("第([0-9〇零一二三四五六七八九十百]+)(?=研究所|研究院|设计院|所(?![\u4e00-\u9fff]))")
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
# 中国电科第14研究所, 中电十四所, 航天科技五院: a group, a number and no more.
_NUMERALS = "0-9〇零一二三四五六七八九十百"
_NUMBERED_BODY = re.compile(f"(.+?)(?:有限公司|公司)?第?([{_NUMERALS}]{{1,5}})(研究所|研究院|所|院)")
_BODIES = {"所": "研究所", "院": "研究院"}
_ACADEMY_SHORT, _ACADEMY = "中科院", "中国科学院"
_NO_INSTITUTE = re.compile("(派出|招待|卫生|托儿|研究)所$")


def with_digits(text: str) -> str:
    """Write the number of an institute in digits.

    Examples
    --------
    >>> with_digits("第十四研究所")
    '第14研究所'
    """
    return _NUMBERED.sub(lambda found: f"第{_number(found[1])}", text)


def full_body(text: str, groups: Mapping[str, tuple[str, str]]) -> str:
    """Write a numbered body of a group, and an institute of the Academy of Sciences, in its full form.

    Parameters
    ----------
    groups
        Spelling of a group → its name, and a pattern of the numbers that this spelling is used with.

    Examples
    --------
    >>> full_body("中科院自动化所", {})
    '中国科学院自动化研究所'
    """
    if text.startswith(_ACADEMY_SHORT):
        text = _ACADEMY + text.removeprefix(_ACADEMY_SHORT)
    if text.startswith(_ACADEMY) and text.endswith("所") and not _NO_INSTITUTE.search(text):
        return text.removesuffix("所") + "研究所"
    found = _NUMBERED_BODY.fullmatch(text) if text.endswith(("所", "院")) else None
    group, numbers = groups.get(found[1], ("", "")) if found else ("", "")
    if not found or not group:
        return text
    number = _number(found[2])
    if numbers and not re.fullmatch(numbers, number):
        return text
    return f"{group}第{number}{_BODIES.get(found[3], found[3])}"


def _number(text: str) -> str:
    if text.isdigit():
        return str(int(text))
    if not set(text) & set("十百"):
        return str(int("".join(str(_DIGITS.get(char, char)) for char in text)))
    total, current = 0, 0
    for char in text:
        if char in "十百":
            total += (current or 1) * (10 if char == "十" else 100)
            current = 0
        else:
            current = int(char) if char.isascii() else _DIGITS[char]
    return str(total + current)
