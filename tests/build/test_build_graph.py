"""Properties of selecting and aggregating: order never matters, and counts add up."""

from __future__ import annotations

import io
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcli.graph.build_tables import build_graph
from graphcli.graph.run_id import run_id
from graphcli.graph.select_rows import select_rows
from graphcli.workspace.errors import UsageError
from graphcli.workspace.selection import Selection

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def markets(draw, with_gaps: bool = True):
    """Rows of a small market in which repeats, gaps and several places are common."""
    gap = [None] if with_gaps else []
    record = st.fixed_dictionaries(
        {
            "posting_id": st.sampled_from([f"p{n:02d}" for n in range(12)]),
            "title": st.sampled_from(["算法工程师", "焊工", *gap]),
            "employer_raw": st.sampled_from(
                ["星海智能科技有限公司", "星海智能", "云岭机器", "望山航天", *gap]
            ),
            "place_raw": st.sampled_from(
                ["北京", "苏州", "北京/深圳", *(["江苏", "朝阳区", None] if gap else [])]
            ),
            "posted_on": st.sampled_from([date(2021, 3, 1), date(2021, 3, 9), date(2021, 4, 1), None]),
            "industry_raw": st.sampled_from(["软件", "机械", "其他", None]),
            "skills": st.lists(st.sampled_from(["python", "nlp", "welding"]), unique=True).map(sorted),
            "tier": st.sampled_from(["none", "broad", "technical", "narrow"]),
            "openings": st.sampled_from([None, 1, 5]),
        }
    )
    records = draw(st.lists(record, max_size=25))
    numbers = {"s1": 0, "s2": 0}
    for item in records:
        source = draw(st.sampled_from(["s1", "s2"]))
        numbers[source] += 1
        item |= {"source_id": source, "row": numbers[source], "presets": []}
    return records


def graph_bytes(graph) -> bytes:
    buffer = io.BytesIO()
    for frame in (*graph.nodes.values(), *graph.edges.values()):
        frame.write_parquet(buffer)
    return buffer.getvalue()


def build(world, records, selection=None, claims=None):
    material = world.material(records, claims)
    selected = select_rows(material, world.facts(), selection or Selection())
    return selected, build_graph(selected, material, world.facts())


@quick
@given(records=markets(), data=st.data(), rule=st.sampled_from(["none", "exact", "url", "month"]))
def test_any_row_order_and_any_file_give_the_same_bytes(world, records, data, rule):
    shuffled = data.draw(st.permutations(records))
    moved = [item | {"source_id": "s2", "row": at} for at, item in enumerate(shuffled, 1)]
    selection = Selection(dedupe=rule)
    assert graph_bytes(build(world, records, selection)[1]) == graph_bytes(build(world, moved, selection)[1])
    first, second = (run_id(world.canonical(rows).lazy(), {}, ()) for rows in (records, moved))
    assert first == second


@quick
@given(records=markets())
def test_each_posting_is_counted_once_over_its_cities(world, records):
    selected, graph = build(world, records)
    edges = graph.edges["HIRES_IN"]
    nameless = selected.frame.filter(
        pl.col("employer_id").is_null() & pl.col("place_status").is_in(["city", "multi"])
    ).height
    counts = selected.counts
    elsewhere = counts["unlocated"] + counts["province_only"] + nameless
    assert edges["weight"].sum() + elsewhere == pytest.approx(counts["selected"])
    assert graph.nodes["City"]["weight"].sum() == pytest.approx(counts["located"])
    assert graph.nodes["Employer"]["postings"].sum() == counts["with_employer"]


@quick
@given(records=markets(with_gaps=False))
def test_edges_agree_with_their_ends_and_evidence_with_counts(world, records):
    selected, graph = build(world, records)
    employers = dict(graph.nodes["Employer"].select("id", "postings").iter_rows())
    for start, end, postings, share, evidence in (
        graph.edges["REQUIRES"].select("start", "end", "postings", "share", "evidence").iter_rows()
    ):
        behind = selected.frame.filter(
            (pl.col("employer_id") == start) & pl.col("skills").list.contains(end)
        )["posting_id"].sort()
        assert postings == len(behind)
        assert share == pytest.approx(postings / employers[start])
        assert evidence == behind.head(5).to_list()
    for name, frame in graph.edges.items():
        assert frame.select("start", "end").is_duplicated().sum() == 0 or name in {"AFFILIATED_WITH"}


@quick
@given(records=markets())
def test_a_stricter_rule_never_keeps_more(world, records):
    heights = [
        select_rows(world.material(records), world.facts(), Selection(dedupe=rule)).frame.height
        for rule in ("none", "exact", "url")
    ]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == len(records)
    assert heights[2] == len({item["posting_id"] for item in records})


@quick
@given(
    records=markets(),
    pair=st.permutations(
        [
            {"city": "北京市"},
            {"region": "yrd"},
            {"skill": "nlp"},
            {"employer": "starsea"},
            {"exclude": "云岭机器"},
            {"tier": "technical"},
            {"date_from": date(2021, 3, 5)},
            {"sector": "I"},
        ]
    ).map(lambda order: order[:2]),
)
def test_filters_compose(world, records, pair):
    material, facts = world.material(records), world.facts()

    def ids(**chosen):
        return set(select_rows(material, facts, Selection(**chosen)).frame["posting_id"])

    assert ids(**pair[0], **pair[1]) == ids(**pair[0]) & ids(**pair[1])


def test_the_earliest_sighting_stands_for_a_posting(world):
    later = world.posting(1, posting_id="p1", posted_on=date(2021, 5, 1))
    first = world.posting(2, posting_id="p1", posted_on=date(2021, 4, 1))
    undated = world.posting(3, posting_id="p1", posted_on=None)
    frame = select_rows(world.material([later, undated, first]), world.facts(), Selection()).frame
    assert frame["posted_on"].to_list() == [date(2021, 4, 1)]


def test_month_joins_one_job_within_a_month_and_never_strangers(world):
    same = {"title": "焊工", "employer_raw": "云岭机器", "place_raw": "苏州"}
    postings = [
        world.posting(1, **same, posted_on=date(2021, 3, 1)),
        world.posting(2, **same, posted_on=date(2021, 3, 30)),
        world.posting(3, **same, posted_on=date(2021, 4, 1)),
        world.posting(4, **same, posted_on=None),
        world.posting(5, **same, posted_on=None),
        world.posting(6, **same | {"employer_raw": None}, posted_on=date(2021, 3, 1)),
        world.posting(7, **same | {"employer_raw": None}, posted_on=date(2021, 3, 1)),
        world.posting(8, **same | {"place_raw": "北京"}, posted_on=date(2021, 3, 1)),
    ]
    frame = select_rows(world.material(postings), world.facts(), Selection(dedupe="month")).frame
    assert frame["posting_id"].to_list() == ["p001", "p003", "p004", "p006", "p007", "p008"]


def test_a_posting_in_two_cities_weighs_half_in_each(world):
    _, graph = build(world, [world.posting(1, place_raw="北京/深圳", tier="narrow")])
    assert graph.edges["HIRES_IN"].select("end", "postings", "weight", "ai_postings").rows() == [
        ("110000", 1, 0.5, 1),
        ("440300", 1, 0.5, 1),
    ]


def test_only_what_occurs_becomes_a_node_with_its_surroundings(world):
    claims = [world.claim(1, "e3", "defense"), world.claim(2, "e1", "trade")]
    _, graph = build(
        world,
        [world.posting(1, place_raw="苏州", skills=["nlp"], employer_raw="望山航天", industry_raw="机械")],
        claims=claims,
    )
    keys = {label: frame.to_series(0).to_list() for label, frame in graph.nodes.items()}
    assert keys == {
        "Employer": ["e3"],
        "City": ["320500"],
        "Province": ["320000"],
        "Region": ["cset3/yrd", "zones/pilot"],
        "Skill": ["nlp"],
        "SkillGroup": ["ai"],
        "Sector": ["C", "defense"],
        "Affiliation": ["a1"],
        "Posting": [],
        "Build": [],
    }
    assert graph.edges["PART_OF"].rows() == [
        ("320500", "cset3/yrd", "cset3", False),
        ("320500", "zones/pilot", "zones", True),
    ]
    assert graph.edges["AFFILIATED_WITH"].select("start", "end", "valid_from", "evidence").rows() == [
        ("e3", "a1", "2021-06-30", ["c1"])
    ]


def test_the_majority_industry_is_the_sector_and_ties_go_to_the_smallest(world):
    postings = [
        world.posting(1, industry_raw="软件"),
        world.posting(2, industry_raw="机械"),
        world.posting(3, industry_raw="机械", employer_raw="云岭机器"),
        world.posting(4, industry_raw="软件", employer_raw="云岭机器"),
        world.posting(5, industry_raw="软件", employer_raw="云岭机器"),
    ]
    _, graph = build(world, postings)
    assert graph.edges["IN_SECTOR_Employer"].select("start", "end", "postings").rows() == [
        ("e1", "C", 1),
        ("e2", "I", 2),
    ]


def test_employers_that_may_be_one_are_linked_where_both_post_and_stay_two(world):
    postings = [world.posting(1), world.posting(2, employer_raw="望山航天")]
    _, graph = build(world, postings)
    assert graph.edges["POSSIBLY_SAME"].rows() == [("e1", "e3", 0.6, "spelling")]
    assert set(graph.nodes["Employer"]["id"]) == {"e1", "e3"}


def test_openings_weigh_and_say_how_many_are_unknown(world):
    postings = [world.posting(1, openings=5), world.posting(2, openings=None)]
    selected, graph = build(world, postings, Selection(openings=True))
    assert graph.nodes["Employer"].select("postings", "weight").row(0) == (2, 6.0)
    assert any("1 postings name no number" in note for note in selected.notes)


def test_undated_postings_fall_out_of_a_window_and_are_counted(world):
    postings = [world.posting(1), world.posting(2, posted_on=date(2021, 3, 1))]
    chosen = Selection(date_from=date(2021, 1, 1), date_to=date(2021, 12, 31))
    selected = select_rows(world.material(postings), world.facts(), chosen)
    assert selected.frame["posting_id"].to_list() == ["p002"]
    assert selected.counts["undated_left_out"] == 1
    assert any("1 undated" in note for note in selected.notes)


def test_a_whole_province_counts_in_its_region_but_in_no_city(world):
    selected, graph = build(world, [world.posting(1, place_raw="江苏")], Selection(region="yrd"))
    assert selected.counts["selected"] == selected.counts["province_only"] == 1
    assert graph.nodes["City"].is_empty()


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("lagou", ["p002"]),
        ("s1", ["p001"]),
        ("zhaopin_a*", ["p001"]),
        ("boards/*", ["p001"]),
        ("*", ["p001", "p002"]),
    ],
)
def test_sources_are_named_by_board_id_or_glob(world, pattern, kept):
    postings = [world.posting(1), world.posting(2, source_id="s2")]
    frame = select_rows(world.material(postings), world.facts(), Selection(source=(pattern,))).frame
    assert frame["posting_id"].to_list() == kept


@pytest.mark.parametrize(
    ("chosen", "hint"),
    [
        ({"scheme": "cset"}, "cset3"),
        ({"region": "yrdd"}, "yrd"),
        ({"skill": "pythn"}, "python"),
        ({"city": "Beijin"}, "Beijing"),
        ({"sector": "defence"}, "defense"),
        ({"employer": "星海智能科枝"}, "星海智能科技"),
        ({"exclude": "云岭"}, "云岭机器"),
        ({"source": ("zhaopn",)}, "zhaopin"),
        ({"preset": "narrow_only", "tier": "narrow"}, "--tier broad"),
    ],
)
def test_wrong_names_are_answered_with_the_nearest(world, chosen, hint):
    with pytest.raises(UsageError, match=hint):
        select_rows(world.material([world.posting(1)]), world.facts(), Selection(**chosen))


def test_other_presets_count_their_own_members(world):
    postings = [world.posting(1, presets=["narrow_only"]), world.posting(2, tier="narrow")]
    chosen = Selection(preset="narrow_only", tier="broad")
    frame = select_rows(world.material(postings), world.facts(), chosen).frame
    assert frame["posting_id"].to_list() == ["p001"]


def test_one_name_of_two_employers_asks_for_the_id(world):
    material = world.material([world.posting(1)])
    doubled = material.employer_names.with_columns(employer_raw=pl.lit("星海"))
    from dataclasses import replace

    with pytest.raises(UsageError, match="e1, e2, e3"):
        select_rows(replace(material, employer_names=doubled), world.facts(), Selection(employer="星海"))


def test_each_posting_is_judged_on_its_own_day(world):
    days = [date(2021, 6, 29), date(2021, 6, 30), date(2022, 1, 1), date(2022, 1, 2), None]
    postings = [world.posting(at, posted_on=day) for at, day in enumerate(days, 1)]
    postings.append(world.posting(6, source_id="s2", posted_on=None))
    claims = [world.claim(1, "e1", "surveillance", valid_to=date(2022, 1, 1))]
    material = world.material(postings, claims)

    def flagged(as_of):
        frame = select_rows(material, world.facts(), Selection(as_of=as_of)).frame
        return frame.filter(pl.col("surveillance").is_not_null())["posting_id"].to_list()

    assert flagged("posting") == ["p002", "p003"]
    assert flagged("today") == []
    assert flagged("2021-12-31") == flagged("ever") == [f"p{at:03d}" for at in range(1, 7)]
    noted = select_rows(material, world.facts(), Selection(as_of="posting")).notes
    assert any("1 postings have neither a date nor a crawl date" in note for note in noted)


@pytest.mark.parametrize(
    ("group", "kept"),
    [
        ("defense", ["p001", "p002"]),
        ("surveillance", ["p001"]),
        ("both", ["p001"]),
        ("none", ["p003", "p004"]),
    ],
)
def test_groups_go_by_claims(world, group, kept):
    postings = [
        world.posting(1),
        world.posting(2, employer_raw="望山航天"),
        world.posting(3, employer_raw="云岭机器"),
        world.posting(4, employer_raw=None),
    ]
    claims = [world.claim(1, "e1", "defense"), world.claim(2, "e1", "surveillance")]
    claims += [world.claim(3, "e3", "defense"), world.claim(4, "e2", "trade")]
    material = world.material(postings, claims)
    assert select_rows(material, world.facts(), Selection(group=group)).frame["posting_id"].to_list() == kept
    by_claim = Selection(sector="trade")
    assert select_rows(material, world.facts(), by_claim).frame["posting_id"].to_list() == ["p003"]
