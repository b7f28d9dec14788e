"""Lists, screens and evidence over the hand-made market: every number can be counted from its rows."""

from __future__ import annotations

import polars as pl
import pytest

from graphcli.graph import looking
from graphcli.graph.build import graph_from
from graphcli.graph.evidence import Tracer
from graphcli.graph.freshness import Current
from graphcli.graph.names import look_alikes
from graphcli.graph.select import selected_from
from graphcli.graph.show import (
    View,
    city_lines,
    employer_lines,
    find_thing,
    region_lines,
    sector_lines,
    skill_lines,
)
from graphcli.workspace.errors import UsageError
from graphcli.workspace.selection import Selection

# A rule that is not the default makes the graph anew instead of reading a stored one.
EVERY_ROW = Selection(dedupe="none")


@pytest.fixture
def state(world, folder):
    postings = [
        world.posting(1, tier="narrow", skills=["nlp", "python"]),
        world.posting(2, place_raw="北京/深圳", employer_raw="星海智能"),
        world.posting(3, place_raw="江苏", employer_raw="云岭机器", industry_raw="机械", skills=["welding"]),
        world.posting(4, place_raw="苏州", employer_raw="望山航天", tier="broad"),
        world.posting(5, place_raw=None, employer_raw=None),
        world.posting(6, posting_id="p001", tier="narrow", skills=["nlp", "python"]),
    ]
    return Current(folder, world.material(postings), world.facts())


def lines(frame_of, state, key, selection=EVERY_ROW):
    view = View(state, selection, selected_from(state, selection), graph_from(state, selection))
    found: dict[str, list[str]] = {}
    for line in frame_of(view, key):
        found.setdefault(line.field, []).append(line.value)
    return found


def test_cities_share_all_selected_postings_and_name_their_region(state):
    graph = graph_from(state, EVERY_ROW)
    rows = looking.city_rows(graph, "cset3", state.facts)
    assert rows.select("id", "name", "postings", "weight", "region").rows() == [
        ("110000", "北京市", 3, 2.5, "other"),
        ("320500", "苏州市", 1, 1.0, "yrd"),
        ("440300", "深圳市", 1, 0.5, "prd"),
    ]
    assert rows["share"].sum() == pytest.approx(4 / 6)
    assert rows["ref"][0] == "city:110000"


def test_every_listed_number_is_the_count_of_its_evidence(state):
    graph, tracer = graph_from(state, EVERY_ROW), Tracer(state, EVERY_ROW)
    empty_flags = pl.DataFrame(
        schema={"employer_id": pl.String, "defense": pl.String, "surveillance": pl.String}
    )
    kinds = looking.claimed_kinds(state, "today")
    tables = [
        looking.employer_rows(graph, empty_flags, looking.employer_clusters(state.folder)),
        looking.city_rows(graph, "cset3", state.facts),
        looking.skill_rows(graph),
        looking.sector_rows(graph, pl.concat([looking.of_industries(graph), kinds]), state.facts),
        looking.sector_rows(graph, looking.of_divisions(selected_from(state, EVERY_ROW).frame), state.facts),
    ]
    assert tables[-1]["id"].sort().to_list() == ["C34", "I65"]
    for table in tables:
        for ref, postings in table.select("ref", "postings").iter_rows():
            assert tracer.trace(ref).height == postings
    for kind in ("HIRES_IN", "REQUIRES", "IN_SECTOR_Employer"):
        name = kind.removesuffix("_Employer")
        for start, end, postings in graph.edges[kind].select("start", "end", "postings").iter_rows():
            assert tracer.trace(f"edge:{name}:{start}:{end}").height == postings


def test_evidence_names_file_row_and_hash(state):
    found = Tracer(state, Selection()).trace("posting:p001")
    assert found.select("kind", "id", "file", "row", "sha256").rows() == [
        ("posting", "p001", "boards/zhaopin_a.csv", 1, "bb"),
        ("posting", "p001", "boards/zhaopin_a.csv", 6, "bb"),
    ]
    assert "算法工程师" in found["value"][0]


@pytest.mark.parametrize(
    ("bare", "kind"), [("p002", "posting"), ("e2", "employer"), ("320500", "city"), ("nlp", "skill")]
)
def test_a_bare_id_is_enough_where_only_one_thing_has_it(state, bare, kind):
    assert Tracer(state, EVERY_ROW).trace(bare)["of"][0] == f"{kind}:{bare}"


@pytest.mark.parametrize(
    "reference",
    [
        "posting:nobody",
        "employer:",
        "edge:HIRES_IN:e1",
        "edge:LIKES:e1:e2",
        "nobody",
        "cell:E4:r:k",
        "row:s1:x",
    ],
)
def test_what_leads_nowhere_is_a_usage_error(state, reference):
    with pytest.raises(UsageError):
        Tracer(state, EVERY_ROW).trace(reference)


def test_claims_lead_to_the_row_of_the_list(world, folder):
    shipped_row = world.claim(1, "e3", "defense", list_row="lists/data/us_1260h.csv:3")
    state = Current(folder, world.material([world.posting(1)], [shipped_row]), world.facts())
    for ref in ("claim:c1", "edge:AFFILIATED_WITH:e3:a1:c1", "edge:IN_SECTOR:a1:defense", "affiliation:a1"):
        found = Tracer(state, Selection()).trace(ref).row(0, named=True)
        assert (found["file"], found["row"]) == ("lists/data/us_1260h.csv", 3)
        assert len(found["sha256"]) == 64


def test_reference_edges_lead_to_their_table(state):
    found = Tracer(state, EVERY_ROW).trace("edge:PART_OF:320500:cset3/yrd")
    assert found.select("kind", "file").rows() == [("reference", "reference table schemes")]


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("星海智能", ("employer", "e1")),
        ("STARSEA", ("employer", "e1")),
        ("employer:e3", ("employer", "e3")),
        ("beijing", ("city", "110000")),
        ("深圳市", ("city", "440300")),
        ("yrd", ("region", "cset3/yrd")),
        ("zones/pilot", ("region", "zones/pilot")),
        ("自然语言处理", ("skill", "nlp")),
        ("I", ("sector", "I")),
        ("软件", ("sector", "I65")),
    ],
)
def test_a_name_finds_its_thing(state, name, thing):
    assert find_thing(name, state, "cset3")[:2] == thing


def test_a_wrong_name_is_answered_with_look_alikes(state):
    with pytest.raises(UsageError, match="星海智能科技"):
        find_thing("星海智能科抆", state, "cset3")


@pytest.mark.parametrize("name", ["北京航空航天大学", "深圳幻想科技有限公司", "北京中关村的店"])
def test_a_name_that_only_begins_with_a_city_is_no_city(state, name):
    with pytest.raises(UsageError, match="no employer, city"):
        find_thing(name, state, "cset3")


def test_look_alikes_are_found_by_alias_too(state):
    with pytest.raises(UsageError, match="did you mean starsea"):
        find_thing("starsae", state, "cset3")


def test_an_empty_name_is_like_no_employer(state):
    with pytest.raises(UsageError) as error:
        find_thing("", state, "cset3")
    assert "did you mean" not in str(error.value)


def test_an_employer_on_one_screen(state):
    screen = lines(employer_lines, state, "e1")
    assert screen["postings"] == ["3"]
    assert screen["AI postings"] == ["2 (66.7 %)"]
    assert screen["city"] == ["北京市", "深圳市"]
    assert screen["rank"] == ["1 of 3 employers"]
    assert screen["written as"] == ["星海智能", "星海智能科技有限公司"]
    assert "clears nobody" in screen["claims"][0]
    assert lines(employer_lines, state, "e2")["parent"] == ["星海智能科技"]
    assert screen["possibly same"] == ["望山航天", "星海智能机器"]
    assert lines(employer_lines, state, "e3")["possibly same"] == ["星海智能科技"]
    assert "possibly same" not in lines(employer_lines, state, "e2")


def test_a_region_counts_whole_provinces_and_a_city_does_not(state):
    assert lines(region_lines, state, "cset3/yrd")["postings"] == ["2"]
    assert lines(city_lines, state, "320500")["postings"] == ["1"]
    assert lines(skill_lines, state, "welding")["employer"] == ["云岭机器"]
    assert lines(sector_lines, state, "C")["postings"] == ["1"]
    assert lines(sector_lines, state, "C34")["postings"] == ["1"]
    assert any("I65" in line for line in lines(employer_lines, state, "e1")["industry"])


def test_a_sample_is_the_same_for_the_same_seed(state):
    rows = selected_from(state, EVERY_ROW).frame
    first, again, other = (looking.draw(rows, 3, seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert first.height == other.height == 3
    assert looking.draw(rows, 99, 0).equals(rows)


def test_postings_have_the_promised_columns(state):
    frame = looking.posting_rows(selected_from(state, EVERY_ROW).frame, state.facts)
    assert frame.columns[: len(looking.POSTING_COLUMNS)] == list(looking.POSTING_COLUMNS)
    both = frame.filter(pl.col("posting_id") == "p002").row(0, named=True)
    assert (both["city"], both["adcodes"], both["place_status"]) == (
        "北京市;深圳市",
        "110000;440300",
        "multi",
    )
    province = frame.filter(pl.col("posting_id") == "p003").row(0, named=True)
    assert (province["city"], province["adcodes"]) == (None, "320000")


def test_search_takes_text_literally(state):
    rows = selected_from(state, EVERY_ROW).frame
    assert looking.search_postings(rows, "望山")["posting_id"].to_list() == ["p004"]
    assert looking.search_postings(rows, ".*").is_empty()


def test_look_alikes_are_shown_best_first():
    names = pl.DataFrame(
        {
            "employer_id": ["a", "b", "c"],
            "normalised": ["海康威视数字技术", "海康威视数字科技", "望山航天"],
        }
    )
    assert [key for key, _ in look_alikes("a", names)] == ["b"]


def test_an_unknown_preset_is_answered_with_the_nearest(state):
    with pytest.raises(UsageError, match="babina_2024"):
        selected_from(state, Selection(preset="babina"))


def test_an_adaptive_preset_judges_by_the_postings_at_hand(state):
    chosen = Selection(preset="babina_2024", tier="broad", dedupe="none")
    kept = selected_from(state, chosen).frame
    assert kept.height
    assert "welding" not in kept["skills"].explode().to_list()
