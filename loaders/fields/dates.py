"""Dates as the boards write them; a day that needs the day of the crawl is read only where that is known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from graphcli.loaders.fields.distinct import map_distinct

EARLIEST, LATEST = date(1995, 1, 1), date(2100, 1, 1)
# A crawl may end after midnight, so a year-less day up to this much later is still this year's.
GRACE = timedelta(days=2)

_FULL = re.compile(r"(?<!\d)(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})(?!\d)日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_SLASHED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:\s.*)?")
# The same for a whole column, in a language of patterns that knows no reference back.
_YEAR_LAST = r"^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}(?:\s|$)"
_YEARLESS = re.compile(
    r"(?:发布于|更新于|发布:|更新:)?(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:发布|更新)?(?:\d{1,2}:\d{2})?(?:发布|更新)?"
)
_AGO = re.compile(
    r"(\d{1,3})(天|日|周|小时|分钟|秒|days?|d|hours?|hrs?|h|weeks?|wks?|w|minutes?|mins?)(?:以?前|ago)(?:发布|更新)?"
)
_YEARLESS_NAMED = re.compile(
    r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?"
)
# 民國 counts the years since 1911; a year of three digits is of this count and of no other.
_REPUBLIC = re.compile(
    r"(?:中[华華])?民[国國](\d{1,3})(?=年)|^(1[0-2]\d)(?=(?:[-/.]|年)\d{1,2}(?:[-/.]|月)\d{1,2}(?!\d))"
)
_CHINESE_NUMBER = re.compile(r"[〇○零一二两三四五六七八九十]{1,4}(?=[年月日号天周个小分])")
_CHINESE_DIGITS = {
    **dict(zip("〇○零", (0, 0, 0), strict=True)),
    **{digit: at for at, digit in enumerate("一二三四五六七八九", 1)},
    "两": 2,
}
_OTHER_DAY = re.compile(r"截止|截至|有效期|到期|deadline|clos(?:es|ing)|expir|活跃|在线|^(?:employer)?active")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d{1,9})?")
# Days of a spreadsheet since 1899-12-30, between the years 2000 and 2050.
_SERIAL = re.compile(r"(3[6-9]\d{3}|4\d{4}|5[0-4]\d{3})(?:\.\d+)?")
_SERIAL_START = date(1899, 12, 30)
_NAMES = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_NAMED = re.compile(
    r"(?:[a-z]{3,9},? )?(?:(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?"
    r"|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,?)"
    r"[ -](\d{4})(?:,? .*)?"
)
_MONTH_ONLY = re.compile(r"\d{4}[-/.年]\d{1,2}月?|[a-z]{3,9}\.?,?\d{4}")
_LABEL = re.compile(
    r"^(?:(?:发布|更新|刷新|发表)(?:时间|日期)?(?:于|在)?|(?:posted|updated|published)(?: ?(?:on|at))?):?\s*"
)
# More than, within, half: a stretch of time that names no day.
_VAGUE = re.compile(
    r"\d{1,3}\+(?:天|日|周|个?月|days?|d|weeks?|w|months?|mos?)(?:以?前|ago)|(?:\d{1,3}|[一二两三半])?个?(?:天|日|周|月|年|星期)(?:之?内|以内)"
    r"|半个?[月年]前|最近(?:\d个?[天周月])?|近\d?个?[天周月]|[本上]个?[周月]|(?:\d{1,3}|an?)(?:months?|mos?)ago|\d{1,3}个?月以?前"
    r"|\d{1,3}(?:天|日|周|个月)以上|(?:last|this|past)(?:week|month)"
)
VAGUE = "names no day"
OTHER_DAY = "names another day than that of the posting"
_RELATIVE = {
    "今天": 0,
    "今日": 0,
    "刚刚": 0,
    "刚才": 0,
    "today": 0,
    "昨天": 1,
    "昨日": 1,
    "yesterday": 1,
    "justnow": 0,
    "justposted": 0,
    "前天": 2,
    "大前天": 3,
}
_SILENT = {"", "-", "null", "none", "nan", "无", "暂无", "不限", "长期有效", "长期"}
_AGO_DAYS = {
    **dict.fromkeys(("天", "日", "day", "days", "d"), 1),
    **dict.fromkeys(("周", "week", "weeks", "wk", "wks", "w"), 7),
}

MONTH_ONLY = "names a month, not a day"
NEEDS_CRAWL = "needs the day of the crawl; give it with --crawled-on"


AMBIGUOUS = "day and month cannot be told apart"


def parse_date(
    text: str, crawled_on: date | None = None, day_first: bool | None = None
) -> tuple[date | None, str]:
    """Read one date cell.

    Parameters
    ----------
    day_first
        What 03/04/2024 means where the column shows it; nothing is guessed without.

    Returns
    -------
    date or None
        The day; a time of day is dropped.
    str
        What was wrong, empty where nothing was.

    Examples
    --------
    >>> parse_date("2026-01-11 08:41:20")
    (datetime.date(2026, 1, 11), '')
    >>> parse_date("09-13发布", date(2019, 9, 20))
    (datetime.date(2019, 9, 13), '')
    >>> parse_date("09-13发布")
    (None, 'needs the day of the crawl; give it with --crawled-on')
    """
    cell = unicodedata.normalize("NFKC", text[:100]).strip().lower()
    cell = _LABEL.sub("", _in_digits(cell))
    packed = "".join(cell.split())
    if packed in _SILENT:
        return None, ""
    if _OTHER_DAY.search(packed):
        return None, OTHER_DAY
    for pattern in (_FULL, _COMPACT):
        found = pattern.search(cell) if pattern is _FULL else pattern.fullmatch(packed)
        if found:
            year, month, day = (int(part) for part in found.groups())
            return _checked(year, month, day)
    if _EPOCH.fullmatch(packed):
        seconds = int(packed.split(".")[0][:10])
        moment = datetime.fromtimestamp(seconds, UTC).date()
        return _checked(moment.year, moment.month, moment.day)
    serial = _SERIAL.fullmatch(packed)
    if serial:
        return _SERIAL_START + timedelta(days=int(serial.group(1))), ""
    found = _SLASHED.fullmatch(cell)
    if found:
        # With dots the day comes first wherever dates are written so.
        day_first = True if found.group(2) == "." else day_first
        return _slashed(int(found.group(1)), int(found.group(3)), int(found.group(4)), day_first)
    named = _NAMED.fullmatch(" ".join(cell.split()))
    if named:
        return _named(*named.groups())
    if _MONTH_ONLY.fullmatch(packed):
        return None, MONTH_ONLY
    if _VAGUE.fullmatch(re.sub(r"(发布|更新)$", "", packed)):
        return None, VAGUE
    return _relative(_yearless(" ".join(cell.split())) or packed, crawled_on)


def _in_digits(cell: str) -> str:
    """Write 二〇二三年三月 and 民國112年3月 as 2023年3月, 112/03/01 as 2023/03/01."""
    cell = _CHINESE_NUMBER.sub(lambda found: str(_number(found.group())), cell)
    return _REPUBLIC.sub(lambda found: str(int(found.group(1) or found.group(2)) + 1911), cell)


def _number(text: str) -> str:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return "".join(str(_CHINESE_DIGITS[digit]) for digit in text)
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return text
    return str(10 * _CHINESE_DIGITS.get(tens, 1) + _CHINESE_DIGITS.get(ones, 0))


def _yearless(cell: str) -> str | None:
    """Write Mar 01 as 3-1."""
    found = _YEARLESS_NAMED.fullmatch(cell)
    name, day, first_day, second_name = found.groups() if found else (None,) * 4
    month = _NAMES.get((name or second_name or "")[:3])
    return f"{month}-{day or first_day}" if month else None


def _named(
    day_first: str | None, name: str | None, name_first: str | None, day: str | None, year: str
) -> tuple[date | None, str]:
    month = _NAMES.get((name or name_first or "")[:3])
    if month is None:
        return None, "cannot be read as a date"
    return _checked(int(year), month, int(day_first or day or 0))


def _slashed(first: int, second: int, year: int, day_first: bool | None) -> tuple[date | None, str]:
    if first <= 12 and second <= 12 and first != second and day_first is None:
        return None, AMBIGUOUS
    month, day = (second, first) if first > 12 or (day_first and second <= 12) else (first, second)
    return _checked(year, month, day)


def _relative(cell: str, crawled_on: date | None) -> tuple[date | None, str]:
    # A time alone, as lists of the day show it, is today's.
    cell = re.sub(r"^\d{1,2}:\d{2}(?=发布|更新)", "今天", cell)
    word = re.sub(r"(发布|更新)$", "", re.sub(r"\d{1,2}:\d{2}(:\d{2})?", "", cell))
    ago = _AGO.fullmatch(re.sub(r"^an?(?=[a-z]{3,}ago)", "1", cell))
    yearless = _YEARLESS.fullmatch(cell)
    if word not in _RELATIVE and not ago and not yearless:
        return None, "cannot be read as a date"
    if crawled_on is None:
        return None, NEEDS_CRAWL
    if word in _RELATIVE:
        return crawled_on - timedelta(days=_RELATIVE[word]), ""
    if ago:
        number, unit = int(ago.group(1)), ago.group(2)
        return crawled_on - timedelta(days=number * _AGO_DAYS.get(unit, 0)), ""
    assert yearless is not None
    month, day = (int(part) for part in yearless.groups())
    for year in (
        crawled_on.year,
        crawled_on.year - 1,
        crawled_on.year - 2,
        crawled_on.year - 3,
        crawled_on.year - 4,
    ):
        posted, problem = _checked(year, month, day)
        if posted is not None and posted <= crawled_on + GRACE:
            return posted, ""
    return None, problem or "cannot be read as a date"


def _checked(year: int, month: int, day: int) -> tuple[date | None, str]:
    try:
        found = date(year, month, day)
    except ValueError:
        return None, "there is no such day"
    if not EARLIEST <= found < LATEST:
        return None, f"a posting of the year {year} is not plausible"
    return found, ""


@dataclass(frozen=True)
class DaysSeen:
    """What the dates of a column that end in the year tell about their order.

    Attributes
    ----------
    any
        There is such a date.
    first, second
        A number above 12, which is no month, stands first, or second.
    """

    any: bool = False
    first: bool = False
    second: bool = False

    def __or__(self, other: DaysSeen) -> DaysSeen:
        """Take both together."""
        return DaysSeen(self.any | other.any, self.first | other.first, self.second | other.second)

    @property
    def day_first(self) -> bool | None:
        """Whether days come before months; ``None`` where nothing tells or they contradict each other."""
        return None if self.first == self.second else self.first


def days_seen(cells: pl.Series) -> DaysSeen:
    """Look through the dates of a column, or of a part of it."""
    first, second = (pl.col("cell").str.extract(_YEAR_LAST, at).cast(pl.Int64) for at in (1, 2))
    row = cells.to_frame("cell").select(
        any=first.is_not_null().any(), first=(first > 12).any(), second=(second > 12).any()
    )
    return DaysSeen(*map(bool, row.row(0)))


def read_dates(
    cells: pl.Series, crawled_on: date | None = None, seen: DaysSeen | None = None
) -> pl.DataFrame:
    """Read a date column to ``posted_on`` and ``problem``; a day after the crawl is kept and flagged.

    What says when, but names no day by itself, is no error of the file: it is kept as it was written. Whether
    03/04/2024 is of March or April is told by the other cells: one day above 12 shows where the days stand.

    Parameters
    ----------
    seen
        What the whole column tells of that, where ``cells`` are only a part of it.
    """
    day_first = (seen or days_seen(cells)).day_first

    def parse(text: str) -> tuple[date | None, str | None, str | None]:
        found, problem = parse_date(text, crawled_on, day_first)
        if found is not None and crawled_on is not None and found > crawled_on + GRACE:
            return found, f"later than the day of the crawl, {crawled_on.isoformat()}", "kept"
        action = "kept" if problem in {NEEDS_CRAWL, VAGUE, MONTH_ONLY, AMBIGUOUS} else "blanked"
        return found, problem or None, action if problem else None

    schema = {"posted_on": pl.Date, "problem": pl.String, "action": pl.String}
    return map_distinct(cells, parse, schema)


def read_dates_of_crawls(
    cells: pl.Series, crawls: pl.Series, crawled_on: date | None = None, seen: DaysSeen | None = None
) -> pl.DataFrame:
    """Read a date column as ``read_dates`` does, where each row was crawled on a day of its own.

    Parameters
    ----------
    crawls
        Day of the crawl by row; ``crawled_on`` counts where it is null.
    """
    seen = seen or days_seen(cells)
    found = read_dates(cells, crawled_on, seen)
    parts = []
    for day in crawls.unique().drop_nulls().sort():
        rows = (crawls == day).fill_null(False).arg_true()
        parts.append(read_dates(cells.gather(rows), day, seen).with_columns(at=rows))
    if not parts:
        return found
    own = pl.concat(parts)
    rest = found.with_row_index("at").join(own, on="at", how="anti")
    return pl.concat([own, rest.select(own.columns)]).sort("at").drop("at")
