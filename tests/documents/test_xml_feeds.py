"""Feeds and exports in XML give one record for each element that repeats; what is hostile or cut says so."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.load import load
from graphcli.loaders.reader.container import open_container
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
CELLS = {"title": "{0}会计", "company": "虚构云杉有限公司", "city": "杭州", "url": "https://e.cn/{0}"}
JOB = "<job>" + "".join(f"<{name}><![CDATA[{cell}]]></{name}>" for name, cell in CELLS.items()) + "</job>"
ROW = "<row>" + "".join(f"<field name='{name}'>{cell}</field>" for name, cell in CELLS.items()) + "</row>"
ATTRIBUTES = "<job " + " ".join(f"{name}='{cell}'" for name, cell in CELLS.items()) + "/>"


def read(path: Path, text: str) -> tuple[list[dict[str, str | None]], list[str]]:
    path.write_text(text, encoding="utf-8", newline="")
    container = open_container(path)
    assert container.kind == "xml"
    batches = list(container.sheets[0].batches(1000))
    rows = [row for batch in batches for row in batch.frame.drop("\0row").iter_rows(named=True)]
    return rows, [problem.problem for batch in batches for problem in batch.problems]


@pytest.mark.parametrize(
    ("before", "record", "after"),
    [
        (PROLOG + "<jobs>", JOB, "</jobs>"),
        (PROLOG + "<source><publisher>p</publisher><lastBuildDate>x</lastBuildDate>", JOB, "</source>"),
        ('<rss version="2.0"><channel><title>招聘</title><link>https://e.cn</link>', JOB, "</channel></rss>"),
        (
            PROLOG + "<mysqldump><database name='d'><table_data name='jobs'>",
            ROW,
            "</table_data></database></mysqldump>",
        ),
        (
            PROLOG + "<a:list xmlns:a='urn:x'>",
            JOB.replace("<job>", "<a:job>").replace("</job>", "</a:job>"),
            "</a:list>",
        ),
        (PROLOG + "<jobs>", ATTRIBUTES, "</jobs>"),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_feeds_give_a_record_for_each_posting(tmp_path, before, record, after, count):
    rows, problems = read(
        tmp_path / "a.xml", before + "\n".join(record.format(n) for n in range(count)) + after
    )
    assert problems == []
    assert [row["title"] for row in rows] == [f"{n}会计" for n in range(count)]
    assert {(row["company"], row["city"]) for row in rows} == {("虚构云杉有限公司", "杭州")}
    assert [row["url"] for row in rows] == [f"https://e.cn/{n}" for n in range(count)]


def test_nested_and_repeated_elements_become_dotted_columns_and_lists(tmp_path):
    company = "<company><name>虚构云杉</name><size>50人</size></company>"
    places = "<place><city>杭州</city><zip>1</zip></place><place><city>宁波</city><zip>2</zip></place>"
    job = f"<job><name>会计</name>{company}<tag>A</tag><tag>B</tag>{places}</job>"
    rows, _ = read(tmp_path / "a.xml", f"{PROLOG}<jobs>{job}</jobs>")
    assert len(rows) == 1
    assert rows[0]["company.name"] == "虚构云杉"
    assert rows[0]["company.size"] == "50人"
    assert rows[0]["tag"] == '["A", "B"]'
    assert rows[0]["place.city"] == "杭州;宁波"


def test_a_feed_loads_as_postings(folder, tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(
        PROLOG + "<jobs>" + "".join(JOB.format(n) for n in range(20)) + "</jobs>", encoding="utf-8"
    )
    result = load(folder, [path])
    assert result.frame["kept"].to_list() == [20]
    postings = folder.read_all("postings", tables.POSTINGS)
    assert set(postings["employer_raw"]) == {"虚构云杉有限公司"}
    assert postings["url"].n_unique() == 20


def test_a_cut_feed_gives_what_came_before_and_says_where_it_ends(tmp_path):
    text = PROLOG + "<jobs>" + "".join(JOB.format(n) for n in range(5))
    rows, problems = read(tmp_path / "a.xml", text[:-20])
    assert len(rows) == 4
    assert len(problems) == 1
    assert problems[0].startswith("the XML breaks off or is damaged")


def test_entities_are_refused(tmp_path):
    path = tmp_path / "a.xml"
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    path.write_text(
        f"{PROLOG}<!DOCTYPE jobs [{laughs}]><jobs><job><t>&a8;</t><u>1</u></job></jobs>", encoding="utf-8"
    )
    with pytest.raises(DataContractError, match="declares entities"):
        open_container(path)
    path.write_text(
        PROLOG + '<!DOCTYPE j [<!ENTITY x SYSTEM "file:///etc/passwd">]><j><k>&x;</k></j>', encoding="utf-8"
    )
    with pytest.raises(DataContractError, match="declares entities"):
        open_container(path)


@pytest.mark.parametrize("text", ["<a/>", "<a>text</a>", "<a><b>1</b></a>", "<a", "<a></b>"])
def test_xml_without_records_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(PROLOG + text, encoding="utf-8")
    with pytest.raises(DataContractError) as error:
        open_container(path)
    assert "\n" not in str(error.value)


# A file with nothing but letters of Latin-1 is Chinese that was read in the wrong encoding, and is healed.
LATIN_1 = "".join(map(chr, range(0x80, 0x100)))
words = (
    st.text(
        st.characters(
            codec="utf-8",
            exclude_categories=["Cc", "Cs", "Cn", "Co"],
            exclude_characters="\ufffe\uffff" + LATIN_1,
        ),
        min_size=1,
    )
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(words, words), min_size=2, max_size=8))
def test_any_texts_come_back(tmp_path_factory, records):
    root = ElementTree.Element("jobs")
    for title, company in records:
        job = ElementTree.SubElement(root, "job")
        ElementTree.SubElement(job, "title").text = title
        ElementTree.SubElement(job, "company").text = company
    path = tmp_path_factory.mktemp("feed") / "a.xml"
    rows, problems = read(path, PROLOG + ElementTree.tostring(root, encoding="unicode"))
    assert problems == []
    assert [(row["title"], row["company"]) for row in rows] == records
