"""Pay in other money and other words: read as what it says, and never as CNY that nobody named."""

from __future__ import annotations

import pytest

from graphcli.loaders.fields.pay import names_money, parse_pay


@pytest.mark.parametrize(
    ("text", "currency", "low", "high"),
    [
        ("100-120k USD per year", "USD", 8333.33, 10000.0),
        ("30K-40K TWD", "TWD", None, None),
        ("45.000,00 € - 60.000,00 € pro Jahr", "EUR", 3750.0, 5000.0),
        ("2 300,50 € par mois", "EUR", 2300.5, 2300.5),
        ("CHF 96'000/year", "CHF", 8000.0, 8000.0),
        ("月給25万円～40万円", "JPY", 250000.0, 400000.0),
        ("時薪 190元 TWD", "TWD", 33060.0, 33060.0),
        ("연봉 4,800만원", "KRW", 4000000.0, 4000000.0),
        ("90 000 руб. в месяц", "RUB", 90000.0, 90000.0),
        ("80000-130000 RUR", "RUB", None, None),
    ],
)
def test_pay_in_other_money_stands_apart(text, currency, low, high):
    pay = parse_pay(text)
    assert (pay.low, pay.high) == (None, None)
    assert (pay.currency, pay.other_low, pay.other_high) == (currency, low, high)
    assert names_money(text)


@pytest.mark.parametrize(
    "text", ["待遇面議 TWD", "Competitive XXX", "応相談 JPY", "nach Vereinbarung", "면접 후 협의", "薪資面議"]
)
def test_a_cell_that_names_no_pay_is_silent_whatever_money_was_put_behind_it(text):
    pay = parse_pay(text)
    assert (pay.low, pay.currency, pay.problem) == (None, None, "")


@pytest.mark.parametrize("text", ["1,50,000 - 2,25,000 P.A", "50000-60000 XXX", "15K-20K XXX", "20K net"])
def test_figures_of_unknown_money_are_no_cny(text):
    pay = parse_pay(text)
    assert (pay.low, pay.high, pay.currency, pay.action) == (None, None, None, "blanked")


def test_figures_counted_in_lakh_are_cny_where_that_is_said():
    assert parse_pay("CNY 1,20,000 per year").low == 10000.0


def test_a_small_number_names_the_way_out():
    assert "layout" in parse_pay("8-12").problem


def test_words_around_pay_in_chinese():
    assert parse_pay("年包30-60万").high == 50000.0
    assert parse_pay("120-150元/天 · 实习").low == 2610.0
