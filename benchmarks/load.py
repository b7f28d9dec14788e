"""Loading next to a plain pandas and ``re`` pipeline that does the same work, in the same run.

Both read the file, parse pay and dates, read the place, find skills and judge tiers. The plain pipeline is
what a careful analyst writes: one alternation of all aliases, compiled once, applied row by row; its tiers
are plain word lists, which is less work than ours. It is timed on the first rows of the file (its file
reading on all of them) and scaled by the number of rows. Times are CPU seconds of all threads, so that a busy
machine does not decide.

    python benchmarks/load.py [--rows 100000] [--peer-rows 1000]
"""

from __future__ import annotations

import argparse
import csv
import datetime
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import yaml

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.skills import load_taxonomy
from graphcli.loaders.load import load
from graphcli.loaders.reference.files import shipped
from graphcli.loaders.resolve.places import resolve_places
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

REQUIRED_RATIO = 5.0
TEXT_CHARACTERS = 400
SKILLS_A_TEXT = 6
HEADER = (
    "职位", "城市", "公司", "学历", "经验", "技能", "薪资", "工作描述", "行业", "职位URL", "公司规模",
    "发布时间",
)  # fmt: skip
CITIES = ("北京", "上海", "深圳", "杭州", "南京", "成都", "武汉", "西安", "广州", "苏州", "合肥", "长沙")
TITLES = ("算法工程师", "Java开发工程师", "产品经理", "数据分析师", "销售经理", "嵌入式工程师", "运营专员")
FILLER = (
    "负责公司核心产品的设计与实现", "与团队成员密切合作完成项目交付", "编写技术文档并持续改进流程",
    "具有良好的沟通能力", "本科及以上学历相关专业毕业", "能够承受一定的工作压力", "参与需求评审和方案讨论",
    "对新事物保持好奇心和学习热情", "有大型项目经验者优先考虑", "跟踪行业动态并提出改进建议",
    "协助上级完成其他日常工作", "熟悉业务流程和客户需求",
)  # fmt: skip


def write_postings(path: Path, rows: int, seed: int = 0) -> None:
    """Write a synthetic crawl: the header of a known layout, made-up values, texts of 400 characters."""
    random_ = random.Random(seed)
    aliases = sorted({spelling.text for spelling in load_taxonomy().spellings if len(spelling.text) > 1})
    day = datetime.date(2025, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER)
        for number in range(rows):
            low = random_.randint(5, 40) / 10
            writer.writerow(
                (
                    random_.choice(TITLES), random_.choice(CITIES),
                    f"虚构{random_.randint(0, rows // 5)}科技有限公司",
                    "本科", "3-5年", ",".join(random_.sample(aliases, 3)),
                    f"{low:g}-{low * 1.5:.1f}万", _text(random_, aliases), "互联网",
                    f"https://jobs.example.org/{number}.htm", "100-299人",
                    f"{day + datetime.timedelta(days=random_.randint(0, 364))} 09:30:00",
                )
            )  # fmt: skip


def _text(random_: random.Random, aliases: list[str]) -> str:
    parts = random_.sample(aliases, SKILLS_A_TEXT)
    while sum(map(len, parts)) < TEXT_CHARACTERS:
        parts.append(random_.choice(FILLER))
    random_.shuffle(parts)
    return "，".join(parts)[:TEXT_CHARACTERS]


def run_graphcli(path: Path, workspace: Path) -> float:
    """Load the file and read its places; CPU seconds of all threads, without the start of Python."""
    started = time.process_time()
    folder = WorkspaceFolder(workspace)
    load(folder, [path])
    resolve_places(folder.read_all("postings", tables.POSTINGS)["place_raw"].drop_nulls().unique().to_list())
    return time.process_time() - started


PAY = re.compile(r"([\d.]+)(千|万)?-([\d.]+)(千|万)")
CITY = re.compile("|".join(CITIES))


def run_plain(path: Path, rows: int, peer_rows: int) -> float:
    """Do the same with pandas and ``re``; CPU seconds, scaled to all rows."""
    pattern = _alternation({spelling.text for spelling in load_taxonomy().spellings})
    tiers = _tier_patterns()
    started = time.process_time()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    reading = time.process_time() - started
    part = frame.head(peer_rows).copy()
    started = time.process_time()
    part["place"] = part["城市"].map(lambda cell: found.group() if (found := CITY.search(cell)) else None)
    part["pay"] = part["薪资"].map(_pay)
    part["posted_on"] = pd.to_datetime(part["发布时间"], errors="coerce")
    text = (part["职位"] + "\n" + part["技能"] + "\n" + part["工作描述"]).str.lower()
    part["skills"] = text.map(lambda cell: sorted(set(pattern.findall(cell))))
    part["tier"] = text.map(lambda cell: next((name for name, words in tiers if words.search(cell)), "none"))
    part.drop_duplicates(subset="职位URL")
    return reading + (time.process_time() - started) / len(part) * rows


def _pay(cell: str) -> tuple[float, float] | None:
    found = PAY.search(cell)
    if not found:
        return None
    units = {"千": 1e3, "万": 1e4}
    low, low_unit, high, high_unit = found.groups()
    return float(low) * units[low_unit or high_unit], float(high) * units[high_unit]


def _alternation(words: set[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)))


def _tier_patterns() -> list[tuple[str, re.Pattern[str]]]:
    path = shipped("graphcli.loaders.definitions", "tiers.yaml")
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = {name: {str(word) for word in group} for name, group in content["words"].items()}
    technical = words.pop("skill")
    return [("technical", _alternation(technical)), ("broad", _alternation(set().union(*words.values())))]


def main() -> int:
    """Print both times and their ratio; fail where the ratio is below what is required."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peer-rows", type=int, default=1_000)
    arguments = parser.parse_args()
    load_matcher()
    with tempfile.TemporaryDirectory(prefix="graphcli-benchmark-") as scratch:
        path = Path(scratch) / "postings_20260101_000000.csv"
        write_postings(path, arguments.rows)
        megabytes = path.stat().st_size / 1e6
        ours = run_graphcli(path, Path(scratch) / "workforce")
        plain = run_plain(path, arguments.rows, min(arguments.peer_rows, arguments.rows))
    print(f"{arguments.rows:,} rows, {megabytes:,.0f} MB, polars {pl.__version__}, pandas {pd.__version__}")
    print(f"graphcli load      {ours:9.1f} CPU s   {arguments.rows / ours:10,.0f} rows/s")
    print(
        f"pandas and re      {plain:9.1f} CPU s   {arguments.rows / plain:10,.0f} rows/s   "
        f"(reading measured, the rest on {arguments.peer_rows:,} rows and scaled)"
    )
    print(f"ratio              {plain / ours:9.1f}     required: {REQUIRED_RATIO:g}")
    return 0 if plain / ours >= REQUIRED_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
