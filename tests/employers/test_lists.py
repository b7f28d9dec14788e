"""Lists: the built-in ones keep their contract; imports are taken whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graphcli.loaders.lists.entries import load_lists, read_list
from graphcli.loaders.lists.importing import import_list
from graphcli.loaders.lists.listing import overview, show
from graphcli.loaders.resolve.claims.matching import flags, match_claims
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.folder import WorkspaceFolder

OWN_HEADER = (
    "id,name_zh,name,aliases,pattern,affiliation_id,affiliation,affiliation_type,kind,basis,parent,source,"
    "listed_from,listed_to,url,as_of,certainty\n"
)
OWN_ROW = "a-1,汉询软件有限公司,,,,own,Own list,list,defense,listed,,own work,2020-01,,,2026-01-01,sure\n"


def tracker(*values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "china-defence-universities", "name": "made up", "values": list(values)}


def institution(name: str, category: str, **meta: Any) -> dict[str, Any]:
    return {"value": name, "uuid": "0", "meta": {"categories": [category], **meta}}


@pytest.fixture
def write_json(tmp_path: Path) -> Callable[[Any], Path]:
    def write(content: Any) -> Path:
        path = tmp_path / "tracker.json"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def claims_for(folder: WorkspaceFolder, *names: str) -> pl.DataFrame:
    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)})
    return match_claims(*resolve_employers(frame), folder.reference_folder)


def test_what_no_document_was_read_for_is_not_sure():
    """Who holds whom, and what an own web site says, waits for a document with an address."""
    hearsay = pl.col("source").str.contains("annual report|own web site|prospectus")
    held = pl.col("basis").is_in(["subsidiary", "institute"]) & pl.col("url").is_null()
    tracked = pl.col("source").str.starts_with("China Defence Universities Tracker")
    for item in load_lists():
        waiting = item.entries.filter(pl.col("pattern").is_null(), hearsay | (held & ~tracked))
        assert waiting.filter(pl.col("certainty") == "sure")["id"].to_list() == [], item.name


def test_built_in_lists_keep_their_contract():
    lists = {item.name: item.entries for item in load_lists()}
    assert set(lists) >= {
        "conglomerates",
        "subsidiaries",
        "institutes",
        "universities",
        "surveillance_vendors",
        "us_1260h",
        "us_entity_list",
        "us_ns_cmic",
        "us_section_889",
    }
    entries = pl.concat(lists.values())
    assert entries["id"].is_unique().all()
    assert entries["source"].is_not_null().all()
    assert entries.filter(
        pl.col("parent").is_not_null() & ~pl.col("parent").is_in(entries["id"].implode())
    ).is_empty()
    # Kind goes by source.
    for name, kind in (("us_1260h", "defense"), ("us_ns_cmic", "defense"), ("us_entity_list", "trade")):
        assert set(lists[name]["kind"]) == {kind}
    assert set(lists["us_section_889"]["kind"]) == {"trade"}
    assert set(lists["surveillance_vendors"]["kind"]) == {"surveillance"}


def test_every_listing_has_a_start():
    for item in load_lists():
        listed = item.entries.filter(pl.col("basis") == "listed")
        assert listed["listed_from"].is_not_null().all()


def test_core_conglomerates_and_seven_sons_are_all_there():
    lists = {item.name: item.entries for item in load_lists()}
    groups = set(lists["conglomerates"]["affiliation_id"])
    expected = "casc casic avic aecc cssc norinco csgc cetc cec cnnc caep comac"
    assert groups == set(expected.split())
    sons = lists["universities"].filter(pl.col("affiliation_id") == "seven_sons")
    assert sons.height == 7


def test_tracker_is_imported_and_used(folder: WorkspaceFolder, write_json: Callable[[Any], Path]):
    path = write_json(
        tracker(
            institution(
                "Lake Army University (湖畔陆军大学)",
                "Military",
                aliases=["中国人民解放军湖畔陆军大学", "LAU", "湖陆"],
                refs=["ftp://nowhere", "https://example.org/lake"],
                subsidiaries=["Lake Works (湖畔装备有限公司)", "Training Department (训练部)"],
            ),
            institution("Hill University (青山大学)", "Civilian", aliases=[]),
        )
    )
    imported = import_list(folder, path, as_of="2019-11-25")
    assert imported.name == "aspi_china_defence_universities"
    names = (
        "湖畔陆军大学",
        "中国人民解放军湖畔陆军大学",
        "湖畔装备有限公司",
        "青山大学",
        "湖陆",
        "训练部",
        "LAU",
    )
    claims = claims_for(folder, *names)
    found = set(claims.select("matched_name", "affiliation_id", "kind", "basis").iter_rows())
    assert found == {
        ("湖畔陆军大学", "aspi_military", "defense", "university"),
        ("中国人民解放军湖畔陆军大学", "aspi_military", "defense", "university"),
        ("湖畔装备有限公司", "aspi_military", "defense", "subsidiary"),
        ("青山大学", "aspi_civilian", None, "university"),
    }
    assert flags(claims, "ever").height == 3
    assert set(claims["list_row"].str.replace(r":\d+$", "")) == {
        "reference/lists/aspi_china_defence_universities.csv"
    }
    rows = overview(folder).frame.filter(pl.col("origin") == "imported").row(0, named=True)
    assert (rows["entries"], rows["as_of"]) == (3, "2019-11-25")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"value": "", "meta": {}}, "row 2: an entry needs 'value'"),
        ("no entry", "row 2: an entry needs 'value'"),
        ({"value": "Nowhere (某地大学)", "meta": {"categories": ["Secret"]}}, "row 2: category"),
        ({"value": "Nowhere", "meta": {"categories": ["Military"], "aliases": "x"}}, "row 2: 'aliases'"),
    ],
)
def test_malformed_tracker_names_the_row_and_imports_nothing(
    folder: WorkspaceFolder, write_json: Callable[[Any], Path], broken: Any, words: str
):
    path = write_json(tracker(institution("Lake University (湖畔大学)", "Civilian"), broken))
    with pytest.raises(DataContractError, match=words):
        import_list(folder, path)
    assert not (folder.reference_folder / "lists").exists() or not list(
        (folder.reference_folder / "lists").iterdir()
    )


def test_own_list_is_imported_and_a_broken_one_leaves_the_old_one(folder: WorkspaceFolder, tmp_path: Path):
    path = tmp_path / "My List.csv"
    path.write_text(OWN_HEADER + OWN_ROW, encoding="utf-8-sig")
    assert import_list(folder, path).name == "my_list"
    assert claims_for(folder, "汉询软件有限公司")["valid_from"].dt.to_string("iso").to_list() == [
        "2020-01-31"
    ]
    path.write_text(OWN_HEADER + OWN_ROW + OWN_ROW.replace("a-1", "a-2").replace("2020-01", "2020-77"))
    with pytest.raises(DataContractError, match=r"My List.csv.*row 2.*2020-77.*nothing was imported"):
        import_list(folder, path)
    assert claims_for(folder, "汉询软件有限公司").height == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("a-1,汉询软件有限公司", "a-1,"), "needs a name"),
        (("汉询软件有限公司,,,,", "汉询软件有限公司,,,.*,"), "only built-in lists match by rule"),
        (("listed,,own", "rumour,,own"), "basis"),
        (("2020-01,,", "2020-01,2019-01,"), "before listed_from"),
        (("defense", "hostile"), "kind"),
    ],
)
def test_own_list_breaking_a_rule(
    folder: WorkspaceFolder, tmp_path: Path, change: tuple[str, str], words: str
):
    path = tmp_path / "own.csv"
    path.write_text(OWN_HEADER + OWN_ROW.replace(*change), encoding="utf-8")
    with pytest.raises(DataContractError, match=words):
        import_list(folder, path)


def test_imported_list_of_our_name_replaces_ours(folder: WorkspaceFolder, tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text(OWN_HEADER + OWN_ROW, encoding="utf-8")
    import_list(folder, path, name="us_1260h")
    claims = claims_for(folder, "华为技术有限公司", "汉询软件有限公司")
    assert "us_1260h" not in set(claims["affiliation_id"])
    assert "own" in set(claims["affiliation_id"])


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"{}", b"[1, 2]", b'{"type": "other"}'])
def test_unknown_form_is_a_usage_error(folder: WorkspaceFolder, tmp_path: Path, content: bytes):
    path = tmp_path / "thing"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no known list format"):
        import_list(folder, path)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b'id,source\n"open'])
def test_damaged_file_is_a_data_error(folder: WorkspaceFolder, tmp_path: Path, content: bytes):
    path = tmp_path / "thing"
    path.write_bytes(content)
    with pytest.raises(DataContractError, match="thing"):
        import_list(folder, path)


def test_missing_file_and_bad_name(folder: WorkspaceFolder, tmp_path: Path):
    with pytest.raises(UsageError, match="no file"):
        import_list(folder, tmp_path / "none.csv")
    path = tmp_path / "own.csv"
    path.write_text(OWN_HEADER + OWN_ROW, encoding="utf-8")
    with pytest.raises(UsageError, match="--name"):
        import_list(folder, path, name="../elsewhere")


def test_show_lists_entries_and_refuses_unknown_names(folder: WorkspaceFolder):
    assert show(folder, "us_section_889").frame.height == 5
    with pytest.raises(UsageError, match="us_1260h"):
        show(folder, "us_1260")


def test_reading_a_list_names_file_row_and_column(tmp_path: Path):
    path = tmp_path / "odd.csv"
    path.write_text(OWN_HEADER + OWN_ROW.replace("sure", "certain"), encoding="utf-8")
    with pytest.raises(DataContractError, match=r"odd.csv: row 1, column 'certainty'"):
        read_list(path, "imported")


def test_real_tracker(folder: WorkspaceFolder, shared_data: Path):
    path = shared_data / "reference/aspi_china_defence_universities.json"
    imported = import_list(folder, path, as_of="2019-11-25")
    main = imported.entries.filter(pl.col("basis") != "subsidiary")
    assert main.height == 159
    assert main["kind"].value_counts().sort("kind", nulls_last=True).rows() == [("defense", 71), (None, 88)]
    assert main["name_zh"].is_not_null().all()
    claims = claims_for(
        folder, "北京航空航天大学", "武汉大学", "南方科技大学", "西北核技术研究所", "BIT", "北大"
    )
    found = set(claims.select("matched_name", "affiliation_id").iter_rows())
    assert {("西北核技术研究所", "aspi_military"), ("武汉大学", "aspi_civilian")} < found
    assert {name for name, _ in found} == {"北京航空航天大学", "武汉大学", "西北核技术研究所"}
    assert "武汉大学" not in set(flags(claims, "today").join(claims, on="employer_id")["matched_name"])


@pytest.mark.parametrize(
    ("file", "entries", "name"),
    [
        ("us_dod_1260h.csv", 397, "us_1260h_import"),
        ("us_section_889.csv", None, "us_section_889_import"),
        ("misp_surveillance_vendor.json", 615, "misp_surveillance_vendors"),
    ],
)
def test_real_lists_in_english_match_through_english_names(
    folder: WorkspaceFolder, shared_data: Path, file: str, entries: int | None, name: str
):
    imported = import_list(folder, shared_data / "reference" / file)
    assert imported.name == name
    assert entries in {None, imported.entries.height}
    if name == "misp_surveillance_vendors":
        return
    claims = claims_for(folder, "杭州海康威视数字技术股份有限公司", "北京航天科达信息技术有限公司")
    matched = claims.filter(pl.col("affiliation_id") == name)["matched_name"].to_list()
    assert matched
    assert all(text.startswith("Hangzhou Hikvision Digital Technology Co") for text in matched)
