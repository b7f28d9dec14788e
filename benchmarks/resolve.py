"""Time and memory of resolving employer names and place strings, beside rapidfuzz on the same names.

Each size runs in a process of its own, so that its peak memory is its own. rapidfuzz compares every name
with every other, which nobody does with a million names: it is timed on a part and scaled by the square.

    python benchmarks/resolve.py [--names 100000 300000 1000000] [--places 100000]

rapidfuzz is wanted here alone: ``pip install rapidfuzz``; without it the comparison is left out.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time

import polars as pl

from graphcli.loaders.resolve.claims.matching import match_claims
from graphcli.loaders.resolve.employers.candidates import possibly_same
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.loaders.resolve.places.resolving import city_table, resolve_places

COMPARED = 5_000
WANTED_SECONDS = 300
WANTED_GIGABYTES = 2
BRAND_CHARACTERS = (
    "安博创达德鼎东方丰富光广海汉航恒宏华汇嘉金锦京景凯科朗乐利联龙美明铭诺鹏启千勤庆瑞"
    "森盛胜世舒思泰腾天通万威维文祥新鑫信兴旭雅扬亿益银英永宇源远云泽展哲真正志智中众卓"
)
TRADES = (
    "科技", "信息技术", "网络科技", "软件", "电子", "智能科技", "贸易", "实业", "教育咨询", "医药", "物流",
    "建筑工程", "机械设备", "餐饮管理", "文化传媒", "房地产经纪", "人力资源服务", "新能源", "生物科技",
)  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "")
STREETS = ("中山路", "人民路", "科技园", "软件园", "南京西路", "北京路", "高新区", "火车站", "大学城")


def employer_names(count: int) -> list[str]:
    """Make distinct names as boards spell them: some with a branch, a bracket or another width."""
    chance = random.Random(0)
    cities = city_table()["name"].to_list()
    names: set[str] = set()
    while len(names) < count:
        city = chance.choice(cities).removesuffix("市")
        brand = "".join(chance.choices(BRAND_CHARACTERS, k=chance.choice((2, 2, 3, 4))))
        trade, form = chance.choice(TRADES), chance.choice(FORMS)
        name = chance.choice((f"{city}{brand}{trade}{form}", f"{brand}{trade}({city}){form}"))
        names.add(name)
        if chance.random() < 0.1 and len(names) < count:
            names.add(f"{name}{chance.choice(cities).removesuffix('市')}分公司")
        if chance.random() < 0.1 and len(names) < count:
            names.add(name.replace("(", "（").replace(")", "）").replace("有限公司", "有限责任公司"))
    return sorted(names)


def place_strings(count: int) -> list[str]:
    """Make distinct place strings: a city, a district or street behind it, several cities, a house number."""
    chance = random.Random(1)
    cities = city_table()["name"].to_list()
    places: set[str] = set()
    while len(places) < count:
        city = chance.choice(cities)
        street = f"{chance.choice(STREETS)}{chance.randint(1, 4000)}号"
        other = chance.choice(cities)
        places.add(
            chance.choice(
                (f"{city}{street}", f"{city.removesuffix('市')}-{street}", f"{city},{other}", street)
            )
        )
    return sorted(places)


def measure(names: int, places: int) -> None:
    """Resolve and print seconds per part and the peak memory of this process."""
    frame = pl.DataFrame({"employer_raw": employer_names(names)}).with_columns(postings=pl.lit(1, pl.Int64))
    strings = place_strings(places)
    started = time.perf_counter()
    employers, found = resolve_employers(frame)
    joined = time.perf_counter()
    claims = match_claims(employers, found)
    claimed = time.perf_counter()
    pairs = possibly_same(employers, found)
    compared = time.perf_counter()
    located = resolve_places(strings)
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    total = ended - started
    print(
        f"{names:>9,} names  employers {joined - started:6.1f} s  claims {claimed - joined:6.1f} s  "
        f"pairs {compared - claimed:6.1f} s  {places:,} places {ended - compared:6.1f} s  "
        f"total {total:6.1f} s  {(compared - started) / names * 1e6:5.1f} µs/name  peak {peak:.2f} GB  "
        f"({employers.height:,} employers, {claims.height:,} claims, {pairs.height:,} pairs, "
        f"{located.filter(pl.col('adcodes').list.len() > 0).height:,} located)"
    )
    if total > WANTED_SECONDS or peak > WANTED_GIGABYTES:
        print(f"          over what is wanted: {WANTED_SECONDS} s and {WANTED_GIGABYTES} GB")


def beside_rapidfuzz(names: int) -> None:
    """Compare a part of the names all with all, and say what all of them would take."""
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        print("rapidfuzz is not installed: the comparison is left out")
        return
    part = employer_names(COMPARED)
    started = time.perf_counter()
    process.cdist(part, part, scorer=fuzz.ratio, score_cutoff=90, workers=-1)
    seconds = time.perf_counter() - started
    hours = seconds * (names / COMPARED) ** 2 / 3600
    print(f"rapidfuzz, all with all: {seconds:.1f} s for {COMPARED:,} names, so {hours:,.1f} h for {names:,}")


def main() -> None:
    """Print a line per size, then the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--names", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--alone", action="store_true", help="measure one size in this process")
    options = parser.parse_args()
    if options.alone:
        measure(options.names[0], options.places)
        return
    for names in options.names:
        command = [
            sys.executable,
            __file__,
            "--alone",
            "--names",
            str(names),
            "--places",
            str(options.places),
        ]
        subprocess.run(command, check=True)
    beside_rapidfuzz(max(options.names))


if __name__ == "__main__":
    main()
