"""Every named query keeps the rules of the catalogue and gives equal rows on every store."""

from __future__ import annotations

import math

import pytest
from store_fixtures import make_place, market

from graphcli.graph.stores.push import push
from graphcli.queries.catalogue import catalogue, find_query, parse, values
from graphcli.queries.guard import check, check_words
from graphcli.queries.listing import listing
from graphcli.queries.run import run_named
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.folder import Manifest, WorkspaceFolder
from graphcli.workspace.references import parse_reference

# What must be given for a query to answer something about the small market.
GIVEN = {
    "city-employers": {"city": "北京"},
    "employer-skills": {"employer": "Employer 1"},
    "employer-claims": {"employer": "e01"},
    "skill-employers": {"skill": "python"},
    "similar-employers": {"employer": "e01"},
    "city-specialisation": {"min_postings": "1"},
    "defense-skills": {"min_postings": "1", "as_of": "2022-01-01"},
    "new-claims": {"after": "2019-01-01", "until": "2025-12-31"},
    "listed-after-posting": {"as_of": "2025-06-30"},
}


def rows_of(store, place, name, given=None):
    given = {"as_of": "2022-01-01"} if given is None and "as_of" in parameters(name) else (given or {})
    return run_named(store, place.folder, find_query(name), given).frame.to_dicts()


def parameters(name):
    return {item.name for item in find_query(name).parameters}


def test_there_are_enough_queries_and_each_has_an_example_that_fits():
    assert len(catalogue()) >= 12
    for query in catalogue().values():
        assert query.example.startswith(f"graphcli query {query.name}")
        check_words(query.text)
        assert "ORDER BY" in query.text
        assert " AS ref\n" in query.text


def test_every_query_gives_equal_rows_on_every_store(place, tmp_path, require):
    graph = market()
    mirror = make_place("embedded", tmp_path / "mirror", require)
    with place.open() as store, mirror.open() as other:
        push(graph, store, "s1")
        push(graph, store, "s2")
        push(graph, other, "s1")
        place.folder = mirror.folder = ScopedFolder(tmp_path)
        for name in catalogue():
            given = GIVEN.get(name)
            rows = rows_of(store, place, name, given)
            assert rows, f"{name} has nothing to say about the small market"
            if place.kind != "embedded":
                assert rows == rows_of(other, mirror, name, given), name
            for row in rows:
                parse_reference(row["ref"])
            wanted = values(find_query(name), given or {})
            check(store, find_query(name).text, {**wanted, "scope": "s1"})


class ScopedFolder(WorkspaceFolder):
    """A workspace whose scope is known."""

    def manifest(self):
        return Manifest("s1")


@pytest.fixture
def asked(embedded_place):
    with embedded_place.open() as store:
        push(market(), store, "s1")
        yield lambda name, **given: rows_of(store, embedded_place, name, given or None)


def test_shares_of_regions_add_up(asked):
    graph = market()
    city = {row["adcode"]: row for row in graph.nodes["City"].to_dicts()}
    weight = {code: row["weight"] * row["ai_postings"] / row["postings"] for code, row in city.items()}
    shares = {row["region"]: row["share"] for row in asked("region-shares")}
    assert shares["cset3/yrd"] == pytest.approx(
        (weight["310000"] + weight["320100"]) / sum(weight.values()), abs=1e-6
    )
    assert sum(shares.values()) < 1
    whole = {row["region"]: row["share"] for row in asked("region-shares", scheme="pilot", partial="false")}
    both = {row["region"]: row["share"] for row in asked("region-shares", scheme="pilot")}
    assert both["pilot/zones"] - whole["pilot/zones"] == pytest.approx(shares["cset3/bth"], abs=2e-6)


def test_claims_hold_from_their_first_to_their_last_day(asked):
    def listed(day):
        return [row["claim_id"] for row in asked("defense-employers", as_of=day) if row["id"] == "e01"]

    assert listed("2021-06-29") == []
    assert listed("2021-06-30") == ["c3"]
    assert listed("2024-01-31") == ["c3", "c4"]
    assert listed("2025-01-31") == ["c3", "c4"]
    assert listed("2025-02-01") == ["c3"]


def test_a_claim_without_dates_always_holds_and_trade_is_no_defense(asked):
    for day in ("1999-01-01", "2030-01-01"):
        found = {row["id"] for row in asked("defense-employers", as_of=day)}
        assert "e00" in found
        assert "e04" not in found


def test_the_city_quotient_is_its_share_over_all_ai(asked):
    hires = market().edges["HIRES_IN"].to_dicts()
    members = {"e00", "e01"}
    everything = sum(row["ai_postings"] for row in hires)
    group = sum(row["ai_postings"] for row in hires if row["start"] in members)
    for row in asked("defense-cities", as_of="2022-01-01"):
        here = [hire for hire in hires if hire["end"] == row["adcode"]]
        mine = sum(hire["ai_postings"] for hire in here if hire["start"] in members)
        assert row["ai_postings"] == mine
        quotient = (mine / group) / (sum(hire["ai_postings"] for hire in here) / everything)
        assert math.isclose(row["quotient"], quotient, abs_tol=1e-4)


def test_unlisted_employers_leave_out_those_with_a_claim_that_day(asked):
    early = {row["id"] for row in asked("unlisted-face-recognition", as_of="2019-01-01", limit="100")}
    late = {row["id"] for row in asked("unlisted-face-recognition", as_of="2022-01-01", limit="100")}
    assert early - late == {"e02"}
    assert "e00" not in early


def test_similar_employers_share_what_the_graph_says(asked):
    edges = market().edges["REQUIRES"].to_dicts()
    skills = {}
    for row in edges:
        skills.setdefault(row["start"], set()).add(row["end"])
    for row in asked("similar-employers", employer="e01", limit="100"):
        shared = skills["e01"] & skills[row["id"]]
        assert row["shared_skills"] == len(shared)
        assert row["likeness"] == pytest.approx(
            len(shared) / len(skills["e01"] | skills[row["id"]]), abs=1e-6
        )


def test_names_stand_for_ids_and_wrong_ones_get_the_nearest(asked):
    by_id = asked("city-employers", city="110000")
    assert by_id == asked("city-employers", city="北京")
    hostile = asked("employer-skills", employer='"><script>alert(1)</script>')
    assert hostile == asked("employer-skills", employer="e00")
    with pytest.raises(UsageError, match="企业12"):
        asked("employer-skills", employer="企业12345")
    with pytest.raises(UsageError, match="did you mean"):
        asked("city-employers", cty="北京")
    with pytest.raises(UsageError, match="needs city"):
        asked("city-employers")
    with pytest.raises(UsageError, match="whole number"):
        asked("city-ranking", limit="many")
    with pytest.raises(UsageError, match="date"):
        asked("defense-employers", as_of="2021-13-01")


def test_an_answer_without_rows_still_has_its_columns(embedded_place):
    with embedded_place.open() as store:
        push(market(), store, "s1")
        result = run_named(store, embedded_place.folder, find_query("region-shares"), {"scheme": "none"})
    assert result.frame.columns == ["region", "name", "name_en", "cities", "ai_weight", "share", "ref"]
    assert result.frame.height == 0


def test_the_list_has_the_promised_columns():
    frame = listing().frame
    assert frame.columns == ["name", "question", "parameters", "example"]
    assert listing("city-ranking").notes[-1].startswith("MATCH")
    with pytest.raises(UsageError, match="city-ranking"):
        listing("city-rankin")


GOOD = """// title: T
// question: Q?
// parameter: n integer = 3 -- N
// example: graphcli query q
MATCH (a:City {scope: $scope}) RETURN a.adcode AS a LIMIT $n
"""


def test_a_header_is_read():
    query = parse("q", GOOD)
    assert values(query, {}) == {"n": 3}
    assert values(query, {"n": "7"}) == {"n": 7}


@pytest.mark.parametrize(
    "broken",
    [
        GOOD.replace("// title: T\n", ""),
        GOOD.replace("// example", "// title: again\n// example"),
        GOOD.replace("integer", "wholenumber"),
        GOOD.replace("$n", "5"),
        GOOD.replace("$scope", "'s'"),
        GOOD.replace("-- N", ""),
    ],
)
def test_a_broken_header_is_refused(broken):
    with pytest.raises(DataContractError):
        parse("q", broken)
