"""The US Consolidated Screening List, lists of one's own, and what the command says of an import."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from graphcli import cli
from graphcli.loaders.lists.entries import load_lists
from graphcli.loaders.lists.importing import import_list
from graphcli.loaders.lists.listing import show
from graphcli.loaders.reader.delimited.records import long_cells
from graphcli.loaders.resolve.claims.matching import claims_on, match_claims
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.workspace.errors import DataContractError, GraphcliError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.output import render

HIKVISION = "杭州海康威视数字技术股份有限公司"
CSL_COLUMNS = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses",
    "federal_register_notice", "start_date", "end_date", "source_list_url", "alt_names", "citizenships",
    "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
ENTITY_LIST = {
    "name": "Hangzhou Hikvision Digital Technology Co., Ltd.",
    "alt_names": ["海康威视", "HIK"],
    "source": "Entity List (EL) - Bureau of Industry and Security",
    "programs": [],
    "start_date": "2019-10-09",
    "end_date": None,
    "federal_register_notice": "84 FR 54002",
    "source_list_url": "https://www.bis.gov/entity-list",
    "type": None,
    "addresses": [{"city": "Hangzhou", "country": "CN"}],
}
CMIC = {
    **ENTITY_LIST,
    "source": "Non-SDN Chinese Military-Industrial Complex Companies List (CMIC) - Treasury Department",
    "type": "Entity",
    "start_date": "2021-08-02",
    "federal_register_notice": None,
}
PERSON = {**CMIC, "name": "SOMEBODY, Some", "type": "Individual"}
UNTYPED_PERSON = {**ENTITY_LIST, "name": "Zhang San", "nationalities": ["CN"]}
VESSEL = {**CMIC, "name": "HAI YANG 26", "type": "Vessel"}


def imported_claims(folder, *names):
    import polars as pl

    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)})
    claims = match_claims(*resolve_employers(frame), folder.reference_folder)
    return claims.filter(pl.col("list_row").str.starts_with("reference/"))


def write_csl(path, *records):
    if path.suffix == ".json":
        path.write_text(json.dumps({"total": len(records), "results": records}, ensure_ascii=False), "utf-8")
        return path
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, CSL_COLUMNS, extrasaction="ignore", restval="")
    writer.writeheader()
    for record in records:
        joined = {
            key: "; ".join(map(str, value)) if isinstance(value, list) else value
            for key, value in record.items()
        }
        writer.writerow({key: "" if value is None else value for key, value in joined.items()})
    path.write_text(buffer.getvalue(), "utf-8")
    return path


@pytest.mark.parametrize("name", ["consolidated.json", "consolidated.csv"])
def test_screening_list(folder, tmp_path, name):
    path = write_csl(tmp_path / name, ENTITY_LIST, PERSON, CMIC, VESSEL, UNTYPED_PERSON)
    read = import_list(folder, path, as_of="2026-11-01")
    assert (read.name, read.rows_read, read.entries.height) == ("us_consolidated_screening_list", 5, 2)
    assert read.set_aside == {"individual": 2, "vessel": 1}
    found = imported_claims(folder, HIKVISION).sort("listed_from")
    assert found.select("affiliation_id", "kind", "listed_from", "matched_name").rows() == [
        ("us_entity_list", "trade", "2019-10-09", "海康威视"),
        ("us_ns_cmic", "defense", "2021-08-02", "海康威视"),
    ]
    assert found["source"].to_list()[0] == "US Bureau of Industry and Security, Entity List (84 FR 54002)"
    assert claims_on(found, "2021-04-30")["affiliation_id"].to_list() == ["us_entity_list"]


@pytest.mark.parametrize("name", ["c.json", "c.csv"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "row 2: 'name' is empty"),
        ({"source": ""}, "row 2: 'source' is empty"),
        ({"start_date": "last year"}, "row 2: start_date 'last year' is no date"),
        ({"start_date": "2021-05-01", "end_date": "2020-05-01"}, "row 2: its end"),
    ],
)
def test_a_malformed_record_is_named(folder, tmp_path, name, change, words):
    path = write_csl(tmp_path / name, CMIC, {**ENTITY_LIST, **change})
    with pytest.raises(DataContractError, match=words + ".*nothing was imported"):
        import_list(folder, path)
    assert all(item.origin == "built-in" for item in load_lists(folder.reference_folder))


@pytest.mark.parametrize(
    "broken", [7, {"name": 3, "source": "x"}, {**CMIC, "alt_names": [1]}, {**CMIC, "type": []}]
)
def test_a_record_of_other_types_is_named(folder, tmp_path, broken):
    with pytest.raises(DataContractError, match=r"row 2: .*nothing was imported"):
        import_list(folder, write_csl(tmp_path / "c.json", CMIC, broken))


def test_an_unknown_list_of_the_screening_list_raises_no_flag(folder, tmp_path):
    new = {**CMIC, "source": "Sumpfland List (SLL) - Sumpfland Department"}
    import_list(folder, write_csl(tmp_path / "c.json", new))
    claims = imported_claims(folder, HIKVISION)
    assert claims.select("kind", "affiliation").rows() == [
        ("trade", "Sumpfland List (SLL) - Sumpfland Department")
    ]


def test_own_list_needs_a_name_and_a_source(folder, tmp_path):
    path = tmp_path / "suppliers.csv"
    path.write_text(
        "name_zh,source,kind,basis,listed_from\n汉询软件有限公司,own reading,defense,supplier,2022-05\n",
        "utf-8",
    )
    assert import_list(folder, path, as_of="2024-01-01").name == "suppliers"
    claim = imported_claims(folder, "汉询软件有限公司").row(0, named=True)
    assert (claim["affiliation"], claim["basis"], claim["listed_from"]) == (
        "suppliers",
        "supplier",
        "2022-05",
    )
    # Columns in another order, and rows in another order, say the same.
    path.write_text(
        "source,listed_from,basis,kind,name_zh\nown reading,2022-05,supplier,defense,汉询软件有限公司\n",
        "utf-8",
    )
    import_list(folder, path, as_of="2024-01-01")
    assert imported_claims(folder, "汉询软件有限公司")["claim_id"].to_list() == [claim["claim_id"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name_zh,source,colour\n甲有限公司,own,red\n", "unknown column 'colour'"),
        ("name_zh,source,source\n甲有限公司,own,own\n", "stands twice"),
        ("name_zh,source\n甲有限公司,own\n,own\n", "row 2.*needs a name"),
        ("name_zh,source\n甲有限公司,own\n乙有限公司\n", "row 2: 1 cells under 2 columns"),
        ("name_zh,source\n甲有限公司,\n", "row 1, column 'source'"),
        ("name_zh,source,kind\n甲有限公司,own,military\n", "row 1, column 'kind'"),
        ("name_zh,source,listed_from\n甲有限公司,own,2021-13\n", "row 1: '2021-13' is no date"),
        ("name_zh,source\n甲有限公司,own\n甲有限公司,own\n", "column 'id'.*occurs twice"),
        ("id,name_zh,source\n#a,甲有限公司,own\n", "row 1: the id '#a'"),
        ('name_zh,source\n甲有限公司,own\n"乙有限公司,own\n', "row 2: damaged CSV"),
        ("name_zh,source\n甲有限公司,own\n" + "乙" * 200_000 + ",own\n", "row 2: damaged CSV"),
        ("name_zh,source\n", "holds no entry"),
    ],
)
def test_an_own_list_that_breaks_a_rule(folder, tmp_path, text, words):
    path = tmp_path / "own.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DataContractError, match=words):
        import_list(folder, path)
    assert all(item.origin == "built-in" for item in load_lists(folder.reference_folder))


def test_a_cell_too_long_is_refused_whatever_limit_the_process_has(folder, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("name_zh,source\n甲有限公司,own\n" + "乙" * 200_000 + ",own\n", "utf-8")
    with long_cells(), pytest.raises(DataContractError, match="row 2: damaged CSV"):
        import_list(folder, path)


@pytest.mark.parametrize(("encoding", "end"), [("gb18030", "\n"), ("utf-8-sig", "\r\n"), ("utf-8", "\r")])
def test_own_list_as_spreadsheets_save_it(folder, tmp_path, encoding, end):
    path = tmp_path / "own.csv"
    path.write_bytes(f"name_zh,source{end}汉询软件有限公司,自己{end}".encode(encoding))
    assert import_list(folder, path).entries["name_zh"].to_list() == ["汉询软件有限公司"]


def test_what_show_prints_can_be_edited_and_taken_back(folder, tmp_path):
    path = tmp_path / "vendors.csv"
    path.write_text(render(show(folder, "us_section_889"), "csv"), "utf-8")
    read = import_list(folder, path)
    ours = {item.name: item for item in load_lists()}["us_section_889"]
    assert read.entries.equals(ours.entries)


def test_names_that_say_nothing_match_nobody(folder, tmp_path):
    """A name of marks alone is the same as any other such name once it is folded."""
    path = tmp_path / "own.csv"
    path.write_text('name,source,kind\n®™,own,defense\n"""",own,defense\n', "utf-8")
    import_list(folder, path)
    assert imported_claims(folder, "汉询软件有限公司(®)", "***", HIKVISION).is_empty()


def test_the_command_reports_what_it_read_imported_and_set_aside(tmp_path):
    path = write_csl(tmp_path / "c.json", CMIC, PERSON, VESSEL)
    arguments = ["-w", str(tmp_path / "w"), "lists", "import", str(path), "--format", "json"]
    done = CliRunner().invoke(cli.cli, arguments)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    row = answer["rows"][0]
    assert (row["rows_read"], row["imported"], row["set_aside"]) == (3, 1, "1 individual; 1 vessel")
    assert "set aside: 1 individual; 1 vessel" in answer["notes"]


def test_a_malformed_list_ends_the_command_with_a_broken_contract(tmp_path, capsys):
    path = write_csl(tmp_path / "c.json", CMIC, {**CMIC, "start_date": "soon"})
    assert cli.run(["-w", str(tmp_path / "w"), "lists", "import", str(path)]) == 3
    assert "c.json: row 2: start_date 'soon'" in capsys.readouterr().err


CELLS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=4),
    st.sampled_from([("name", "source"), CSL_COLUMNS]),
)
def test_any_csv_is_imported_whole_or_refused(tmp_path_factory, rows, header):
    folder = WorkspaceFolder(tmp_path_factory.mktemp("w") / "workforce")
    buffer = io.StringIO()
    csv.writer(buffer).writerows([header, *rows])
    path = folder.root.parent / "list.csv"
    path.write_bytes(buffer.getvalue().encode())
    read = outcome(folder, path)
    if isinstance(read, GraphcliError):
        assert "\n" not in str(read)
        assert all(item.origin == "built-in" for item in load_lists(folder.reference_folder))
    else:
        again = {item.name: item for item in load_lists(folder.reference_folder)}[read.name]
        assert again.entries.equals(read.entries)
        assert read.rows_read == read.entries.height + sum(read.set_aside.values())


def outcome(folder, path):
    try:
        return import_list(folder, path)
    except GraphcliError as error:
        return error
