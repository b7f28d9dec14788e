"""Time of annotating postings, beside reading the same bytes as CSV and writing them as Parquet.

Run it as ``python benchmarks/text_matching.py [rows]``; it makes its own postings,
a quarter of them about AI, of words in random order so that they compress about as badly as real ones.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.skills.taxonomy import skill_table

CHARACTERS = 400
AI_GROUPS = (
    "artificial_intelligence",
    "machine_learning",
    "ai_frameworks",
    "generative_ai",
    "nlp",
    "robotics",
)
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都"
    "两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想"
    "已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处"
)
AI_SHARE = 0.25
TARGET = 6.0
PLAIN = (
    "岗位职责：1、负责",
    "任职要求：1、熟悉",
    "，有经验者优先；2、",
    "。福利待遇：五险一金，",
    "；掌握Java、MySQL，",
)
ABOUT_AI = (
    "负责机器学习模型的训练与上线，跟踪深度学习前沿；",
    "熟悉PyTorch、TensorFlow等框架，有自然语言处理经验者优先；",
    "参与大模型应用的研发，搭建智能体与检索增强流程；",
)


def postings(rows: int) -> pl.DataFrame:
    """Make postings of the same length from a few dozen sentences, seeded."""
    chance = random.Random(0)
    names = skill_table().filter(~pl.col("group").is_in(AI_GROUPS))["name"].to_list()
    words = ["".join(chance.choices(COMMON, k=chance.randint(2, 4))) for _ in range(20_000)] + names
    texts = []
    for _ in range(rows):
        about_ai = chance.random() < AI_SHARE
        parts = [chance.choice(ABOUT_AI)] if about_ai else []
        while sum(map(len, parts)) < CHARACTERS:
            parts.append(chance.choice(PLAIN))
            parts += chance.choices(words, k=12)
        texts.append("".join(parts)[:CHARACTERS])
    return pl.DataFrame(
        {"title": ["软件开发工程师"] * rows, "text": texts, "employer_raw": ["某某科技有限公司"] * rows}
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall clock and of CPU that some work takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Print one line per measurement and the ratio against the target."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    frame = postings(rows)
    matcher = load_matcher()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "postings.csv", Path(folder) / "postings.parquet"
        frame.write_csv(source)
        megabytes = source.stat().st_size / 1e6
        base_wall, base_cpu = timed(lambda: pl.scan_csv(source).collect().write_parquet(target))
        tagged = frame.with_columns(tags=pl.lit(["Java", "MySQL"]))
        wall, cpu = timed(lambda: matcher.annotate(tagged))
    print(f"{rows} postings, {megabytes:.0f} MB")
    print(f"read CSV, write Parquet: {base_wall:.2f} s ({base_cpu:.2f} s CPU)")
    print(f"annotate:                {wall:.2f} s ({cpu:.2f} s CPU), {rows / wall:,.0f} postings/s")
    print(f"ratio: {cpu / base_cpu:.1f} in CPU, {wall / base_wall:.1f} in wall clock; target {TARGET:.0f}")


if __name__ == "__main__":
    main()
