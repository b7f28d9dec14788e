"""Pay in the spellings of boards, to CNY a month; everything else stays what it is."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.pay import DAY_HOURS, PAID_DAYS, parse_pay, read_pay

MONTHLY = {
    "1.2-2万": (12_000, 20_000),
    "6千-1万/月": (6_000, 10_000),
    "18-30万/年": (15_000, 25_000),
    "6000-8000元/月(含绩效)": (6_000, 8_000),
    "3千以下/月": (None, 3_000),
    "1.5万以上/月": (15_000, None),
    "￥8,000 - ￥12,000": (8_000, 12_000),
    "底薪5000+提成": (5_000, None),
    "底薪3000-5000元+高提成": (3_000, 5_000),
    "5K+": (5_000, None),
    "月薪1-1.5万": (10_000, 15_000),
    "税前8000-10000": (8_000, 10_000),
    "1.5－2万\n/月": (15_000, 20_000),
    "１５－２５Ｋ": (15_000, 25_000),
    "15—25K": (15_000, 25_000),
    "15～25K": (15_000, 25_000),
    "15至25K": (15_000, 25_000),
    "4.5-6千/月": (4_500, 6_000),
    "RMB 15k-20k/month": (15_000, 20_000),
    "25,000-40,000 RMB per month": (25_000, 40_000),
    "up to 30K": (None, 30_000),
    "CN¥30K - CN¥50K/month": (30_000, 50_000),
    '{"min": 8000, "max": 12000}': (8_000, 12_000),
    "{'minValue': 8000, 'maxValue': 12000, 'currency': 'CNY', 'unitText': 'MONTH'}": (8_000, 12_000),
    "面议（8K-15K）": (8_000, 15_000),
    "4000-6000（包吃住）": (4_000, 6_000),
    "8000-12000 CNY/MONTH": (8_000, 12_000),
    "200-300元/天": (200 * PAID_DAYS, 300 * PAID_DAYS),
    "¥20/小时": (20 * PAID_DAYS * DAY_HOURS, 20 * PAID_DAYS * DAY_HOURS),
    "1200元/周": (5_200, 5_200),
    "[20000, 22000]": (20_000, 22_000),
    "['15K', '20K']": (15_000, 20_000),
    "[8000]": (8_000, 8_000),
    "120000-240000 CNY/PA": (10_000, 20_000),
    "20 CNY/PH": (20 * PAID_DAYS * DAY_HOURS, 20 * PAID_DAYS * DAY_HOURS),
    "月薪 3萬5千元 ~ 5萬元": (35_000, 50_000),
}


@pytest.mark.parametrize(("cell", "expected"), MONTHLY.items())
def test_a_wage_is_read_as_yuan_a_month(cell, expected):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.problem) == (*expected, "")


@pytest.mark.parametrize(
    ("cell", "months"),
    [("15-25K·14薪", 14), ("8K~12K*15", 15), ("1-1.5万·15薪·周末双休", 15), ("10-15k·13-16薪", None)],
)
def test_wages_a_year_are_read_where_one_number_is_named(cell, months):
    pay = parse_pay(cell)
    assert pay.low is not None
    assert pay.months == months


@pytest.mark.parametrize("cell", ["1-3年", "2024-03", "100-499人", "8-12", "本科", "3天", "MONTH"])
def test_what_is_no_pay_is_not_read_as_pay(cell):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.action) == (None, None, "blanked")


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("$80,000 - $100,000 a year", "USD"),
        ("HK$20,000/month", "HKD"),
        ("80000-120000 EUR/YEAR", "EUR"),
        ("NT$40,000/月", "TWD"),
        ("{'minValue': 1000, 'currency': 'GBP'}", "GBP"),
    ],
)
def test_another_currency_is_named_and_never_counted_as_yuan(cell, currency):
    pay = parse_pay(cell)
    assert (pay.low, pay.high) == (None, None)
    assert currency in pay.problem


@pytest.mark.parametrize("cell", ["面议", "薪资面议", "Negotiable", "Competitive"])
def test_pay_that_is_left_open_is_no_problem(cell):
    assert parse_pay(cell) == parse_pay("")


@given(
    st.integers(1, 60), st.integers(0, 60), st.sampled_from("-~—–～至到"), st.sampled_from(["K", "k", "千"])
)
def test_a_range_in_thousands_is_read_with_any_dash(low, more, dash, unit):
    pay = parse_pay(f"{low}{dash}{low + more}{unit}")
    assert (pay.low, pay.high) == (low * 1_000, (low + more) * 1_000)


@given(st.text(alphabet="0123456789.-~万千kK元/月年天薪·*+()（），, 以上下面议$¥{}:'\"min", max_size=40))
def test_any_cell_ends_in_figures_or_a_reason(cell):
    row = read_pay(pl.Series([cell])).row(0, named=True)
    figures = [value for value in (row["pay_low"], row["pay_high"]) if value is not None]
    assert all(value > 0 for value in figures) or row["action"] is not None
    assert not (figures and row["action"] == "blanked")
    if len(figures) == 2:
        assert figures[0] <= figures[1]


YEAR, HOUR = 1 / 12, PAID_DAYS * DAY_HOURS
OTHER_CURRENCIES = {
    "月薪 NT$40,000~50,000": ("TWD", 40_000, 50_000),
    "$120,000 - $150,000 a year": ("USD", 10_000, 12_500),
    "$100K/yr - $130K/yr": ("USD", 100_000 * YEAR, 130_000 * YEAR),
    "From $20 an hour": ("USD", 20 * HOUR, None),
    "Employer Provided Salary:$25 - $30 Per Hour": ("USD", 25 * HOUR, 30 * HOUR),
    # What stands first counts, and a sign that names its country before a bare one.
    "US$4,000 - US$6,000 per month (HKD)": ("USD", 4_000, 6_000),
    "$30K - 45K per month (HKD)": ("HKD", 30_000, 45_000),
    "C$60,000 a year": ("CAD", 5_000, 5_000),
    "£30k": ("GBP", None, None),
    "EUR 48.000 - 60.000 per year": ("EUR", 4_000, 5_000),
    "₹ 3-6 Lacs PA": ("INR", 25_000, 50_000),
    "₹ 3,00,000 - 6,00,000 P.A.": ("INR", 25_000, 50_000),
    "HKD 20K - 30K per month": ("HKD", 20_000, 30_000),
    "S$4,000 - S$6,000 monthly": ("SGD", 4_000, 6_000),
    "RM 3,000 - RM 4,500": ("MYR", None, None),
    "3000-5000美元/月": ("USD", 3_000, 5_000),
    # Several countries write so: the figures stand, the currency is told to be unknown.
    "Rs. 25,000 - 40,000 per month": ("XXX", 25_000, 40_000),
    "30 000 - 40 000 kr/month": ("XXX", 30_000, 40_000),
}


@pytest.mark.parametrize(("cell", "expected"), OTHER_CURRENCIES.items())
def test_pay_in_another_currency_is_kept_in_it_and_is_no_yuan(cell, expected):
    pay = parse_pay(cell)
    assert (pay.low, pay.high) == (None, None)
    assert (pay.currency, pay.other_low, pay.other_high) == (
        expected[0],
        *(pytest.approx(value, abs=0.01) if value else None for value in expected[1:]),
    )
    assert f"pay in {expected[0]} is not counted as CNY" in pay.problem
    assert ("no period" in pay.problem) == (expected[1] is None)


@pytest.mark.parametrize("cell", ["3-6 Lacs P.A.", "5000 XTS/MONTH"])
def test_a_currency_that_cannot_be_told_gives_no_figure(cell):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.other_low, pay.other_high, pay.action) == (None,) * 4 + ("blanked",)


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("30-50万（年薪）", 25_000, 500_000 / 12),
        ("150元/天·日结", 150 * PAID_DAYS, 150 * PAID_DAYS),
        ("1万2-1万5", 12_000, 15_000),
        ("八千到一万", 8_000, 10_000),
        ("十五万-十八万/年", 12_500, 15_000),
        ("8000元/月以上", 8_000, None),
        ("月薪范围：10000-20000", 10_000, 20_000),
    ],
)
def test_words_around_and_numbers_in_words_are_read(cell, low, high):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.problem) == (
        low,
        high if high is None else pytest.approx(high, abs=0.01),
        "",
    )


@pytest.mark.parametrize("cell", ["待遇面议", "薪资面谈", "面議", "电议", "薪资：面议", "Competitive salary"])
def test_pay_to_be_agreed_is_silence(cell):
    assert parse_pay(cell) == parse_pay("")


def test_money_that_comes_by_the_day_names_no_wage_by_the_day():
    assert parse_pay("日结 150元").action == "blanked"
