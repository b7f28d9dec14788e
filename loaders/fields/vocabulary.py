"""Education, experience, company size and ownership in small vocabularies, openings as a number."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.fields.credit_codes import parse_credit_code
from graphcli.loaders.fields.distinct import map_distinct
from graphcli.loaders.reference.characters import simplified
from graphcli.loaders.reference.files import read_schema, read_yaml, shipped

PACKAGE = "graphcli.loaders.fields"
# Levels of experience by the least number of years that is asked for.
EXPERIENCE_LEVELS = ((1, "under 1 year"), (3, "1-2 years"), (5, "3-4 years"), (10, "5-9 years"))
MOST_EXPERIENCE = "10 years or more"

SIZE_PATTERN = r"(?:少于)?\d+(?:-\d+)?\s*人(?:及?以上|以下)?"
_SIZE = re.compile(
    r"(?:公司规模|规模|人数)?:?(少于|小于|不足|低于|<|(?:less|fewer)than|under)?(超过|大于|多于|>|(?:more|over)than|over)?约?"
    r"(\d+(?:\.\d+)?万?)\+?人?(?:(?:[-~–—至到]|to)(\d+(?:\.\d+)?万?))?(?:人|名|员工)?(及?以上|及?以下|以内|\+|左右)?(?:人|员工)?"
)
_ENGLISH_PEOPLE = re.compile(r"(?:employees|people|staff)$")
_YEARS = re.compile(
    r"(\d{1,2})(?:\.5)?\+?年?(?:(?:-|~|–|—|至|到)(\d{1,2}))?年?(及?以上|以上|\+)?的?(?:相关)?(?:工作)?(?:经验|经历)?(?:及?以上)?"
)
_ENGLISH_YEARS = re.compile(
    r"(?:atleast|minimum|over|morethan)?(\d{1,2})\+?(?:(?:-|–|to)\d{1,2})?\+?(?:years?|yrs?|ans?(?:\(s\))?|jahre?n?|años?|anos?)(?:of)?"
    r"(?:relevant|related|work|working)*(?:experience|exp)?(?:required|ormore)?"
)
_ENGLISH_SHORTER = re.compile(r"(?:lessthan|under|upto)(?:1|a|one)year(?:of)?(?:work)?(?:experience)?")
_NONE_ASKED = re.compile(
    r"no(?:specific)?requirements?(?:for|of|on)(?:relevant|related|prior|previous|working|work)*experience"
)
_BEFORE_YEARS = re.compile(r"^(?:工作|经验|年限|要求|至少|最少|需|具有|有)+:?(?=\d)")
_CHINESE_DIGITS = {
    "一": "1",
    "二": "2",
    "两": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
}
_CHINESE_YEARS = re.compile(r"[一二两三四五六七八九](?=[年至到-])|十(?=年)")
_AROUND_LEVEL = re.compile(
    r"^(?:学历(?:要求)?:?|统招|全日制|最低|要求|至少|仅?限)|(?:学历|学位|文凭)|\([^()]*\)$|(?:及|或|含)?以上.*$|(?:'s)?degree|'s"
    r"|(?:or|and)(?:above|higher)$|优先$|起$"
)
_MONTHS = re.compile(r"(\d{1,3})(?:\.0)?个月(?:以上)?")
_SHORTER = re.compile(r"(\d{1,2})年(?:及?以下|以内)(?:工作)?(?:经验)?")
_COUNT = re.compile(
    r"(?:(?:招聘|需求|招)?(?:人数)?|招收):?(\d{1,6})(?:人|名|个名额|个|位|openings?|positions?|vacanc(?:y|ies))?"
)
_FUNDING = re.compile(
    r"(?:pre-?)?[a-g]\+*轮.*|(?:天使|种子)轮|.*融资.*|战略投资|(?:series[a-g]|seed)(?:round)?"
)
_LEAST_COUNT = re.compile(r"\d{1,6}(?:人|名)?(?:\+|及?以上)")
_BEFORE_COUNT = re.compile(
    r"^(?:急|共|拟|计划|预计|现)(?=招)|^(?:openings?|hires?|vacanc(?:y|ies)|positions?):(?=\d)"
)
_COUNT_RANGE = re.compile(r"(?:(?:招聘|招)?(?:人数)?|招收):?\d{1,4}[-~至到]\d{1,4}[人名个位]?")
_MANY = {
    "若干",
    "若干人",
    "若干名",
    "不限",
    "多人",
    "数名",
    "多名",
    "several",
    "multiple",
    "many",
    "nolimit",
    "无限",
    "人数不限",
    "不限人数",
}
# Simplified texts write these two too, but not where levels, years and owners stand.
_ALSO_SIMPLIFIED = {ord("於"): "于", ord("後"): "后"}
_HIDDEN = {"保密", "不公开", "未公开", "未透露"}
_SILENT = {*_HIDDEN, "", "-", "null", "none", "nan", "无", "其他要求", "不明", "未知"}

Reading = tuple[str | None, str | None]  # value, problem


@functools.cache
def simplified_levels() -> Mapping[int, str]:
    """Give the simplified characters for cells of levels, years and owners, for ``str.translate``."""
    return {**simplified(), **_ALSO_SIMPLIFIED}


@dataclass(frozen=True)
class Vocabulary:
    """The words of the boards and the values they mean."""

    education: Mapping[str, str]
    experience: Mapping[str, str]
    ownership: Mapping[str, str]
    perks: str
    perk_words: tuple[str, ...]
    languages: str
    empty: tuple[str, ...]
    no_employers: Mapping[str, str]


@functools.cache
def load_vocabulary() -> Vocabulary:
    """Read the vocabulary file that ships with the tool."""
    schema = read_schema(PACKAGE, "vocabulary.schema.json")
    content = read_yaml(shipped(PACKAGE, "vocabulary.yaml"), schema)
    return Vocabulary(
        _inverted(content["education"]),
        _inverted(content["experience_words"]),
        _inverted(content["ownership"]),
        "^(?:" + "|".join(content["perks"]) + ")$",
        tuple(content["perk_words"]),
        "^(?:" + content["languages"] + ")$",
        tuple(content["empty"]),
        dict(content["no_employers"]),
    )


def _inverted(words: Mapping[str, list[str]]) -> dict[str, str]:
    return {fold(word): value for value, group in words.items() for word in group}


def fold(text: str) -> str:
    """Fold width, case and the two scripts, and drop white space."""
    folded = "".join(unicodedata.normalize("NFKC", text[:100]).casefold().split())
    folded = re.sub("[\u200b\ufeff\xad]", "", folded)
    return folded.translate(simplified_levels())


def parse_education(text: str) -> Reading:
    """Read the level of education asked for.

    Examples
    --------
    >>> parse_education("本科及以上")
    ('bachelor', None)
    """
    cell = fold(text)
    if cell in _SILENT:
        return None, None
    value = _level_of_education(cell)
    return value, None if value else "no level of education that is known"


def _level_of_education(cell: str) -> str | None:
    """Look a level up; of several, as 本科/硕士, the lowest is the one that is asked for."""
    levels = load_vocabulary().education
    cell = cell.replace("_", "")
    bare = _AROUND_LEVEL.sub("", _AROUND_LEVEL.sub("", cell))
    known = levels.get(cell) or levels.get(bare)
    if known:
        return known
    order = list(dict.fromkeys(levels.values()))
    parts = [levels.get(_AROUND_LEVEL.sub("", part)) for part in re.split(r"[/、,|或]", bare)]
    found = [part for part in parts if part is not None]
    return min(found, key=order.index) if found and len(found) == len(parts) else None


def parse_experience(text: str) -> Reading:
    """Read the experience asked for, as a level by its least number of years.

    Examples
    --------
    >>> parse_experience("3-5年"), parse_experience("无需经验")
    (('3-4 years', None), ('none', None))
    """
    cell = fold(text)
    if cell in _SILENT:
        return None, None
    words = load_vocabulary().experience
    # The unit of a header stands behind words too: 不限年.
    value = words.get(cell) or words.get(cell.removeprefix("经验")) or words.get(cell.removesuffix("年"))
    if not value and _NONE_ASKED.fullmatch(cell):
        value = "any"
    if value:
        return value, None
    cell = _CHINESE_YEARS.sub(lambda digit: _CHINESE_DIGITS.get(digit.group(), "10"), cell)
    cell = _BEFORE_YEARS.sub("", cell)
    english = _ENGLISH_YEARS.fullmatch(cell)
    if english:
        return _level(int(english.group(1))), None
    if _SHORTER.fullmatch(cell) or _ENGLISH_SHORTER.fullmatch(cell):
        return EXPERIENCE_LEVELS[0][1], None
    months = _MONTHS.fullmatch(cell)
    if months:
        return _level(int(months.group(1)) // 12), None
    found = _YEARS.fullmatch(cell)
    if not found or ("年" not in cell and "经验" not in cell):
        return None, "cannot be read as experience"
    return _level(int(found.group(1))), None


def _level(years: int) -> str:
    return next((level for below, level in EXPERIENCE_LEVELS if years < below), MOST_EXPERIENCE)


def parse_company_size(text: str) -> Reading:
    """Read the number of employees as ``low-high``, ``low+`` or ``<high``.

    Examples
    --------
    >>> parse_company_size("10000人以上"), parse_company_size("少于15人")
    (('10000+', None), ('<15', None))
    """
    cell = fold(text)
    if cell in _SILENT:
        return None, None
    cell = _ENGLISH_PEOPLE.sub("", re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", cell))
    cell = re.sub("^(?=万人)", "1", cell)
    found = _SIZE.fullmatch(cell)
    if not found:
        return None, "cannot be read as a number of employees"
    under, over, low, high, side = found.groups()
    if high and high.endswith("万") and not low.endswith("万"):
        low += "万"
    low, high = (
        str(round(float(one[:-1]) * 10_000)) if one and one.endswith("万") else one for one in (low, high)
    )
    side = side or ("+" if over or "+" in cell else None)
    if high:
        return f"{low}-{high}", None
    if under or (side and side[-1] in "下内"):
        return f"<{low}", None
    return (f"{low}+" if side else low), None


def parse_ownership(text: str) -> Reading:
    """Read what kind of owner the employer has.

    Examples
    --------
    >>> parse_ownership("外资（欧美）")
    ('foreign', None)
    """
    cell = fold(text)
    if cell in _SILENT:
        return None, None
    value = load_vocabulary().ownership.get(cell)
    if _FUNDING.fullmatch(cell):
        return None, "a stage of funding, not a kind of ownership"
    return value, None if value else "no kind of ownership that is known"


def parse_openings(text: str) -> tuple[int | None, str | None]:
    """Read the number of people sought; ``若干人`` (several) names none.

    Examples
    --------
    >>> parse_openings("招10人"), parse_openings("若干人")
    ((10, None), (None, None))
    """
    cell = fold(text)
    if cell in _SILENT or cell in _MANY:
        return None, None
    if cell.startswith("招") and cell[1:] in _MANY:
        return None, None
    cell = _BEFORE_COUNT.sub("", cell)
    cell = re.sub(r"[一二两三四五六七八九](?=[人名个位])", lambda digit: _CHINESE_DIGITS[digit.group()], cell)
    cell = re.sub(r"(?<![\d一二三四五六七八九十百])十(?=[人名个位])", "10", cell)
    if _LEAST_COUNT.fullmatch(cell):
        return None, "a least number of openings, not one number"
    if _COUNT_RANGE.fullmatch(cell):
        return None, "a range of openings, not one number"
    found = _COUNT.fullmatch(cell.removesuffix(".0"))
    if not found or int(found.group(1)) == 0:
        return None, "cannot be read as a number of openings"
    return int(found.group(1)), None


PARSERS: Mapping[str, tuple[Callable[[str], tuple[object, str | None]], type[pl.DataType]]] = {
    "education": (parse_education, pl.String),
    "experience": (parse_experience, pl.String),
    "company_size": (parse_company_size, pl.String),
    "ownership": (parse_ownership, pl.String),
    "openings": (parse_openings, pl.Int64),
    "credit_code": (parse_credit_code, pl.String),
}


def read_words(cells: pl.Series, field: str) -> pl.DataFrame:
    """Read a column of one of the ``PARSERS`` to ``field`` and ``problem``."""
    parse, dtype = PARSERS[field]
    return map_distinct(cells, parse, {field: dtype, "problem": pl.String})
