"""Place strings: labelled examples, rules that hold for any city, hostile input, and real data."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphcli.loaders.resolve.places.resolving import city_table, province_table, resolve_places
from graphcli.loaders.resolve.places.tables import divisions
from graphcli.workspace.tables import PLACES

LABELLED = Path(__file__).with_name("labelled_places.csv")


def labelled() -> list[tuple[str, str, list[str]]]:
    with LABELLED.open(encoding="utf-8") as handle:
        return [
            (row["text"], row["status"], [code for code in row["adcodes"].split(";") if code])
            for row in csv.DictReader(handle)
        ]


def one(text: str) -> dict[str, object]:
    return resolve_places([text]).row(0, named=True)


def counties_with_city() -> list[tuple[str, str, str]]:
    """City name, district name and city code, for every county-level unit below a city."""
    names = dict(city_table().select("adcode", "name").iter_rows())
    rows = divisions().filter(pl.col("level") == "county").select("name", "city").iter_rows()
    return [(names[city], name, city) for name, city in rows if city[:2] not in {"71", "81", "82"}]


COUNTIES = counties_with_city()
FULL = set(divisions()["name"])
CITIES = list(city_table().select("name", "adcode").iter_rows())


@pytest.mark.parametrize(("text", "status", "adcodes"), labelled())
def test_labelled_strings_are_read_as_a_person_reads_them(text, status, adcodes):
    found = one(text)
    assert (found["status"], found["adcodes"]) == (status, adcodes), found


def test_there_are_enough_labelled_strings_of_every_status():
    counts = pl.Series([status for _, status, _ in labelled()]).value_counts()
    assert counts["count"].sum() >= 150
    assert counts.height == 8


def test_result_has_the_schema_one_row_a_string_and_sorted():
    strings = ["上海", "北京", "上海", "", "朝阳区"]
    frame = resolve_places(strings)
    assert dict(frame.schema) == {
        name: kind if isinstance(kind, pl.DataType) else kind() for name, kind in PLACES.items()
    }
    assert frame["place_raw"].to_list() == sorted(set(strings))
    assert frame.equals(resolve_places(list(reversed(strings))))


def test_candidates_name_every_city_that_shares_a_district_name():
    assert one("朝阳区")["candidates"] == ["110000", "220100"]
    assert one("鼓楼区")["candidates"] == ["320100", "320300", "350100", "410200"]
    assert one("吉林")["note"] == "read as the province, not the city of the same name"
    assert "Xiong'an" in str(one("雄安新区")["note"])


def test_city_table_holds_every_code_that_may_come_out():
    table = city_table()
    assert table.columns[:6] == ["adcode", "name", "name_en", "province", "lat", "lon"]
    assert table["adcode"].is_unique().all()
    assert table.select("name", "name_en", "province").null_count().sum_horizontal().item() == 0
    assert set(table["province"]) <= set(province_table()["adcode"])
    assert province_table().height == 34
    codes = {code for _, _, code in COUNTIES}
    assert codes <= set(table["adcode"])
    located = table.drop_nulls(["lat", "lon"])
    assert located.height > 350
    assert located.filter(~pl.col("lat").is_between(15, 54) | ~pl.col("lon").is_between(73, 136)).is_empty()


def test_english_names_are_the_usual_ones():
    names = dict(city_table().select("adcode", "name_en").iter_rows())
    expected = {
        "610100": "Xi'an",
        "110000": "Beijing",
        "150100": "Hohhot",
        "230100": "Harbin",
        "650100": "Urumqi",
        "540100": "Lhasa",
        "140400": "Changzhi",
        "411100": "Luohe",
        "500000": "Chongqing",
        "341500": "Lu'an",
        "810000": "Hong Kong",
    }
    assert {code: names[code] for code in expected} == expected


def test_every_city_is_read_from_its_own_full_name():
    full = divisions().filter(pl.col("level") == "city").select("name", "adcode")
    frame = resolve_places(full["name"].to_list()).join(full, left_on="place_raw", right_on="name")
    wrong = frame.filter((pl.col("status") != "city") | (pl.col("adcodes").list.first() != pl.col("adcode")))
    assert wrong.is_empty(), wrong


def test_every_city_is_read_from_its_english_name_or_stays_undecided():
    frame = resolve_places(city_table()["name_en"].to_list()).join(
        city_table(), left_on="place_raw", right_on="name_en"
    )
    cities = frame.filter(pl.col("status") == "city")
    assert cities.filter(pl.col("adcodes").list.first() != pl.col("adcode")).height <= 0
    assert cities.height > 320


def test_every_district_after_its_city_gives_the_city():
    strings = {
        f"{start}{separator}{name}": code
        for city, name, code in COUNTIES
        for start in (city, city + "市")
        for separator in ("", "·", "-")
        if start == city or start in FULL
    }
    frame = resolve_places(list(strings))
    wrong = [row for row in frame.iter_rows() if row[1] != "city" or row[2] != [strings[row[0]]]]
    # 吉林 and 海南 are provinces first: with a district they must still be read as the city.
    assert not wrong, wrong[:10]


@given(
    county=st.sampled_from(COUNTIES),
    other=st.sampled_from(CITIES),
    kind=st.sampled_from(["路", "西路", "大街", "大道", "大厦"]),
)
@example(county=("北京", "东城区", "110000"), other=("阿拉善", "152900"), kind="路")
@example(county=("朝阳", "双塔区", "211300"), other=("大兴安岭", "232700"), kind="路")
@settings(max_examples=200, deadline=None)
def test_a_street_named_after_another_city_never_adds_that_city(county, other, kind):
    city, district, code = county
    street = f"{other[0]}{kind}"
    for text in (f"{city}·{district}·{street}", f"{city}{district}{street}88号"):
        assert one(text)["adcodes"] == [code], text
    # 海南 alone is the province of that name before it is the prefecture of Qinghai.
    province = "460000" if city == "海南" else code[:2] + "0000"
    for text in (f"{city}-{street}", f"{city}市{street}", f"{city}{street}"):
        assert set(one(text)["adcodes"]) <= {code, province}, text
    assert one(street)["adcodes"] == []


@given(
    st.lists(
        st.sampled_from([item for item in CITIES if item[0] not in {"吉林", "海南", "朝阳"}]),
        min_size=2,
        max_size=5,
        unique=True,
    )
)
@settings(max_examples=100, deadline=None)
def test_a_list_of_cities_gives_each_of_them(cities):
    shared = {"白沙", "昌江", "东方"}
    cities = [(name, code) for name, code in cities if name not in shared and code.endswith("00")]
    if len(cities) < 2:
        return
    found = one("、".join(name + "市" if name + "市" in FULL else name for name, _ in cities))
    assert found["adcodes"] == [code for _, code in cities]
    assert found["status"] == "multi"


PIECES = st.sampled_from(
    [
        "北京",
        "朝阳",
        "区",
        "市",
        "路",
        "·",
        "-",
        "/",
        "、",
        " ",
        "(",
        "\ufffd",
        "?",
        "xian",
        "远程",
        "全国",
        "吉林",
        "省",
        "\x00",
        "​",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
@settings(max_examples=400, deadline=None)
def test_no_string_breaks_the_reader_and_codes_exist(text):
    found = one(text)
    status, codes = found["status"], found["adcodes"]
    assert status in {"city", "multi", "province", "foreign", "remote", "nationwide", "ambiguous", "unknown"}
    if status in {"city", "multi"}:
        assert set(codes) <= set(city_table()["adcode"])
        assert (len(codes) > 1) == (status == "multi")
        assert len(set(codes)) == len(codes)
    elif status == "province":
        assert codes
        assert set(codes) <= set(province_table()["adcode"])
    else:
        assert codes == []


def test_long_and_strange_strings_are_cheap():
    start = time.process_time()
    resolve_places(["路" * 100_000, "北京" * 50_000, "\ufffd" * 1000, "a " * 50_000, "朝阳/" * 20_000])
    assert time.process_time() - start < 5


def test_twenty_thousand_distinct_strings_take_seconds():
    strings = [f"{city}·{name}·{number}号" for number in range(34) for city, name, _ in COUNTIES][:20_000]
    start = time.process_time()
    frame = resolve_places(strings)
    assert frame.height == 20_000
    assert time.process_time() - start < 12


def test_real_postings_give_the_published_arithmetic(shared_data):
    path = shared_data / "postings" / "zhaopin_zlspider" / "zhilian.csv"
    raw = pl.read_csv(path, infer_schema=False).select(place_raw="4")
    joined = raw.join(resolve_places(raw["place_raw"].to_list()), on="place_raw", how="left")
    cities = joined.filter(pl.col("status") == "city").select(pl.col("adcodes").list.first())
    counts = dict(cities.to_series().value_counts().iter_rows())
    expected = {
        "110000": 1863,
        "440300": 1185,
        "310000": 1024,
        "610100": 891,
        "320100": 732,
        "510100": 685,
        "440100": 557,
        "420100": 552,
        "370100": 495,
        "330100": 495,
    }
    off = {
        code: (counts[code], n) for code, n in expected.items() if abs(counts[code] - n) / raw.height > 0.002
    }
    assert not off
    assert joined.filter(pl.col("status") == "ambiguous").is_empty()
    # The arithmetic counts Hong Kong, Macau and counties without a prefecture among the rows without a city.
    assert 60 <= raw.height - cities.height <= 83
