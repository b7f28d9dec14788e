"""Writes the made-up postings as crawls of four kinds, each with the dirt that such crawls have.

Dirt is planted on purpose and counted: repeated headers, empty records, cells that hold no pay, places that
nobody can locate, the same posting under two keywords.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.sample.world import SamplePosting, World
from graphcli.workspace.files import write_bytes

ZHAOPIN_HEADER = (
    "职位", "城市", "公司", "学历", "经验", "技能", "薪资", "工作描述", "行业", "职位URL", "公司规模",
    "发布时间",
)  # fmt: skip
FIFTYONE_HEADER = (
    "职位", "薪资", "公司", "公司信息", "公司地址", "地区", "工作经验", "学历", "人数", "时间", "岗位信息",
)  # fmt: skip
LAGOU_HEADER = (
    "positionName", "salary", "positionLables", "workYear", "positionAdvantage", "education", "jobNature",
    "skillLables", "city", "companyFullName", "companyShortName", "companyLabelList", "companySize",
    "district", "financeStage", "industryField", "businessZones", "firstType", "secondType", "thirdType",
    "latitude", "longitude", "resumeProcessDay", "resumeProcessRate",
)  # fmt: skip

UNREADABLE_PAY = "薪资优厚"
UNREADABLE_PAY_EVERY = 97


@dataclass(frozen=True)
class WrittenFile:
    """One file of the sample and what a right reader must say about it."""

    path: str
    rows_read: int
    rejected: int
    postings: tuple[SamplePosting, ...]


def write_sample(world: World, folder: Path) -> list[WrittenFile]:
    """Write the market into a folder as crawls of four board layouts.

    Returns
    -------
    list of WrittenFile
        What each file holds, in the order written.
    """
    shares = [world.postings[index::4] for index in range(4)]
    repeats = list(world.repeats)
    return [
        _write_zhaopin(world, folder, "zhaopin/zhaopin_keyword_a.csv", shares[0]),
        _write_zhaopin(world, folder, "zhaopin/zhaopin_keyword_b.csv", (*shares[1], *repeats)),
        _write_fiftyone(world, folder, "51job/51job.csv", shares[2]),
        _write_lagou(world, folder, "lagou/lagou.csv", shares[3][::2]),
        _write_schema_org(world, folder, "schema_org/postings.jsonl", shares[3][1::2]),
    ]


def _write_zhaopin(world: World, folder: Path, path: str, postings: Sequence[SamplePosting]) -> WrittenFile:
    def record(posting: SamplePosting) -> list[str]:
        return [
            posting.title, posting.city, posting.spelling, "本科", "3-5年", ",".join(posting.skills),
            _pay(posting, "万"), posting.text, _industry(world, posting),
            posting.url, "100-299人", f"{posting.posted.isoformat()} 09:30:00",
        ]  # fmt: skip

    rows = [record(posting) for posting in postings]
    # A crawler that restarts writes its header again, and leaves an empty record behind.
    rows.insert(len(rows) // 2, list(ZHAOPIN_HEADER))
    rows.insert(len(rows) // 3, [""] * len(ZHAOPIN_HEADER))
    write_bytes(folder / path, _csv(ZHAOPIN_HEADER, rows).encode("utf-8-sig"))
    return WrittenFile(path, len(rows), 2, tuple(postings))


def _write_fiftyone(world: World, folder: Path, path: str, postings: Sequence[SamplePosting]) -> WrittenFile:
    def record(posting: SamplePosting) -> list[str]:
        industry = world.definition["clusters"][posting.employer.cluster]["industry_51job"]
        cells = [
            posting.title, _pay(posting, "万/月"), posting.spelling,
            f"民营公司| 50-150人| {industry}", f"上班地址 : {posting.district}示例路1号",
            posting.place, "2年工作经验", "本科", "2人",
            posting.posted.isoformat(),
        ]  # fmt: skip
        return [str([cell]) for cell in cells] + [posting.text]

    rows = [record(posting) for posting in postings]
    write_bytes(folder / path, _csv(FIFTYONE_HEADER, rows).encode("gb18030"))
    return WrittenFile(path, len(rows), 0, tuple(postings))


def _write_lagou(world: World, folder: Path, path: str, postings: Sequence[SamplePosting]) -> WrittenFile:
    def record(posting: SamplePosting) -> list[str]:
        skills = str(list(posting.skills))
        return [
            posting.title, f"{posting.low // 1000}k-{posting.high // 1000}k", skills, "3-5年",
            "五险一金，带薪年假", "本科", "全职", skills, posting.city, posting.spelling,
            posting.spelling.strip()[:8], "['年底双薪']", "150-500人", posting.district, "不需要融资",
            world.definition["clusters"][posting.employer.cluster]["industry_lagou"],
            "", "开发|测试|运维类", "后端开发", posting.title, "", "", "1", "50",
        ]  # fmt: skip

    rows = [record(posting) for posting in postings]
    write_bytes(folder / path, _csv(LAGOU_HEADER, rows).encode("utf-8-sig"))
    return WrittenFile(path, len(rows), 0, tuple(postings))


def _write_schema_org(
    world: World, folder: Path, path: str, postings: Sequence[SamplePosting]
) -> WrittenFile:
    def record(posting: SamplePosting) -> str:
        return json.dumps(
            {
                "@context": "https://schema.org",
                "@type": "JobPosting",
                "title": posting.title,
                "url": posting.url,
                "datePosted": posting.posted.isoformat(),
                "description": f"<p>{posting.text}</p>",
                "skills": ", ".join(posting.skills),
                "industry": _industry(world, posting),
                "hiringOrganization": {"@type": "Organization", "name": posting.spelling},
                "jobLocation": {
                    "@type": "Place",
                    "address": {"addressLocality": posting.city, "addressCountry": "CN"},
                },
                "baseSalary": {
                    "@type": "MonetaryAmount",
                    "currency": "CNY",
                    "value": {"minValue": posting.low, "maxValue": posting.high, "unitText": "MONTH"},
                },
            },
            ensure_ascii=False,
        )

    lines = [record(posting) for posting in postings]
    # A crawl cut off while writing leaves half a line.
    lines.append(lines[0][: len(lines[0]) // 2])
    write_bytes(folder / path, ("\n".join(lines) + "\n").encode())
    return WrittenFile(path, len(lines), 1, tuple(postings))


def _pay(posting: SamplePosting, unit: str) -> str:
    # Some advertisers praise their pay and do not name it.
    if posting.number % UNREADABLE_PAY_EVERY == 0:
        return UNREADABLE_PAY
    return f"{posting.low / 10000:g}-{posting.high / 10000:g}{unit}"


def _industry(world: World, posting: SamplePosting) -> str:
    industry: str = world.definition["clusters"][posting.employer.cluster]["industry"]
    return industry


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
