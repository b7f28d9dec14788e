"""Region schemes: what they hold, how they divide, and that bad files are refused with a reason."""

from __future__ import annotations

import json

import polars as pl
import pytest
from click.testing import CliRunner

from graphcli.loaders.resolve.places.resolving import city_table
from graphcli.loaders.resolve.places.schemes import load_schemes, region_memberships, scheme_called
from graphcli.loaders.resolve.places.schemes_command import schemes_command
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.options import State

SCHEMES = load_schemes()
SIZES = {
    "yrd_2019_core27": 27,
    "yrd_2016_26": 26,
    "yrd_2010_16": 16,
    "prd_9": 9,
    "gba": 11,
    "bth_13": 13,
    "ai_pilot_zones": 18,
}


def test_all_promised_schemes_are_there_with_source_and_date():
    assert set(SIZES) | {
        "cset3",
        "yrd_2019_full",
        "chengdu_chongqing",
        "middle_yangtze",
        "guanzhong",
        "clusters5",
    } == set(SCHEMES)
    for scheme in SCHEMES.values():
        assert scheme.source
        assert scheme.as_of
        assert "http" not in scheme.source


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_schemes_have_the_number_of_members_their_documents_give(name, size):
    assert sum(len(region.members) for region in SCHEMES[name].regions) == size


def test_the_2016_list_is_the_2019_list_without_wenzhou():
    cities = {
        name: {member.adcode for member in SCHEMES[name].regions[0].members}
        for name in ("yrd_2019_core27", "yrd_2016_26", "yrd_2010_16")
    }
    assert cities["yrd_2019_core27"] - cities["yrd_2016_26"] == {"330300"}
    assert cities["yrd_2010_16"] < cities["yrd_2016_26"]


@pytest.mark.parametrize("name", [name for name, scheme in SCHEMES.items() if scheme.kind == "partition"])
def test_partitions_are_disjoint(name):
    assert region_memberships(SCHEMES[name])["adcode"].is_unique().all()


def test_memberships_and_region_of_agree():
    scheme = SCHEMES["clusters5"]
    frame = region_memberships(scheme)
    for adcode in city_table()["adcode"]:
        expected = list(frame.filter(pl.col("adcode") == adcode).select("region", "partial").iter_rows())
        assert scheme.region_of(adcode) == expected


def test_a_province_counts_only_where_it_lies_wholly_inside():
    scheme = SCHEMES["cset3"]
    assert scheme.region_of("320000") == [("yrd", False)]
    assert scheme.region_of("130000") == [("bth", False)]
    assert scheme.region_of("440000") == []
    assert SCHEMES["yrd_2019_core27"].region_of("330000") == []
    assert scheme.region_of("510100") == []


def test_partial_members_are_flagged():
    assert SCHEMES["ai_pilot_zones"].region_of("330500") == [("ai_pilot_zones", True)]
    assert SCHEMES["chengdu_chongqing"].region_of("500000") == [("chengdu_chongqing", True)]
    assert SCHEMES["guanzhong"].region_of("610400") == [("guanzhong", False)]


OWN = """
name: {name}
title: 试验
title_en: trial
kind: {kind}
source: my own
as_of: "2026-01"
regions:
  - id: one
    name: 一
    name_en: one
    members: [{{adcode: "{first}", name: {first_name}}}]
  - id: two
    name: 二
    name_en: two
    members: [{{adcode: "320500", name: 苏州}}]
"""


def own(tmp_path, **values):
    folder = tmp_path / "schemes"
    folder.mkdir(exist_ok=True)
    text = OWN.format(
        **{"name": "mine", "kind": "partition", "first": "320100", "first_name": "南京", **values}
    )
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return load_schemes(tmp_path)


def test_own_schemes_are_merged_over_ours(tmp_path):
    assert "mine" in own(tmp_path)
    replaced = own(tmp_path, name="cset3")
    assert [region.id for region in replaced["cset3"].regions] == ["one", "two"]
    assert replaced["cset3"].own
    assert "prd_9" in replaced


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"first": "320583", "first_name": "昆山"}, "no city or province"),
        ({"first_name": "无锡"}, "is Nanjing|is 南京"),
        ({"first": "320000", "first_name": "江苏"}, "may not overlap"),
        ({"kind": "cake"}, "kind"),
        ({"name": "Bad Name"}, "name"),
    ],
)
def test_bad_schemes_are_refused_with_the_reason(tmp_path, values, message):
    with pytest.raises(DataContractError, match=message):
        own(tmp_path, **values)


def test_overlays_may_overlap(tmp_path):
    schemes = own(tmp_path, kind="overlay", first="320000", first_name="江苏")
    assert schemes["mine"].region_of("320500") == [("one", False), ("two", False)]


def test_wrong_names_get_suggestions():
    with pytest.raises(UsageError, match="cset3"):
        scheme_called("cset", SCHEMES)
    with pytest.raises(UsageError, match="prd"):
        SCHEMES["cset3"].region("prdd")
    assert SCHEMES["cset3"].region("珠三角").id == "prd"


def run(folder, *arguments):
    state = State(folder, quiet=True, verbose=False, color=False)
    return CliRunner().invoke(schemes_command, [*arguments, "--format", "json"], obj=state)


def test_the_command_lists_schemes_and_members(folder):
    rows = json.loads(run(folder).stdout)["rows"]
    assert {"name", "kind", "members", "source"} <= set(rows[0])
    assert {row["name"]: row["members"] for row in rows}["prd_9"] == 9
    members = json.loads(run(folder, "ai_pilot_zones").stdout)["rows"]
    huzhou = next(row for row in members if row["adcode"] == "330500")
    assert (huzhou["region"], huzhou["name"], huzhou["partial"]) == ("ai_pilot_zones", "湖州", True)
    assert isinstance(run(folder, "cset33").exception, UsageError)
