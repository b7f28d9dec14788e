"""Pay that stands in several columns: its two ends, its currency and its period beside the figures.

A bare figure is CNY only where nothing says otherwise: neither a column of currencies nor places that lie
abroad, nor addresses on a board of another country, nor a file without a word of Chinese that names no place
in China. Small figures in two columns are thousands or ten thousands only where the header says so or nothing
else would be a wage.
"""

from __future__ import annotations

import functools
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import polars as pl

from graphcli.loaders.fields.pay import HOME, UNITS, names_money, parse_pay
from graphcli.loaders.fields.text import filled_cells
from graphcli.loaders.layouts.layout import PACKAGE, Alternative
from graphcli.loaders.layouts.place_columns import UNKNOWN_MONEY, currency_of
from graphcli.loaders.reference.characters import simplified
from graphcli.loaders.reference.files import Column, read_csv, shipped

# Roles of header words: ends of a range of pay, and what its figures are counted in.
PAY_ENDS = ("pay_low", "pay_high")
COUNTED_IN = ("pay_currency", "pay_period", "pay_unit", "pay_months")
# Role of header words for one figure that stands for a range.
AVERAGE = "pay_average"
SMALLEST_IN_YUAN = 500.0
A_MONTH = "元/月"
# Half of the postings of no crawl offer so much a month.
MORE_THAN_A_MONTH = 60_000.0
LEAST_WAGES = 5
A_YEARS = "{{{}}}/年"
_NAMES_PERIOD = re.compile(r"[年月周日天时薪]|(?i:month|year|hour|week|day|annum|/[ymhd]|p\.?a\b)")
# 月薪（元）, 最低薪资/千元, min_salary_k.
UNIT_IN_HEADER = re.compile(
    r"[(（\[【]\s*([^()（）\[\]【】]{1,8})\s*[)）\]】]\s*$|[/_\s-]((?:千|万|萬)元?|元|(?i:k|w|yuan|rmb|cny))(?:/[月年])?$"
)
_BRACKETS_OF_R = re.compile(r"(?<=\w)\.\.(\w[\w /]{0,11})\.$")
# What small figures in two columns may be, and the wages that half of the postings of a crawl lie between.
SMALL_UNITS = (("千", "月"), ("万", "月"), ("万", "年"))
USUAL_WAGES = (2_500.0, 60_000.0)
_OF_A_MONTH = re.compile(r"月|(?i:month)")
_OF_A_YEAR = re.compile(r"年|(?i:year|annual)")
# 日薪, 小时工资, hourly_rate, annual salary: how often the figures below are paid.
_PERIODS = (
    ("时", re.compile(r"时薪|小?时工资|[/每]小?时|(?i:hour)")),
    ("天", re.compile(r"日薪|日工资|[/每][日天]|(?i:daily|(?<![a-z])day)")),
    ("周", re.compile(r"[周週]薪|[/每]周|(?i:week)")),
    ("年", _OF_A_YEAR),
)
_NAMES_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_BARE_DOLLAR = re.compile(r"(?<![A-Za-z])[$＄]\s*\d")
# What is paid so often comes in small figures.
_OF_SMALL_FIGURES = ("天", "时", "周")
MOSTLY = 0.5
# 0 and 无 say that a posting does not tell.
_MONTHS_A_YEAR = re.compile(r"\s*(?:(?:0|无|null)|(1[2-9]|2[0-4])(?:\.\d|-\d{1,2})?\s*(?:个月)?薪?)\s*")
COUNTS_MONTHS = 0.9
_BARE = re.compile(r"[\d.,\s~～\-–—kKwW千万萬到至+]+")
_A_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_FIGURES = re.compile(r"[\d.,\s~～\-–—到至+]+")
# What a column of units holds: 千/月 stands right behind the figures, a period alone behind a stroke.
_UNITS = re.compile(
    r"(?:人民币|RMB|CNY|¥)?(?:[千仟万萬kw]元?|元|yuan|rmb|cny)(?:人民币)?"
    r"(?:[/每·]?(?:年薪?|个?月薪?|[日天时周]薪?|小时|month|year|day|hour|week))?",
    re.IGNORECASE,
)


def with_brackets(header: str) -> str:
    """The header of a table before R made a name of it, where a unit stood in brackets at its end.

    Examples
    --------
    >>> with_brackets("Min.Salary..CNY."), with_brackets("job.title")
    ('Min.Salary (CNY)', 'job.title')
    """
    return _BRACKETS_OF_R.sub(r" (\1)", header)


def unit_columns(headers: Sequence[str], sample: pl.DataFrame) -> list[str]:
    """Columns of units that pay is counted in, whatever they are called: 元/天 under 单位."""
    found = []
    for header in headers:
        first = sample[header].drop_nulls().head(1).to_list() if header in sample.columns else []
        # One look at the first cell is enough for most columns.
        if not first or not _UNITS.fullmatch(first[0].strip()):
            continue
        cells = filled_cells(sample[header])
        if len(cells) >= LEAST_WAGES and all(_UNITS.fullmatch(cell.strip()) for cell in cells):
            found.append(header)
    return found


def pay_alternatives(
    roles: Mapping[str, Sequence[str]], places: Sequence[Alternative], sample: pl.DataFrame
) -> tuple[Alternative, ...]:
    """Say how pay is read from the columns that name it, its ends, its currency and its period."""
    named = {role: list(roles[role]) for role in ("pay", *PAY_ENDS, *COUNTED_IN) if roles.get(role)}
    if any(mark in column for columns in named.values() for column in columns for mark in "{}"):
        return tuple(Alternative((column,)) for column in named.get("pay", ()))
    beside = beside_figures(roles, sample)
    named_money = beside.currency
    money = (
        "" if named_money else _money_of_pages(roles.get("url", ()), sample) or currency_of(places, sample)
    )
    money = "" if money == HOME else money
    counted = functools.partial(
        _counted,
        beside=beside,
        money=money,
        sample=sample,
        unsure=not money and _is_traditional(roles, sample),
    )
    made: list[Alternative] = []
    for column in named.get("pay", ()):
        template = "" if beside.period and not _unit_of(column) else pay_template(column, sample)
        if not (template or beside.named or money):
            template = A_YEARS.format(column) if are_of_a_year(column, sample) else ""
        made += counted(Alternative((column,), template=template))
    if all(end in named for end in PAY_ENDS):
        low, high = (named[end][0] for end in PAY_ENDS)
        in_yuan = not (named_money or money or beside.unit)
        template = _range_of_pay(low, high, sample, in_yuan, told=bool(beside.period or beside.unit))
        made += counted(Alternative((low, high), template=template))
    elif not made:
        for end, said in zip(PAY_ENDS, ("最低", "最高"), strict=True):
            for column in named.get(end, ())[:1]:
                template = pay_template(column, sample) or f"{{{column}}}"
                made += counted(Alternative((column,), template=f"{said}{template}"))
    return tuple(_with_months(made, named.get("pay_months", ()), sample))


def _with_months(
    made: Sequence[Alternative], columns: Sequence[str], sample: pl.DataFrame
) -> Sequence[Alternative]:
    """Put behind each way to read pay how many months' wages are paid a year, where a column counts them."""
    for column in columns:
        cells = filled_cells(sample[column])
        counting = [found for cell in cells if (found := _MONTHS_A_YEAR.fullmatch(cell))]
        if not any(found[1] for found in counting) or len(counting) < COUNTS_MONTHS * len(cells):
            # Under salaryMonth stand wages in other files.
            continue
        behind = f"·{{{column}}}薪"
        figures = [(one, one.template or f"{{{one.columns[0]}}}") for one in made]
        whole = [Alternative((*one.columns, column), template=text + behind) for one, text in figures]
        return [*whole, *made]
    return made


@dataclass(frozen=True)
class Beside:
    """Columns of what the figures of pay are counted in; empty where there is none."""

    currency: str = ""
    period: str = ""
    unit: str = ""
    whole: bool = False

    @property
    def named(self) -> bool:
        """Whether there is any."""
        return bool(self.currency or self.period or self.unit)


def beside_figures(roles: Mapping[str, Sequence[str]], sample: pl.DataFrame) -> Beside:
    """Find the columns beside the figures of pay that say what these are counted in.

    One name stands over units in one file and over periods in the next, and over codes that nobody knows in
    a third, so that the cells decide.
    """
    period, unit, whole = "", "", False
    for column in (*roles.get("pay_unit", ()), *roles.get("pay_period", ())):
        cells = filled_cells(sample[column]) if column in sample.columns else pl.Series([], dtype=pl.String)
        if "{" in column or "}" in column or not len(cells):
            continue
        if _share(cells, lambda cell: bool(_UNITS.fullmatch(cell))) > MOSTLY:
            whole = whole if unit else _share(cells, lambda cell: bool(_NAMES_PERIOD.search(cell))) > MOSTLY
            unit = unit or column
        elif _share(cells, lambda cell: parse_pay(f"20000/{cell}").action != "blanked") > MOSTLY:
            period = period or column
    return Beside(next(iter(roles.get("pay_currency", ())), ""), period, unit, whole)


def _share(cells: Sequence[str] | pl.Series, holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / max(1, len(cells))


@functools.cache
def _moneys_of_hosts() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """Pattern of a host, the money of its country, and whether that is a dollar."""
    names = ("host", "currency", "dollar", "source")
    table = read_csv(shipped(PACKAGE, "money_of_pages.csv"), [Column(name, required=True) for name in names])
    return tuple((re.compile(host), money, dollar == "yes") for host, money, dollar, _ in table.iter_rows())


@functools.cache
def _dollars() -> frozenset[str]:
    return frozenset(money for _, money, dollar in _moneys_of_hosts() if dollar)


def _money_of_pages(columns: Sequence[str], sample: pl.DataFrame) -> str:
    """Name the money of the country that most addresses of postings lead to; empty where they do not say."""
    cells = [
        cell for column in columns[:1] if column in sample.columns for cell in filled_cells(sample[column])
    ]
    hosts = [_host(cell) for cell in cells]
    for pattern, money, _ in _moneys_of_hosts():
        if cells and sum(bool(pattern.search(host)) for host in hosts) > MOSTLY * len(cells):
            return money
    return ""


def _is_traditional(roles: Mapping[str, Sequence[str]], sample: pl.DataFrame) -> bool:
    """Whether most titles are in traditional characters: a bare dollar beside them is hardly America's."""
    titles = [cell for column in roles.get("title", ())[:1] for cell in filled_cells(sample[column])]
    return _share(titles, lambda title: title.translate(simplified()) != title) > MOSTLY


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _counted(
    pay: Alternative, beside: Beside, money: str, sample: pl.DataFrame, unsure: bool
) -> list[Alternative]:
    """Put what the figures are counted in behind them, where they do not say it themselves.

    ``unsure`` where nothing says whose a bare dollar is.
    """
    figures = pay.template or f"{{{pay.columns[0]}}}"
    cells = [cell for column in pay.columns for cell in filled_cells(sample[column])]
    bare = _share(cells, lambda cell: bool(_BARE.fullmatch(cell))) > MOSTLY
    in_figures = _share(cells, lambda cell: bool(_FIGURES.fullmatch(cell))) > MOSTLY
    if beside.unit and figures.endswith("}") and in_figures:
        return [*_with_units(pay.columns, figures, beside), pay]
    if beside.currency and bare:
        with_currency = Alternative(
            (*pay.columns, beside.currency), template=f"{figures} {{{beside.currency}}}"
        )
        if not beside.period:
            return [with_currency]
        names = (*pay.columns, beside.currency, beside.period)
        template = f"{figures} {{{beside.currency}}}/{{{beside.period}}}"
        return [Alternative(names, template=template), with_currency]
    if money in _dollars() and any(_BARE_DOLLAR.search(cell) for cell in cells):
        return [Alternative(pay.columns, template=f"{figures} ({money})")]
    if unsure and any(_BARE_DOLLAR.search(cell) for cell in cells):
        return [Alternative(pay.columns, template=f"{figures} ({UNKNOWN_MONEY})")]
    named = sum(names_money(cell) or bool(_NAMES_CODE.search(cell)) for cell in cells)
    in_header = names_money(re.sub(r"\{[^{}]*\}", "", figures))
    in_money = money and 2 * named <= len(cells) and not in_header
    plain = Alternative(pay.columns, template=f"{figures} {money}") if in_money else pay
    if beside.period and bare:
        # What is said for a record comes before the month that boards mean.
        unit = plain.template.removesuffix(A_MONTH) if plain.template else figures
        yuan = "元" if plain.template.endswith(A_MONTH) else ""
        template = f"{unit}{yuan}/{{{beside.period}}}"
        return [Alternative((*pay.columns, beside.period), template=template), plain]
    return [plain]


def _with_units(columns: tuple[str, ...], figures: str, beside: Beside) -> list[Alternative]:
    """Put the unit of each record behind its figures, then its money, and a period that the unit lacks."""
    names, template = (*columns, beside.unit), f"{figures}{{{beside.unit}}}"
    made = [Alternative(names, template=template)]
    if beside.currency:
        names, template = (*names, beside.currency), f"{template} {{{beside.currency}}}"
        made.insert(0, Alternative(names, template=template))
    if beside.period and not beside.whole:
        made.insert(0, Alternative((*names, beside.period), template=f"{template}/{{{beside.period}}}"))
    return made


def _unit_of(column: str) -> str:
    """The unit that a header names behind the name, as pay is read: ``千/月``; empty where it names none."""
    unit = UNIT_IN_HEADER.search(with_brackets(column))
    if not unit or "{" in column or "}" in column:
        return ""
    words = re.sub("^单位[:：]?", "", (unit.group(1) or unit.group(2)).casefold())
    text = re.sub(r"/?(年|月|[日天周]|小?时|人民币|rmb|cny|yuan)", "", words) or "元"
    if not (_UNITS.fullmatch(text) or names_money(text)):
        # AVG(最低薪资) names no unit in its brackets.
        return ""
    return f"{text}/{period_of(column) or '月'}"


def period_of(column: str) -> str:
    """How often what a header names is paid, but for the month that boards mean; empty where it says nothing.

    Examples
    --------
    >>> period_of("日薪"), period_of("hourly_rate"), period_of("年薪（万）"), period_of("薪资")
    ('天', '时', '年', '')
    """
    return next((period for period, words in _PERIODS if words.search(column)), "")


def pay_template(column: str, sample: pl.DataFrame) -> str:
    """How figures under ``月薪（元）`` or ``日薪`` are to be read; empty where the cells say it."""
    if "{" in column or "}" in column:
        return ""
    cells = filled_cells(sample[column]).to_list()
    unit = _unit_of(column)
    if not unit:
        return _template_of_period(column, cells)
    if _names_foreign_money(unit):
        return _template_of_money(column, unit, cells)
    alone = sum(parse_pay(cell).low is not None for cell in cells)
    with_unit = sum(parse_pay(f"{cell}{unit}").low is not None for cell in cells)
    return f"{{{column}}}{unit}" if with_unit > max(alone, 0.5 * len(cells)) else ""


def _names_foreign_money(unit: str) -> bool:
    return parse_pay(f"9000{unit}").currency not in {None, HOME}


def _template_of_money(column: str, unit: str, cells: Sequence[str]) -> str:
    """Put money that a header names, ``Salary (HK$)``, behind figures; alone where cells name the period."""
    for behind in (unit, " " + unit.partition("/")[0]):
        if _share(cells, lambda cell, end=behind: parse_pay(f"{cell}{end}").other_low is not None) > MOSTLY:  # type: ignore[misc]
            return f"{{{column}}}{behind}"
    return ""


def _template_of_period(column: str, cells: Sequence[str]) -> str:
    """Put the period that a header names behind figures that name none: 200-300 under 日薪 is 200-300/天."""
    period = period_of(column)
    if _share(cells, lambda cell: bool(_NAMES_PERIOD.search(cell))) > 1 - MOSTLY:
        return ""
    if _share(cells, lambda cell: bool(_FIGURES.fullmatch(cell))) > MOSTLY:
        # 15-20 under 年薪 are ten thousands, and 8-12 under 月薪 thousands.
        small = small_units_of(column, cells)
        if period in {"", "年"} and _median_figure(cells) < SMALLEST_IN_YUAN:
            named = period or _OF_A_MONTH.search(column)
            return f"{{{column}}}{small[0]}" if named and len(small) == 1 else ""
    return f"{{{column}}}/{period}" if period else ""


def small_units_of(header: str, cells: Sequence[str]) -> list[str]:
    """What small bare figures can be, such as ``千/月``; fewer where the header names a period."""
    if len(cells) < LEAST_WAGES:
        return []
    usual = _median_figure(cells)
    if period_of(header) in _OF_SMALL_FIGURES:
        return []
    named = "年" if _OF_A_YEAR.search(header) else "月" if _OF_A_MONTH.search(header) else ""
    wages = {
        f"{unit}/{period}": usual * UNITS[unit] / (12 if period == "年" else 1)
        for unit, period in SMALL_UNITS
        if named in {"", period}
    }
    return [unit for unit, wage in wages.items() if USUAL_WAGES[0] <= wage <= USUAL_WAGES[1]]


def small_unit_of(pay: Alternative) -> str:
    """The unit that was put behind small figures in one column; empty where its header names one."""
    units = (f"{unit}/{period}" for unit, period in SMALL_UNITS)
    column = pay.columns[0]
    is_read = len(pay.columns) == 1 and not _unit_of(column)
    return next((unit for unit in units if is_read and pay.template == f"{{{column}}}{unit}"), "")


def _median_figure(cells: Sequence[str]) -> float:
    figures = [float(figure) for cell in cells for figure in _A_FIGURE.findall(cell.replace(",", ""))]
    return statistics.median(figures) if figures else 0.0


def are_of_a_year(column: str, sample: pl.DataFrame) -> bool:
    """Whether figures that name no period are a year's: half of them are more than people earn a month."""
    if "{" in column or "}" in column:
        return False
    cells = filled_cells(sample[column]).to_list()
    wages = [wage for cell in cells if (wage := parse_pay(cell)).low is not None]
    if len(wages) < LEAST_WAGES or any(_NAMES_PERIOD.search(cell) for cell in cells):
        return False
    usual = statistics.median(wage.low for wage in wages if wage.low is not None)
    return usual >= MORE_THAN_A_MONTH


def _range_of_pay(low: str, high: str, sample: pl.DataFrame, in_yuan: bool, told: bool) -> str:
    """Join the two ends of pay; the unit is the header's, or what alone the figures can be.

    ``told`` where a column beside them says how often they are paid.
    """
    period = "" if told else period_of(low) or period_of(high)
    figures = pl.Series(sample[high]).cast(pl.Float64, strict=False).drop_nulls()
    large = len(figures) > 0 and float(figures.quantile(0.1) or 0.0) >= SMALLEST_IN_YUAN
    text = _unit_of(low) or _unit_of(high)
    if not text and in_yuan:
        possible = units_of_figures(low, high, sample)
        text = f"元/{period or '月'}" if large else possible[0] if len(possible) == 1 else ""
    text = text or (period and f"/{period}" if not in_yuan or period in _OF_SMALL_FIGURES else "")
    return f"{{{low}}}-{{{high}}}{text}"


def units_of_figures(low: str, high: str, sample: pl.DataFrame) -> list[str]:
    """What small bare figures in two columns can be, such as ``千/月``; empty where they say it or are large.

    A header with a word for the month or the year leaves fewer readings.
    """
    columns = [filled_cells(sample[column]) for column in (low, high)]
    figures = pl.concat([column.cast(pl.Float64, strict=False) for column in columns])
    if _unit_of(low) or _unit_of(high) or len(figures) < LEAST_WAGES or figures.null_count():
        return []
    cells = [cell for column in columns for cell in column]
    return small_units_of(f"{low} {high}", cells) if _median_figure(cells) < SMALLEST_IN_YUAN else []
