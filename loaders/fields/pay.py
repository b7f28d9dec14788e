"""Pay as the boards write it, to CNY a month: ``1.2-2万``, ``8千-1.1万``, ``20-40万/年``.

Pay in another currency is no CNY: its figures stand apart, a month in that currency, and no rate is applied.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.fields.distinct import map_distinct
from graphcli.loaders.fields.pay_words import in_known_words, is_silent, without_money_behind
from graphcli.loaders.reference.files import Column, read_csv, shipped

PACKAGE = "graphcli.loaders.fields"
HOME = "CNY"

# Paid days of a month: 劳社部发〔2008〕3号 (Ministry of Labour and Social Security, 2008), unchanged since.
PAID_DAYS = 21.75
# Hours of a working day: 劳动法 (Labour Law), article 36.
DAY_HOURS = 8.0
MONTHS_A_YEAR = 12.0
WEEKS_A_MONTH = 52.0 / 12.0
# Outside these a figure is kept but flagged: more likely a slip or another period than a monthly wage.
PLAUSIBLE_LOW = 500.0
PLAUSIBLE_HIGH = 100_000.0
# Without 千, 万 or 元 a small number says nothing: 15 may be thousands, days or hours.
SMALLEST_BARE = 500.0
SMALL = (
    'a small number without 千, 万 or 元; a layout can name the unit, as format: "{最低薪资}-{最高薪资}千/月"'
)

UNITS = {"千": 1e3, "k": 1e3, "仟": 1e3, "万": 1e4, "w": 1e4, "萬": 1e4, "元": 1.0, "": 1.0,
         "lac": 1e5, "lacs": 1e5, "lakh": 1e5, "lakhs": 1e5}  # fmt: skip
TO_MONTH = {
    "year": 1.0 / MONTHS_A_YEAR,
    "month": 1.0,
    "week": WEEKS_A_MONTH,
    "day": PAID_DAYS,
    "hour": PAID_DAYS * DAY_HOURS,
}
PERIOD_WORDS = (
    ("year", r"年薪|年|(?:per)?annum|annual(?:ly)?|yearly|year|yr|p\.a\.?|(?<=[\d/])pa$|(?<=[skw])pa$"),
    ("month", r"月薪|个?月|monthly|month|mon|mo|p\.m\.|(?<=[\dk])pm$"),
    ("week", r"周薪|周|星期|weekly|week|wk"),
    ("day", r"日薪|天|日|daily|day"),
    ("hour", r"时薪|小时|钟头|时|hourly|hour|hr|(?<=/)ph$"),
)
_PERIOD = re.compile("|".join(f"(?P<{name}>{words})" for name, words in PERIOD_WORDS))
_PER_OTHER = re.compile(r"/(次|件|单|课时|节|场|篇|条|个(?!月)|人)")
_SILENT = re.compile(
    r"(薪资|薪資|薪资待遇|薪資待遇|工资|薪酬|薪水|待遇|月薪|年薪|salary)?:?(面议|面議|可议|面谈|面談|电议|详谈|详询|另议|另谈|私聊|保密|不限|暂无|无|open"
    r"|(?:negotiable|competitive|undisclosed|tobenegotiated|doe)(?:salary)?|none|null|nan|n/a|-|—)!?(?:[千万]?元?/?[年月日天时周])?"
)
_ANY_CODE = re.compile(r"(?<![a-z])[a-z]{3}(?![a-z])")
_THREE_LETTERS = re.compile("[a-z]{3}")
# Three letters behind 20k or 2w, which would read as one word with it.
_CODE_BEHIND_UNIT = re.compile(r"(?<=\d[kw])\s+(?=[a-z]{3}(?![a-z]))")
# Put behind a bare dollar where nothing says whose it is; XXX of ISO 4217.
_OF_NO_COUNTRY = "(xxx)"
_APART = "\ufdd1"  # a noncharacter, which no cell holds
# 1,50,000 is counted in lakh, as in India and around it.
_INDIAN = re.compile(r"\d,\d{2},\d{3}(?!\d)")
_BEHIND_IN_BRACKETS = re.compile(r"\([a-z]{3}\)$")
_HOME = re.compile(r"cn¥|cny|rmb|cnh|人民币|¥|￥|yuan|圆")
# A column of its own may write 13 or 13薪, and 薪 is put behind either.
_MONTHS = re.compile(
    r"[·•・*×x,;/]?\(?(?<!\d)(\d{1,2}(?:\.\d)?)(-\d{1,2})?(?:个月)?薪{1,2}\)?|[*×x](1[2-9])(?:$|(?=·))"
)
# What was put behind from a column of its own, and counts no months or was told by the pay itself.
_MONTHS_BEHIND = re.compile(r"·[^·]{0,12}薪{1,2}$")
# Monthly salary: the label says the period.
_PERIOD_OF_LABEL = re.compile(
    r"^(monthly|annual|yearly|weekly|daily|hourly)(?:basic|base|gross)?(?:salary|pay|wage|package|income)s?:?"
)
# What stands around the figures and does not change them.
_LABEL = re.compile(
    r"^(?:(?:综合|无责|无责任|基本|固定|税前|税后|到手|平均|人均)*(?:薪资|工资|薪酬|薪水|收入|待遇|底薪|月薪)?(?:范围|待遇)?"
    r"|(?:avg\.?|average|mean)?(?:employerprovided)?(?:salary(?:range)?|pay)|avg\.?|average|compensation):?"
)
_EXTRA = (
    r"(?:高?提成|绩效(?:奖金|工资)?|奖金|补贴|补助|餐补|房补|年终奖?金?|分红|期权|股票|全勤奖?|实习|周末双休|双休|单休|五险一金|五险|六险一金"
    r"|社保|包吃包?住|包食宿|包住|bonus|commission|equity|stock)"
)
_AROUND = re.compile(rf"(?:[+加·•,;/、]*{_EXTRA})+$|\((?:不?含|包|另有|加)?[^()\d]{{0,20}}\)$|[·•,;/]+$")
_BASE_ONLY = re.compile(rf"底薪|[+加]{_EXTRA}")
_MAPPED = re.compile(
    r"['\"]?(min|low|from|max|high|to|currency|unit|value|amount)[a-z_]*['\"]?:['\"]?([a-z]+|\d+(?:\.\d+)?)"
)
_NUMBER = r"(\d+(?:\.\d+)?)"
_UNIT = r"(千|仟|万|萬|k|w|la(?:c|kh)s?)?元?"
_RANGE = re.compile(rf"{_NUMBER}{_UNIT}(?:-|~|至|到|–|—|to){_NUMBER}{_UNIT}")
# A pair as a list: [20000, 22000].
_LISTED = re.compile(r"\[['\"]?([^\[\]'\",]+)['\"]?(?:,['\"]?([^\[\]'\",]+)['\"]?)?\]")
# 3万5千 is 3.5万.
_TENS_AND_THOUSANDS = re.compile(r"(\d+)万(\d)千")
# 1万5 is 1.5万.
_ODD_TENTH = re.compile(r"(\d+)([万千])(\d)(?![\d.万千kw])")
_CHINESE_DIGITS = "零一二三四五六七八九"
_CHINESE_FIGURE = re.compile(r"(?<![一二两三四五六七八九十])([一二两三四五六七八九])(?=[千万])")
_CHINESE_TENS = re.compile(r"(?<![一二两三四五六七八九十])十([一二三四五六七八九])?(?=万)")
_CHINESE_TENTH = re.compile(r"(?<=\d[万千])([一二三四五六七八九])(?![千万百十])")
_PERIOD_IN_BRACKETS = re.compile(r"\((?:按|每|/)?(年|月|周|日|天|小时|时)薪?计?\)")
# Says when the money comes, beside what it is paid for.
_SETTLED = re.compile(r"(?<=[年月周天日时])[·•,;/、]?\(?(?:日|次日|周|月|半月)结算?\)?$")
_SINGLE = re.compile(rf"(?:约|至少|最低|最高)?{_NUMBER}{_UNIT}(及?以上|起|\+)?(及?以下)?(?:左右)?")


@dataclass(frozen=True)
class Pay:
    """One reading of a pay cell.

    Attributes
    ----------
    low, high
        CNY a month; ``None`` where open or unknown.
    currency
        Of what is offered, ISO 4217; ``None`` where nothing was read.
    other_low, other_high
        The same in ``currency`` where that is not CNY; only where the cell says for what time it is paid.
    months
        Monthly wages paid a year where the cell says so.
    problem, action
        What was wrong and whether the figure was ``kept`` or ``blanked``; empty where nothing was.
    """

    low: float | None = None
    high: float | None = None
    months: float | None = None
    problem: str = ""
    action: str = ""
    currency: str | None = None
    other_low: float | None = None
    other_high: float | None = None


def parse_pay(text: str) -> Pay:
    """Read one pay cell.

    A figure without a period is a month, as Chinese boards mean it. A day counts 21.75 paid days a month, an
    hour eight hours of them, a year twelve months; ``13薪`` gives ``months`` and leaves the wage alone.

    Examples
    --------
    >>> pay = parse_pay("8千-1.1万")
    >>> pay.low, pay.high, pay.currency
    (8000.0, 11000.0, 'CNY')
    >>> parse_pay("24-36万/年").low
    20000.0
    >>> parse_pay("3-6万·13薪").months
    13.0
    >>> pay = parse_pay("$120,000 - $150,000 a year")
    >>> pay.low, pay.currency, pay.other_low, pay.other_high
    (None, 'USD', 10000.0, 12500.0)
    """
    cell = _folded(text)
    bare = without_money_behind(cell)
    if not cell or _SILENT.fullmatch(cell) or _SILENT.fullmatch(bare) or is_silent(bare):
        return Pay()
    cell = in_known_words(cell)
    listed = _LISTED.fullmatch(cell)
    cell = "-".join(end for end in listed.groups() if end) if listed else cell
    in_lakh = bool(_INDIAN.search(cell))
    cell = re.sub(r"(?<=\d)[,'’](?=(?:\d{2},)*\d{3}(?!\d))", "", cell)
    cell = _from_mapping(cell) if cell.startswith("{") else cell
    cell = _figures_in_digits(_PERIOD_IN_BRACKETS.sub(r"/\1", cell))
    if cell.endswith(_OF_NO_COUNTRY):
        cell = cell.removesuffix(_OF_NO_COUNTRY)
        if not any(pattern.search(cell) for _, pattern, shared in currencies() if not shared):
            return _blanked(_of_unknown_money("XXX"))
    currency = _foreign(cell)
    folded = cell
    if currency:
        # Three digits behind a dot are thousands: no wage has a thousandth of a euro.
        cell = re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))", "", _without_money(cell, currency[1]))
        # Behind a comma stand cents; thousands were put together above.
        cell = re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", cell)
    cell = _HOME.sub("", cell)
    cell = _PERIOD_OF_LABEL.sub(r"\1", cell)
    cell = re.sub(r"(?<=[\d千万kw元])一(?=个?月|年|天|周|小时)", "/", cell)
    cell = re.sub(r"(?:per_?|(?<![a-z])an?|(?<=\d[kw])an?)(?=hour|day|week|month|year|annum)", "/", cell)
    words = re.sub(
        r"upto|from|to|salary|range|pay|bonus|commission|equity|stock|compensation|average|avg|mean", "", cell
    )
    other = _ANY_CODE.search(re.sub(_PERIOD, "", words))
    if other and re.search(r"\d", cell):
        return _blanked(_of_unknown_money(other.group().upper()))
    cell = cell.replace(_APART, "")
    if _PER_OTHER.search(cell):
        return _blanked("pay for a piece of work, not for a time")
    months_found = _MONTHS.search(cell)
    months = None
    if months_found:
        # 13-16薪 names no one number; the cell stays as it was written beside the wage.
        number = months_found.group(3) or (months_found.group(1) if not months_found.group(2) else None)
        months = float(number) if number else None
        cell = cell[: months_found.start()] + cell[months_found.end() :]
    if months_behind := _MONTHS_BEHIND.search(cell):
        cell = cell[: months_behind.start()]
    if (months_found or months_behind) and _SILENT.fullmatch(cell):
        return Pay(months=_plausible_months(months))
    base_only = bool(_BASE_ONLY.search(cell))
    cell = _without_surroundings(cell)
    period_found = _PERIOD.search(cell)
    period = period_found.lastgroup if period_found else None
    figures = re.sub(r"/(?=[-~–—至到以及起+/])", "", _PERIOD.sub("", cell).replace("每", "")).strip("/:()[]")
    figures = re.sub("税[前后]|^(?:范围|区间|标准):?", "", figures)
    # 1-3年 is no wage: a bare unit of time says how often money is paid only beside a mark or a currency.
    stated = period is not None and bool(
        currency or re.search(r"[/每薪]|ly|元|an?num", cell) or _HOME.search(folded)
    )
    read = _figures(figures, stated)
    if base_only and not isinstance(read, str) and read[0] == read[1]:
        read = read[0], None
    if currency:
        return _in_currency(currency[0], read, period, months)
    if ("la" in figures or (in_lakh and not _HOME.search(folded))) and not isinstance(read, str):
        return _blanked("pay in lakh that names no currency is not counted as CNY")
    return _scaled(read, period or "month", months)


@functools.cache
def currencies() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """ISO 4217 code and pattern of the currencies that pay is told to be in, and whether a sign is shared."""
    columns = [Column(name, required=True) for name in ("currency", "pattern", "shared", "source")]
    table = read_csv(shipped(PACKAGE, "currencies.csv"), columns)
    return tuple(
        (code, re.compile(pattern), shared == "yes") for code, pattern, shared, _ in table.iter_rows()
    )


def _folded(text: str) -> str:
    """Fold width and case and drop white space; the code of a currency stays apart from 20k and words."""
    cell = unicodedata.normalize("NFKC", text[:200]).lower()
    if _THREE_LETTERS.search(cell):
        cell = _code_before_word().sub(rf"\1{_APART}", _CODE_BEHIND_UNIT.sub(_APART, cell))
    return "".join(cell.split())


@functools.cache
def _code_before_word() -> re.Pattern[str]:
    codes = "|".join(sorted({code.lower() for code, _, _ in currencies()} - {"xxx"}))
    return re.compile(rf"(?<![a-z])({codes})\s+(?=[a-z])")


def _of_unknown_money(code: str) -> str:
    if code == "XXX":
        return "no currency is named, and nothing says that it is CNY"
    return f"pay in {code} is not counted as CNY, and that is no currency known here"


def names_money(text: str) -> bool:
    """Whether a cell says what money it is in.

    Examples
    --------
    >>> names_money("月給25万円"), names_money("25-40万")
    (True, False)
    """
    cell = _folded(text)
    return bool(_foreign(cell) or _HOME.search(cell))


def _foreign(cell: str) -> tuple[str, re.Pattern[str]] | None:
    found = [
        (shared, hit.start(), at)
        for at, (_, pattern, shared) in enumerate(currencies())
        if (hit := pattern.search(cell))
    ]
    return currencies()[min(found)[2]][:2] if found else None


def _without_money(cell: str, named: re.Pattern[str]) -> str:
    """Take the names of money out of a cell: the one that counts, and what was put behind it."""
    cell = named.sub("", cell).replace("$", "")
    return _BEHIND_IN_BRACKETS.sub("", cell)


def _figures_in_digits(cell: str) -> str:
    """Write 八千 as 8千, 1万5 and 1萬5千 as 1.5万."""
    cell = _TENS_AND_THOUSANDS.sub(r"\1.\2万", cell.replace("萬", "万").replace("仟", "千"))
    cell = _CHINESE_TENS.sub(lambda ten: f"1{_CHINESE_DIGITS.index(ten.group(1) or '零')}", cell)
    cell = _CHINESE_FIGURE.sub(lambda one: str(_CHINESE_DIGITS.index(one.group(1).replace("两", "二"))), cell)
    cell = _CHINESE_TENTH.sub(lambda one: str(_CHINESE_DIGITS.index(one.group(1))), cell)
    return _SETTLED.sub("", _ODD_TENTH.sub(r"\1.\3\2", cell))


def _from_mapping(cell: str) -> str:
    """Put the entries of ``{"min": 8000, "max": 12000, "currency": "CNY"}`` into the usual order."""
    entries = dict(reversed(_MAPPED.findall(cell)))
    low = entries.get("min") or entries.get("low") or entries.get("from")
    high = entries.get("max") or entries.get("high") or entries.get("to")
    figures = "-".join(part for part in (low, high) if part) or entries.get("value") or entries.get("amount")
    if not figures:
        return cell
    unit = entries.get("unit")
    return f"{figures}{entries.get('currency', '')}" + (f"/{unit}" if unit else "")


def _without_surroundings(cell: str) -> str:
    """Take off the labels before and the extras behind the figures."""
    cell = re.sub(r"^(?:面议|面谈)(?=\()", "", cell)
    cell = _LABEL.sub("", cell) if not cell.startswith(("月薪", "年薪")) else cell
    while (found := _AROUND.search(cell)) and found.start() > 0:
        cell = cell[: found.start()]
    return re.sub(r"^\((.*)\)$", r"\1", cell)


def _figures(text: str, has_period: bool) -> tuple[float | None, float | None] | str:
    """Read the numbers of a cell whose period was taken off; a text where there is a problem."""
    found = _RANGE.fullmatch(text)
    if found:
        low, low_unit, high, high_unit = found.groups()
        units = low_unit or high_unit
        # 1.2-2万 means 1.2万, but 8千-1.1万 names both; 1万-8 would be a slip.
        low_value = float(low) * UNITS[low_unit or high_unit or ""]
        high_value = float(high) * UNITS[high_unit or low_unit or ""]
        if not units and high_value < SMALLEST_BARE and not has_period and "元" not in text:
            return SMALL
        if low_value > high_value:
            return "the lower end is above the upper end"
        return low_value, high_value
    upper_only = text.startswith(("upto", "最高"))
    lower_only = text.startswith(("from", "startingat", "startingfrom", "atleast", "最低"))
    text = re.sub(r"^(?:upto|starting(?:at|from)|from|atleast|最[高低])", "", text)
    found = _SINGLE.fullmatch(text)
    if not found:
        return "cannot be read as pay"
    value = float(found.group(1)) * UNITS[found.group(2) or ""]
    if not found.group(2) and value < SMALLEST_BARE and not has_period and "元" not in text:
        return SMALL
    if found.group(3) or lower_only:
        return value, None
    return (None, value) if found.group(4) or upper_only else (value, value)


def _scaled(figures: tuple[float | None, float | None] | str, period: str, months: float | None) -> Pay:
    if isinstance(figures, str):
        return _blanked(figures)
    low, high = _monthly(figures, period)
    months = _plausible_months(months)
    known = [value for value in (low, high) if value is not None]
    if max(known) <= 0:
        return _blanked("pay of zero")
    if max(known) < PLAUSIBLE_LOW:
        return Pay(low, high, months, f"{max(known):,.0f} CNY a month is unusually low", "kept", HOME)
    if min(known) >= PLAUSIBLE_HIGH:
        text = f"{min(known):,.0f} CNY a month is unusually high; no period is named"
        text = text if period == "month" else text.split(";")[0]
        return Pay(low, high, months, text, "kept", HOME)
    return Pay(low, high, months, currency=HOME)


def _in_currency(
    code: str, figures: tuple[float | None, float | None] | str, period: str | None, months: float | None
) -> Pay:
    """Keep pay in another currency apart; without a named time nobody knows what the figure is for."""
    problem = f"pay in {code} is not counted as CNY"
    if isinstance(figures, str):
        return Pay(problem=f"{problem}; {figures}", action="blanked", currency=code)
    if period is None:
        return Pay(problem=f"{problem}; no period is named", action="kept", currency=code)
    low, high = _monthly(figures, period)
    return Pay(None, None, _plausible_months(months), problem, "kept", code, low, high)


def _monthly(figures: tuple[float | None, float | None], period: str) -> tuple[float | None, float | None]:
    low, high = (None if value is None else round(value * TO_MONTH[period], 2) for value in figures)
    return low, high


def _plausible_months(months: float | None) -> float | None:
    return months if months is not None and 6 <= months <= 36 else None


def _blanked(problem: str) -> Pay:
    return Pay(problem=problem, action="blanked")


def read_pay(cells: pl.Series) -> pl.DataFrame:
    """Read a pay column to the columns ``pay_…`` of a posting, ``problem`` and ``action``."""

    def parse(text: str) -> tuple[float | str | None, ...]:
        pay = parse_pay(text)
        figures = pay.low, pay.high, pay.months, pay.currency, pay.other_low, pay.other_high
        return (*figures, pay.problem or None, pay.action or None)

    schema = {
        "pay_low": pl.Float64,
        "pay_high": pl.Float64,
        "pay_months": pl.Float64,
        "pay_currency": pl.String,
        "pay_other_low": pl.Float64,
        "pay_other_high": pl.Float64,
        "problem": pl.String,
        "action": pl.String,
    }
    return map_distinct(cells, parse, schema)
