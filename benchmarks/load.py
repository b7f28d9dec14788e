"""Loading next to a plain pandas and ``re`` pipeline and next to a bare Polars rewrite, in the same run.

The plain pipeline does the same work: it reads the file, parses pay and dates, reads the place, finds skills
and judges tiers. It is what a careful analyst writes: one alternation of all aliases, compiled once, applied
row by row; its tiers are plain word lists, which is less work than ours. It is timed on the first rows of the
file (its file reading on all of them) and scaled by the number of rows. The bare rewrite scans the same CSV
and writes it as Parquet, compressed as our tables are; it looks at nothing. Each runs in a process of its
own, ours as the command a user types, start of Python included. CPU is that of all threads and processes.

Texts are made of words in random order, so that they compress about as badly as real ones; a third of the
postings hold an AI word (general crawls at hand: 7 to 23 %). Texts repeat after 50,000 rows but for the
number at their end: no posting is met twice, as a load would read it from memory.

    python benchmarks/load.py [--rows 100000] [--peer-rows 1000] [--workers 2] [--scale]
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import yaml
from text_matching import AI_GROUPS, COMMON, postings

from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy
from graphcli.loaders.reference.files import shipped

# Of the issue of speed: rows a second beside the plain pipeline, CPU beside the bare rewrite, memory.
PLAIN_RATIO, BARE_RATIO, PEAK_MB = 40.0, 8.0, 1_500
SCALE = (100_000, 1_000_000, 4_000_000)
POOL_ROWS = 50_000
HEADER = (
    "职位", "城市", "公司", "学历", "经验", "技能", "薪资", "工作描述", "行业", "职位URL", "公司规模",
    "发布时间",
)  # fmt: skip
CITIES = ("北京", "上海", "深圳", "杭州", "南京", "成都", "武汉", "西安", "广州", "苏州", "合肥", "长沙")
TITLES = ("算法工程师", "Java开发工程师", "产品经理", "数据分析师", "销售经理", "嵌入式工程师", "运营专员")


@dataclass(frozen=True)
class Cost:
    """What a process took: CPU and wall clock in seconds, and its largest size in MB."""

    cpu: float
    wall: float
    peak: float


def write_postings(path: Path, rows: int, seed: int = 0) -> None:
    """Write a synthetic crawl: the header of a known layout, made-up values, texts of 400 characters."""
    pool = _pool(min(rows, POOL_ROWS), seed)
    with path.open("wb") as handle:
        for first in range(0, rows, POOL_ROWS):
            block = pool.head(rows - first)
            numbers = pl.int_range(first, first + block.height, eager=True).cast(pl.String)
            addresses = pl.lit("https://jobs.example.org/") + pl.lit(numbers) + pl.lit(".htm")
            texts = pl.col("工作描述") + " " + pl.lit(numbers)
            block.with_columns(addresses.alias("职位URL"), texts).select(HEADER).write_csv(
                handle, include_header=first == 0
            )


def _pool(rows: int, seed: int) -> pl.DataFrame:
    random_ = random.Random(seed)
    taxonomy = load_taxonomy()
    others = set(taxonomy.table.filter(~pl.col("group").is_in(AI_GROUPS))["id"])
    aliases = sorted({one.text for one in taxonomy.spellings if len(one.text) > 1 and one.skill in others})
    names = ["".join(random_.choices(COMMON, k=3)) + "科技有限公司" for _ in range(max(1, rows // 5))]
    days = pl.date_range(pl.date(2025, 1, 1), pl.date(2025, 12, 31), eager=True).dt.to_string().to_list()
    lows = [random_.randint(5, 40) / 10 for _ in range(rows)]
    return pl.DataFrame(
        {
            "职位": random_.choices(TITLES, k=rows),
            "城市": random_.choices(CITIES, k=rows),
            "公司": random_.choices(names, k=rows),
            "学历": ["本科"] * rows,
            "经验": ["3-5年"] * rows,
            "技能": [",".join(random_.sample(aliases, 3)) for _ in range(rows)],
            "薪资": [f"{low:g}-{low * 1.5:.1f}万" for low in lows],
            "工作描述": postings(rows)["text"],
            "行业": ["互联网"] * rows,
            "公司规模": ["100-299人"] * rows,
            "发布时间": [f"{day} 09:30:00" for day in random_.choices(days, k=rows)],
        }
    )


def run(*command: str) -> Cost:
    """Run a command in a process of its own; its children count too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    # A process started by another is as large as that one for a moment: a small one stands between.
    between = (
        "import resource, subprocess, sys;"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);"
        "sys.exit(done.returncode)"
    )
    done = subprocess.run([sys.executable, "-c", between, *command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.perf_counter() - started, int(done.stdout) / 1024)


def run_graphcli(path: Path, workspace: Path, workers: int) -> Cost:
    """Load the file as a user does."""
    command = (sys.executable, "-m", "graphcli.cli", "-q", "-w", str(workspace), "load", str(path))
    return run(*command, "--workers", str(workers))


def run_bare(path: Path) -> Cost:
    """Scan the file and write it as Parquet."""
    target = path.with_suffix(".parquet")
    work = (
        "import sys, polars as pl;"
        "pl.scan_csv(sys.argv[1], infer_schema=False).sink_parquet(sys.argv[2], compression='zstd')"
    )
    try:
        return run(sys.executable, "-c", work, str(path), str(target))
    finally:
        target.unlink(missing_ok=True)


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
    path = shipped("graphcli.loaders.definitions.tiers", "tiers.yaml")
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = {name: {str(word) for word in group} for name, group in content["words"].items()}
    technical = words.pop("skill")
    return [("technical", _alternation(technical)), ("broad", _alternation(set().union(*words.values())))]


def measure(rows: int, workers: int, scratch: Path) -> tuple[Path, Cost, Cost]:
    """Write a crawl of so many rows, load it and rewrite it."""
    path = scratch / "postings_20260101_000000.csv"
    write_postings(path, rows)
    # The first who reads the file would pay for the disk.
    bare = min((run_bare(path) for _ in range(2)), key=lambda cost: cost.cpu)
    with tempfile.TemporaryDirectory(dir=scratch) as workspace:
        ours = run_graphcli(path, Path(workspace) / "workforce", workers)
    print(f"\n{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB, {workers} worker(s)")
    print(f"  {'':<24}{'CPU s':>9}{'wall s':>9}{'rows/s':>10}{'peak MB':>9}")
    for name, cost in (("graphcli load", ours), ("scan and rewrite, bare", bare)):
        print(f"  {name:<24}{cost.cpu:9.1f}{cost.wall:9.1f}{rows / cost.wall:10,.0f}{cost.peak:9,.0f}")
    print(f"  {'CPU, ours / bare':<24}{ours.cpu / bare.cpu:9.1f}     wanted: at most {BARE_RATIO:g}")
    print(f"  {'peak MB of one process':<24}{ours.peak:9,.0f}     wanted: below {PEAK_MB:,}")
    return path, ours, bare


def main() -> int:
    """Print times, ratios and sizes; fail where one is not as is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peer-rows", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--scale", action="store_true", help="0.1, 1 and 4 million rows, without the peer")
    arguments = parser.parse_args()
    print(f"polars {pl.__version__}, pandas {pd.__version__}, {pl.thread_pool_size()} threads")
    kept = []
    with tempfile.TemporaryDirectory(prefix="graphcli-benchmark-") as scratch:
        for rows in SCALE if arguments.scale else (arguments.rows,):
            path, ours, bare = measure(rows, arguments.workers, Path(scratch))
            kept += [ours.cpu / bare.cpu <= BARE_RATIO, ours.peak < PEAK_MB]
        if not arguments.scale:
            plain = run_plain(path, rows, min(arguments.peer_rows, rows))
            kept.append(plain / ours.wall >= PLAIN_RATIO)
            print(f"  {'pandas and re':<24}{plain:9.1f}{plain:9.1f}{rows / plain:10,.0f}", end="   ")
            print(f"reading measured, the rest on {arguments.peer_rows:,} rows and scaled")
            print(f"  {'rows/s, ours / plain':<24}{plain / ours.wall:9.1f}     wanted: {PLAIN_RATIO:g}")
            print(f"  {'CPU, plain / ours':<24}{plain / ours.cpu:9.1f}")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
