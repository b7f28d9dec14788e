"""One posting has one id in any file, order and crawl; each rule of de-duplication removes what it says."""

from __future__ import annotations

import csv
import itertools
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphcli.graph.select import select_postings
from graphcli.loaders.fields.urls import posting_key
from graphcli.loaders.load import forget, load
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.selection import DEDUPE_RULES, Selection

HEADER = ("职位", "公司", "城市", "薪资", "技能", "发布时间", "职位链接")
# Each line holds addresses of one page; no two lines do.
SAME_PAGE = (
    (
        "https://jobs.51job.com/shanghai-pdxq/117543210.html?s=sou_sou_soulb&t=0_0&req=f1",
        "http://jobs.51job.com/shanghai-pdxq/117543210.html",
        "https://m.51job.com/jobs/shanghai-pdxq/117543210.html#top",
    ),
    ("https://jobs.51job.com/shanghai-pdxq/117543211.html?s=sou_sou_soulb&t=0_0",),
    (
        "https://www.zhaopin.com/jobdetail/CC120064930J40123456789.htm?refcode=4019&srccode=401901",
        "http://jobs.zhaopin.com/CC120064930J40123456789.htm",
        "https://m.zhaopin.com/jobs/CC120064930J40123456789.htm?utm_source=x",
    ),
    ("https://jobs.zhaopin.com/CC120064930J40123456780.htm",),
    (
        "https://www.zhipin.com/job_detail/9ac5e26a8a1e5b6c1HB-3tW4GFo~.html?lid=a.1&securityId=zz&ka=1",
        "https://m.zhipin.com/job_detail/9ac5e26a8a1e5b6c1HB-3tW4GFo~.html",
    ),
    ("https://www.zhipin.com/job_detail/9ac5e26a8a1e5b6c1HB-3tW4GFO~.html",),
    ("https://www.lagou.com/jobs/6431234.html?show=0f5a", "https://m.lagou.com/jobs/6431234.html"),
    ("https://www.lagou.com/jobs/64312345.html",),
    (
        "https://www.liepin.com/job/1912345678.shtml?imscid=R0&d_sfrom=search",
        "https://m.liepin.com/job/1912345678.shtml",
    ),
    ("https://www.liepin.com/a/1912345678.shtml",),
    (
        "https://cn.linkedin.com/jobs/view/engineer-at-firm-2345678901?trk=public_jobs&position=3",
        "https://www.linkedin.com/jobs/view/2345678901/?refId=x",
    ),
    ("https://www.linkedin.com/jobs/view/2345678902/",),
    (
        "https://cn.indeed.com/viewjob?jk=0123456789abcdef&from=serp&tk=1",
        "https://www.indeed.com/rc/clk?fccid=1&jk=0123456789abcdef",
    ),
    ("https://cn.indeed.com/viewjob?jk=0123456789abcdee",),
    # A board that nobody knows: parameters may hold the id, and hosts may be different sites.
    ("https://Jobs.Example.cn/p?id=7&utm_source=x", "http://jobs.example.cn/p?id=7#apply"),
    ("https://jobs.example.cn/p?id=8",),
    ("https://m.example.cn/p?id=7",),
    ("https://jobs.example.cn/p?ID=7&page=2",),
    ("https://jobs.example.cn/#/job/7", "https://jobs.example.cn/#/job/7/"),
    ("https://jobs.example.cn/#/job/8",),
)


def test_spellings_of_one_page_are_one_posting_and_pages_are_not_mixed_up():
    keys = [set(posting_key(pl.Series(same)).to_list()) for same in SAME_PAGE]
    assert all(len(key) == 1 for key in keys), [key for key in keys if len(key) > 1]
    for one, other in itertools.combinations(range(len(SAME_PAGE)), 2):
        assert keys[one] != keys[other], (SAME_PAGE[one], SAME_PAGE[other])


def test_every_address_of_real_crawls_keeps_its_own_page(shared_data):
    """The number in an address alone tells as many pages apart as the whole address does."""
    path = shared_data / "postings" / "zhaopin_zlspider" / "zhilian.csv"
    urls = pl.read_csv(path, infer_schema=False)["7"].drop_nulls().unique()
    assert posting_key(urls).n_unique() == urls.str.replace(r"^https?://", "").n_unique() == 13_302


# --- through load ---------------------------------------------------------------------------------------


def write(path: Path, rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([HEADER, *rows])
    return path


def postings(folder: WorkspaceFolder) -> pl.DataFrame:
    return folder.read_all("postings", tables.POSTINGS)


def content(folder: WorkspaceFolder) -> list[tuple[object, ...]]:
    frame = postings(folder).drop("source_id", "row").with_columns(pl.col(pl.List(pl.String)).list.join(";"))
    return sorted(frame.rows(), key=repr)


jobs = st.lists(
    st.tuples(
        st.sampled_from(("算法工程师", "销售", "Java开发")),
        st.sampled_from(("甲虚构科技有限公司", "乙虚构商贸有限公司", "")),
        st.sampled_from(("北京", "上海·浦东", "")),
        st.sampled_from(("1-2万", "面议", "")),
        st.sampled_from(("", "Python|机器学习")),
        st.sampled_from(("2024-01-02", "2024-01-20", "2024-02-01", "")),
        st.sampled_from(("", "https://e.cn/1", "https://e.cn/2?utm_source=x", "http://e.cn/2")),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=8, deadline=None)
@given(jobs, st.randoms(use_true_random=False))
def test_ids_do_not_hang_on_file_order_or_crawl(tmp_path_factory, rows, chance: random.Random):
    base = tmp_path_factory.mktemp("identity")
    first, second = WorkspaceFolder(base / "first"), WorkspaceFolder(base / "second")
    load(first, [write(base / "a" / "jobs.csv", rows)])
    shuffled = list(rows)
    chance.shuffle(shuffled)
    cut = chance.randint(0, len(rows))
    parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
    # Two files of the same bytes are one source by contract, so its rows count once.
    assume(len(parts) < 2 or parts[0] != parts[1])
    files = [write(base / "b" / f"{number}.csv", part) for number, part in enumerate(parts)]
    load(second, files)
    assert content(first) == content(second)


@settings(max_examples=4, deadline=None)
@given(jobs, st.randoms(use_true_random=False))
def test_rules_keep_the_same_postings_in_any_order_and_nest(tmp_path_factory, rows, chance: random.Random):
    base = tmp_path_factory.mktemp("rules")
    shuffled = list(rows)
    chance.shuffle(shuffled)
    kept = []
    for name, some in (("as it is", rows), ("shuffled", shuffled)):
        folder = WorkspaceFolder(base / name)
        load(folder, [write(base / name / "jobs.csv", some)])
        frames = {
            rule: select_postings(folder, Selection(dedupe=rule)).frame.drop("source_id", "row")
            for rule in DEDUPE_RULES
        }
        kept.append({rule: [str(row) for row in frame.rows()] for rule, frame in frames.items()})
    assert kept[0] == kept[1]
    counts = [len(kept[0][rule]) for rule in ("none", "exact", "url")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == len(rows)


def test_each_rule_says_how_many_rows_it_took_out(folder, tmp_path):
    job = ("算法工程师", "甲虚构科技有限公司", "北京", "1-2万", "", "2024-01-02", "https://e.cn/1")
    rows = [job, job, (*job[:3], "2-3万", *job[4:]), (*job[:5], "2024-01-30", "https://e.cn/2")]
    rows += [(*job[:5], "2024-02-01", "https://e.cn/3")]
    load(folder, [write(tmp_path / "jobs.csv", rows)])
    left = {}
    for rule in DEDUPE_RULES:
        answer = select_postings(folder, Selection(dedupe=rule))
        left[rule] = answer.frame.height
        taken = len(rows) - answer.frame.height
        if taken:
            assert any(f"de-duplication ({rule}) took out {taken:,} rows" in note for note in answer.notes)
    assert left == {"none": 5, "exact": 4, "url": 3, "month": 2}


# --- sources --------------------------------------------------------------------------------------------


def test_a_file_met_elsewhere_or_again_is_unchanged_and_a_changed_one_replaces_its_rows(folder, tmp_path):
    job = ("算法工程师", "甲虚构科技有限公司", "北京", "1-2万", "", "2024-01-02", "https://e.cn/1")
    path = write(tmp_path / "a" / "jobs.csv", [job])
    assert load(folder, [path]).frame["status"].to_list() == ["new"]
    twin = write(tmp_path / "b" / "copy.csv", [job])
    result = load(folder, [twin])
    assert result.frame.select("status", "path").row(0) == ("unchanged", "jobs.csv")
    before = postings(folder)["posting_id"].to_list()
    write(path, [job, ("销售", *job[1:6], "https://e.cn/2")])
    assert load(folder, [path]).frame["status"].to_list() == ["replaced"]
    assert postings(folder)["posting_id"].to_list()[:1] == before
    assert postings(folder).height == 2


def test_forget_takes_what_a_glob_names_and_nothing_else(folder, tmp_path):
    for name in ("a/1.csv", "a/2.csv", "b/1.csv"):
        write(tmp_path / "in" / name, [(name, "甲虚构科技有限公司", "北京", "", "", "", "")])
    load(folder, [tmp_path / "in"])
    result = forget(folder, "a/*")
    assert result.frame["path"].to_list() == ["a/1.csv", "a/2.csv"]
    assert postings(folder)["title"].to_list() == ["b/1.csv"]
    for table in ("texts", "issues", "readings"):
        names = folder.table_names(table)
        assert len(names) == 1
    with pytest.raises(UsageError):
        forget(folder, "a/*")
