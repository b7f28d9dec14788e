"""OpenSanctions files: companies become dated claims, everything else is counted, a bad row stops all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.lists.entries import load_lists
from graphcli.loaders.lists.importing import import_list
from graphcli.loaders.lists.listing import import_result
from graphcli.loaders.lists.programs import load_programs
from graphcli.loaders.resolve.claims.matching import claims_on, flags, match_claims
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.workspace.errors import DataContractError, GraphcliError, UsageError
from graphcli.workspace.folder import WorkspaceFolder

HIKVISION = "杭州海康威视数字技术股份有限公司"


def entity(identity: str, schema: str, target: bool = True, **properties: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "schema": schema,
        "caption": identity,
        "properties": properties,
        "datasets": ["us_made_up"],
        "target": target,
        "first_seen": "2021-02-01T10:00:00",
        "last_seen": "2024-05-06T10:00:00",
    }


def write_lines(path: Path, *values: Any) -> Path:
    lines = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def claims_for(folder: WorkspaceFolder, *names: str) -> pl.DataFrame:
    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)})
    return match_claims(*resolve_employers(frame), folder.reference_folder)


def imported_claims(folder: WorkspaceFolder, *names: str) -> pl.DataFrame:
    return claims_for(folder, *names).filter(pl.col("list_row").str.starts_with("reference/"))


ORG = entity(
    "NK-Hik",
    "Company",
    name=["Hangzhou Hikvision Digital Technology Co., Ltd."],
    alias=["HIK", "海康威视"],
    weakAlias=["大华股份"],
    country=["cn"],
    topics=["debarment"],
)
LISTING = entity(
    "s-1",
    "Sanction",
    target=False,
    entity=["NK-Hik"],
    programId=["US-DOD-1260H"],
    startDate=["2021-06-03"],
    endDate=["2025-01-07"],
    sourceUrl=["https://example.org/list"],
)


@pytest.mark.parametrize("order", [(ORG, LISTING), (LISTING, ORG)])
def test_a_sanction_dates_the_claim_about_the_company_it_points_at(folder, tmp_path, order):
    read = import_list(folder, write_lines(tmp_path / "entities.ftm.json", *order))
    assert read.name == "opensanctions_us_made_up"
    claim = imported_claims(folder, HIKVISION).row(0, named=True)
    assert (claim["affiliation_id"], claim["kind"], claim["basis"]) == ("us_1260h", "defense", "listed")
    assert (claim["listed_from"], claim["listed_to"]) == ("2021-06-03", "2025-01-07")
    assert claim["url"] == "https://example.org/list"
    held = {day: claims_on(imported_claims(folder, HIKVISION), day).height for day in DAYS}
    assert held == {"2021-04-30": 0, "2021-06-03": 1, "2025-06-01": 0}


DAYS = ("2021-04-30", "2021-06-03", "2025-06-01")


def test_names_in_either_script_match_and_weak_ones_do_not(folder, tmp_path):
    chinese = entity(
        "NK-2", "Company", name=["湖畔雷达有限公司"], alias=["湖畔雷达研究院"], programId=["X-9"]
    )
    import_list(folder, write_lines(tmp_path / "f.json", ORG, LISTING, chinese))
    names = (
        HIKVISION,
        "湖畔雷达有限公司",
        "湖畔雷达研究院",
        "浙江大华技术股份有限公司",
        "HIK",
        "深圳湖畔雷达有限公司",
    )
    found = imported_claims(folder, *names).select("matched_name", "method").sort("matched_name").rows()
    assert found == [("海康威视", "alias"), ("湖畔雷达有限公司", "exact"), ("湖畔雷达研究院", "alias")]


def test_a_short_form_in_brackets_is_no_part_of_the_name(folder, tmp_path):
    shown = "Hangzhou Hikvision Digital Technology Co., Ltd. (Hikvision)"
    other = "Zhejiang Dahua Technology Co., Ltd. (Shanghai)"
    bodies = [entity(f"NK-{n}", "Company", name=[name]) for n, name in enumerate([shown, other])]
    import_list(folder, write_lines(tmp_path / "f.json", *bodies))
    found = imported_claims(folder, HIKVISION, "浙江大华技术股份有限公司")
    assert found["matched_name"].to_list() == ["Hangzhou Hikvision Digital Technology Co., Ltd."]


def test_persons_vessels_and_aircraft_are_counted_and_set_aside(folder, tmp_path):
    others = [
        entity("p", "Person", name=["A Person"]),
        entity("q", "Person", name=["B Person"]),
        entity("v", "Vessel", name=["A Ship"]),
        entity("a", "Airplane", name=["B-1234"]),
        entity("c", "Company", target=False, name=["Only an Owner Ltd."]),
    ]
    read = import_list(folder, write_lines(tmp_path / "f.json", *others, ORG, LISTING))
    assert read.entries.height == 1
    assert read.rows_read == 7
    assert read.set_aside == {"Person": 2, "Vessel": 1, "Airplane": 1, "Company that no list names": 1}


def test_a_company_on_several_lists_gets_a_claim_for_each(folder, tmp_path):
    second = {**LISTING, "id": "s-2"}
    second["properties"] = {
        "entity": ["NK-Hik"], "programId": ["US-BIS-EL"], "listingDate": ["2019-10-09"],
        "startDate": ["2019"],
    }  # fmt: skip
    unknown = {**LISTING, "id": "s-3"}
    unknown["properties"] = {
        "entity": ["NK-Hik"],
        "program": ["Sumpfland, Anhang 3"],
        "startDate": ["2020-01"],
    }
    import_list(folder, write_lines(tmp_path / "f.json", ORG, LISTING, second, unknown))
    rows = (
        imported_claims(folder, HIKVISION).select("affiliation_id", "kind", "listed_from").sort("listed_from")
    )
    assert rows.rows() == [
        ("us_entity_list", "trade", "2019-10-09"),
        ("sumpfland_anhang_3", "trade", "2020-01"),
        ("us_1260h", "defense", "2021-06-03"),
    ]
    assert flags(imported_claims(folder, HIKVISION), "2020-12-01").height == 0


def test_what_has_no_date_of_its_own_was_known_when_first_seen(folder, tmp_path):
    import_list(folder, write_lines(tmp_path / "f.json", ORG))
    assert imported_claims(folder, HIKVISION)["listed_from"].to_list() == ["by 2021-02-01"]


def test_the_list_is_called_after_the_one_data_set_it_comes_from(folder, tmp_path):
    bare = {key: value for key, value in LISTING.items() if key != "datasets"}
    assert import_list(folder, write_lines(tmp_path / "f.json", ORG, bare)).name == "opensanctions_us_made_up"
    mixed = {**ORG, "id": "NK-2", "datasets": ["us_other"]}
    assert import_list(folder, write_lines(tmp_path / "f.json", ORG, mixed)).name == "opensanctions"


def test_nested_targets_and_an_array_hold_the_same(folder, tmp_path):
    nested = {**ORG, "properties": {**ORG["properties"], "sanctions": [LISTING]}}
    import_list(folder, write_lines(tmp_path / "targets.nested.json", nested))
    lines = imported_claims(folder, HIKVISION)
    (tmp_path / "array.json").write_text(json.dumps([ORG, LISTING]), encoding="utf-8")
    import_list(folder, tmp_path / "array.json")
    array = imported_claims(folder, HIKVISION)
    assert lines.equals(array)
    assert lines["listed_from"].to_list() == ["2021-06-03"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ('{"id": "x", "schema": "Comp', "row 2: damaged JSON"),
        ("[1]", "row 2: an entity"),
        ({"id": "x", "schema": "Company", "properties": []}, "row 2: an entity"),
        ({"id": "x", "schema": "Company", "properties": {"name": "text"}}, "row 2: 'name' is not a list"),
        (entity("x", "Company"), "row 2: .*without a name"),
        ({**LISTING, "properties": {"entity": ["NK-Hik"], "startDate": ["soon"]}}, "row 2: startDate 'soon'"),
        ({**LISTING, "properties": {"entity": ["NK-Hik"], "startDate": ["2021-02-30"]}}, "row 2: startDate"),
        (
            {**LISTING, "properties": {"entity": ["NK-Hik"], "startDate": ["2021"], "endDate": ["2020"]}},
            "row 2: .*before",
        ),
    ],
)  # fmt: skip
def test_a_malformed_line_is_named_and_nothing_is_imported(folder, tmp_path, broken, words):
    path = write_lines(tmp_path / "f.json", ORG, broken)
    with pytest.raises(DataContractError, match=words + ".*nothing was imported"):
        import_list(folder, path)
    assert [item.name for item in load_lists(folder.reference_folder) if item.origin == "imported"] == []


def test_a_line_without_end_is_refused(folder, tmp_path, monkeypatch):
    from graphcli.loaders.lists import document

    monkeypatch.setattr(document, "LONGEST_LINE", 4000)
    long = {**ORG, "properties": {**ORG["properties"], "notes": ["x" * 5000]}}
    with pytest.raises(DataContractError, match="row 3: longer than"):
        import_list(folder, write_lines(tmp_path / "f.json", ORG, LISTING, long))


def test_a_newer_edition_replaces_the_older_one(folder, tmp_path):
    path = write_lines(
        tmp_path / "f.json", ORG, {**LISTING, "properties": {**LISTING["properties"], "endDate": []}}
    )
    import_list(folder, path, as_of="2023-01-01")
    assert claims_on(imported_claims(folder, HIKVISION), "2025-06-01").height == 1
    before = imported_claims(folder, HIKVISION)["claim_id"].to_list()
    import_list(folder, write_lines(path, LISTING, ORG), as_of="2025-02-01")
    after = imported_claims(folder, HIKVISION)
    assert after["claim_id"].to_list() == before
    assert claims_on(after, "2025-06-01").height == 0
    assert claims_on(after, "2023-06-01").height == 1


def test_an_older_edition_over_a_newer_one_is_said(folder, tmp_path):
    path = write_lines(tmp_path / "f.json", ORG, LISTING)
    import_result(folder, path, as_of="2025-02-01")
    assert not any("newer" in note for note in import_result(folder, path, as_of="2025-02-01").notes)
    assert any("newer (2025-02-01)" in note for note in import_result(folder, path, as_of="2023-01-01").notes)


SIMPLE = (
    '"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones",'
    '"emails","program_ids","dataset","first_seen","last_seen","last_change"\n'
)


def simple_row(
    identity: str, schema: str, name: str, aliases: str = "", programs: str = "", **cells: str
) -> str:
    first = cells.get("first", "2022-10-06T01:00:00")
    sanctions = cells.get("sanctions", "")
    dataset = cells.get("dataset", "Made-up List")
    return (
        f'"{identity}","{schema}","{name}","{aliases}","","cn","","","{sanctions}","","","{programs}",'
        f'"{dataset}","{first}","2024-05-06T10:00:00","2024-05-06T10:00:00"\n'
    )


def test_simple_targets(folder, tmp_path):
    path = tmp_path / "targets.simple.csv"
    path.write_text(
        SIMPLE
        + simple_row(
            "NK-1", "Company", "Hangzhou Hikvision Digital Technology Co., Ltd.", "HIK;海康威视", "US-NS-CMIC"
        )
        + simple_row("NK-2", "Person", "Some Body")
        + simple_row("NK-3", "Organization", "湖畔雷达研究院", "", "", sanctions="Sumpfland; Anhang 3"),
        encoding="utf-8",
    )
    read = import_list(folder, path)
    assert (read.name, read.rows_read, read.set_aside) == ("opensanctions_made_up_list", 3, {"Person": 1})
    rows = imported_claims(folder, HIKVISION, "湖畔雷达研究院").sort("matched_name")
    assert rows.select("affiliation_id", "kind", "listed_from").rows() == [
        ("us_ns_cmic", "defense", "by 2022-10-06"),
        ("made_up_list", "trade", "by 2022-10-06"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (simple_row("NK-2", "Company", ""), "row 2: 'name' is empty"),
        (simple_row("NK-2", "Company", "Foo Bar Ltd.", first="yesterday"), "row 2: first_seen 'yesterday'"),
        ('"NK-2","Company"\n', "row 2: 2 cells under 16 columns"),
    ],
)
def test_a_malformed_simple_row_is_named(folder, tmp_path, row, words):
    path = tmp_path / "targets.simple.csv"
    path.write_text(SIMPLE + simple_row("NK-1", "Company", "Foo Works Ltd.") + row, encoding="utf-8")
    with pytest.raises(DataContractError, match=words):
        import_list(folder, path)


def test_programs_name_the_affiliations_of_our_own_lists():
    ours = {
        row[0]: row[1:]
        for item in load_lists()
        for row in item.entries.select("affiliation_id", "affiliation", "kind").iter_rows()
    }
    programs = load_programs()
    shared = [item for item in programs.values() if item.affiliation_id in ours]
    assert {item.affiliation_id for item in shared} >= {
        "us_1260h",
        "us_ns_cmic",
        "us_entity_list",
        "us_section_889",
    }
    assert all((item.affiliation, item.kind) == ours[item.affiliation_id] for item in shared)


TEXTS = st.text(max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(["name", "alias", "entity", "programId", "program", "startDate", "endDate", "sourceUrl"]),
    st.lists(TEXTS, max_size=3) | VALUES,
    max_size=5,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": TEXTS | VALUES,
                "schema": st.sampled_from(["Company", "Person", "Sanction", ""]) | VALUES,
                "properties": PROPERTIES | VALUES,
            }
        ),
        max_size=4,
    )
)
def test_any_json_lines_are_imported_whole_or_refused(tmp_path_factory, entities):
    folder = WorkspaceFolder(tmp_path_factory.mktemp("w") / "workforce")
    path = folder.root.parent / "f.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in [ORG, *entities]), encoding="utf-8")
    read = outcome(folder, path)
    if isinstance(read, GraphcliError):
        assert "\n" not in str(read)
        assert not isinstance(read, UsageError)
        assert all(item.origin == "built-in" for item in load_lists(folder.reference_folder))
    else:
        assert "os-" in read.entries["id"][0]
        assert read.rows_read == len(entities) + 1


def outcome(folder: WorkspaceFolder, path: Path) -> Any:
    try:
        return import_list(folder, path)
    except GraphcliError as error:
        return error
