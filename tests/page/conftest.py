"""A fictional graph for the page's tests: only the names of places are real."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from graphcli.graph.page.data import PageData
from graphcli.graph.page.gather import PageOptions, gather
from graphcli.graph.tables import GraphTables
from graphcli.workspace import tables
from graphcli.workspace.identity import stable_hash

# adcode, name, English name, province, latitude, longitude, region of the scheme cset3
CITIES = [
    ("110000", "北京", "Beijing", "110000", 39.90, 116.40, "bth"),
    ("120000", "天津", "Tianjin", "120000", 39.13, 117.20, "bth"),
    ("130100", "石家庄", "Shijiazhuang", "130000", 38.04, 114.51, "bth"),
    ("310000", "上海", "Shanghai", "310000", 31.23, 121.47, "yrd"),
    ("320100", "南京", "Nanjing", "320000", 32.06, 118.80, "yrd"),
    ("330100", "杭州", "Hangzhou", "330000", 30.27, 120.16, "yrd"),
    ("340100", "合肥", "Hefei", "340000", 31.82, 117.23, "yrd"),
    ("440100", "广州", "Guangzhou", "440000", 23.13, 113.26, "prd"),
    ("440300", "深圳", "Shenzhen", "440000", 22.54, 114.06, "prd"),
    ("440400", "珠海", "Zhuhai", "440000", 22.27, 113.58, "prd"),
    ("500000", "重庆", "Chongqing", "500000", 29.56, 106.55, None),
    ("510100", "成都", "Chengdu", "510000", 30.67, 104.07, None),
    ("610100", "西安", "Xi'an", "610000", 34.34, 108.94, None),
    ("420100", "武汉", "Wuhan", "420000", 30.59, 114.30, None),
    ("230100", "哈尔滨", "Harbin", "230000", 45.80, 126.53, None),
    ("530100", "昆明", "Kunming", "530000", 24.88, 102.83, None),
    ("650100", "乌鲁木齐", "Ürümqi", "650000", 43.83, 87.62, None),
    ("370200", "青岛", "Qingdao", "370000", 36.07, 120.38, None),
]
PROVINCES = {
    "110000": ("北京", "Beijing"), "120000": ("天津", "Tianjin"), "130000": ("河北", "Hebei"),
    "230000": ("黑龙江", "Heilongjiang"), "310000": ("上海", "Shanghai"), "320000": ("江苏", "Jiangsu"),
    "330000": ("浙江", "Zhejiang"), "340000": ("安徽", "Anhui"), "370000": ("山东", "Shandong"),
    "420000": ("湖北", "Hubei"), "440000": ("广东", "Guangdong"), "500000": ("重庆", "Chongqing"),
    "510000": ("四川", "Sichuan"), "530000": ("云南", "Yunnan"), "610000": ("陕西", "Shaanxi"),
    "650000": ("新疆", "Xinjiang"),
}  # fmt: skip
REGIONS = {
    "yrd": ("长三角", "Yangtze River Delta"),
    "prd": ("珠三角", "Pearl River Delta"),
    "bth": ("京津冀", "Beijing-Tianjin-Hebei"),
}
SKILL_NAMES = """
vision: 人脸识别=Face recognition, 目标检测=Object detection, 图像分割=Image segmentation, 视频分析=Video analytics, OpenCV=
language: 自然语言处理=Natural language processing, 知识图谱=Knowledge graphs, 机器翻译=Machine translation, 大模型=, 语音识别=
control: 飞行控制=Flight control, 惯性导航=Inertial navigation, 信号处理=Signal processing, FPGA开发=, 无人机测试=UAV testing
data: 数据挖掘=Data mining, 推荐系统=Recommender systems, Spark=, 数据仓库=Data warehousing, SQL=
robots: 机器人控制=Robot control, 路径规划=Path planning, SLAM=, 激光雷达=Lidar, ROS=
chips: 芯片验证=Chip verification, 光刻工艺=Lithography, Verilog=, 射频电路=RF circuits, 版图设计=Layout design
"""  # noqa: E501 - Chinese characters count double
SKILL_GROUPS = {
    line.split(": ")[0]: [tuple(pair.split("=")) for pair in line.split(": ")[1].split(", ")]
    for line in SKILL_NAMES.strip().splitlines()
}
SECTORS = [
    ("C", "制造业", "Manufacturing", "industry"),
    ("I", "信息传输、软件和信息技术服务业", "Information and software", "industry"),
    ("M", "科学研究和技术服务业", "Research and technical services", "industry"),
    ("P", "教育", "Education", "industry"),
    ("defense", "国防", "Defence", "affiliation"),
    ("surveillance", "监控", "Surveillance", "affiliation"),
]
AFFILIATIONS = [
    ("example-aero", "样例航空集团", "Example Aero Group", "conglomerate", "defense", "subsidiary"),
    ("example-navy", "样例船舶集团", "Example Naval Group", "conglomerate", "defense", "institute"),
    ("example-son", "样例国防大学", "Example Defence University", "university", "defense", "university"),
    ("example-eye", "样例视频监控", "Example Video Surveillance", "vendor", "surveillance", "vendor"),
    ("example-list", "样例实体清单", "Example Entity List", "list", "trade", "listed"),
]
FIRST = [
    "云港",
    "北岭",
    "星澜",
    "海澈",
    "澄屿",
    "金岚",
    "远岫",
    "蓝汀",
    "赤松",
    "青笠",
    "白砚",
    "玄谷",
    "朔方",
    "临霁",
]
SECOND = [
    "精密",
    "光电",
    "航宇",
    "智视",
    "数安",
    "声学",
    "动力",
    "微波",
    "芯源",
    "通联",
    "智算",
    "仪表",
    "导航",
    "信科",
]
THIRD = ["研究所", "科技有限公司", "电子有限公司", "集团", "大学", "实验室"]
HOSTILE = [
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    '"><svg onload=alert(3)>',
    "=cmd()|x",
    '=HYPERLINK("http://evil.example","x")',
    "{{7*7}}{% raw %}",
    "<!--<script>",
    "\u202egnp.exe",
    "javascript:alert(4)",
    "&lt;b&gt; &amp; \u2028 x",
    'href="https://a.example" onmouseover=alert(5)',
]


@dataclass(frozen=True)
class World:
    """A graph with its clusters and the canonical rows behind it."""

    graph: GraphTables
    members: pl.DataFrame
    clusters: pl.DataFrame
    postings: pl.DataFrame
    sources: pl.DataFrame

    def page(self, **options: Any) -> PageData:
        chosen = {
            "title": "Fictional employers",
            "subtitle": "Invented data · run 0123abcd · graphcli test",
            "as_of": date(2026, 6, 8),
            "version": "test",
        } | options
        return gather(
            self.graph, self.members, self.clusters, self.postings.lazy(), self.sources, PageOptions(**chosen)
        )


def build_world(employers: int = 60, seed: int = 7, names: list[str] | None = None) -> World:
    """Invent a labour market whose clusters are the skill groups; ``names`` replace the first employers'."""
    chance = random.Random(seed)
    groups = list(SKILL_GROUPS)
    skills = {
        f"{group}-{index}": (group, *pair)
        for group in groups
        for index, pair in enumerate(SKILL_GROUPS[group])
    }
    favourite = {group: chance.sample(CITIES, 4) for group in groups}
    every_name = [a + b + c for a in FIRST for b in SECOND for c in THIRD]
    chance.shuffle(every_name)
    rows: dict[str, list[dict[str, Any]]] = {
        key: [] for key in ("postings", "hires", "requires", "sector", "claims")
    }
    people, members = [], []
    for number in range(employers):
        name = names[number] if names and number < len(names) else every_name[number]
        key = stable_hash("employer", str(number), name)
        group = groups[min(int(chance.expovariate(0.45)), len(groups) - 1)]
        city = chance.choice(favourite[group]) if chance.random() < 0.85 else chance.choice(CITIES)
        count = min(40, 1 + int(chance.paretovariate(0.9)))
        ids = []
        for posting in range(count):
            posting_id = stable_hash("posting", key, str(posting))
            ids.append(posting_id)
            title = (
                names[number]
                if names and number < len(names)
                else f"{SKILL_GROUPS[group][posting % 5][0]}工程师"
            )
            url = f"https://board.example/job/{posting_id}"
            if names and number < len(names):
                url = chance.choice(
                    ["javascript:alert(6)", 'https://ok.example/"><img src=x onerror=alert(7)>']
                )
            day = date(2026, 1, 1) + timedelta(days=chance.randrange(150))
            rows["postings"].append(
                {
                    "source_id": "s1",
                    "row": len(rows["postings"]) + 1,
                    "posting_id": posting_id,
                    "title": title,
                    "url": url,
                    "posted_on": day,
                    "employer_raw": name,
                }
            )
        ids.sort()
        ai_count = chance.randrange(count + 1)
        people.append({"id": key, "name": name, "name_en": "", "kind": "employer", "postings": count,
                       "ai_postings": ai_count, "weight": float(count), "evidence": ids[:5]})  # fmt: skip
        cluster = None if chance.random() < 0.06 else groups.index(group) + 1
        members.append({"id": key, "cluster": cluster, "membership": None if cluster is None else 0.9})
        rows["hires"].append({"start": key, "end": city[0], "postings": count, "weight": float(count),
                              "ai_postings": ai_count, "first_seen": "2026-01-03", "last_seen": "2026-05-20",
                              "evidence": ids[:5]})  # fmt: skip
        wanted = chance.sample([k for k, v in skills.items() if v[0] == group], 4) + chance.sample(
            list(skills), 2
        )
        for skill in sorted(set(wanted)):
            asked = chance.randrange(1, count + 1)
            rows["requires"].append({"start": key, "end": skill, "postings": asked, "share": asked / count,
                                     "evidence": ids[:asked][:5]})  # fmt: skip
        rows["sector"].append(
            {"start": key, "end": chance.choice("CIMP"), "postings": count, "evidence": ids[:5]}
        )
        if chance.random() < 0.3:
            claim = chance.choice(AFFILIATIONS[:3] if group in {"control", "chips"} else AFFILIATIONS)
            past = chance.random() < 0.15
            rows["claims"].append({"start": key, "end": claim[0], "claim_id": stable_hash("claim", key),
                                   "kind": claim[4], "basis": claim[5], "source": "example list 2026",
                                   "listed_from": "2021-06", "listed_to": "2024-01" if past else None,
                                   "valid_from": "2021-06-30", "valid_to": "2024-01-31" if past else None,
                                   "url": "https://list.example/1", "matched_name": name, "method": "exact",
                                   "score": 1.0, "evidence": []})  # fmt: skip
    return World(
        _graph(people, rows, skills),
        pl.DataFrame(members, schema={"id": pl.String, "cluster": pl.Int64, "membership": pl.Float64}),
        _clusters(groups, members),
        tables.conform(pl.DataFrame(rows["postings"]), tables.POSTINGS),
        tables.conform(
            pl.DataFrame([{"source_id": "s1", "board": "board", "path": "crawl/2026.csv"}]), tables.SOURCES
        ),
    )


def _graph(
    people: list[dict[str, Any]],
    rows: dict[str, list[dict[str, Any]]],
    skills: dict[str, tuple[str, str, str]],
) -> GraphTables:
    in_city: dict[str, int] = {}
    for hire in rows["hires"]:
        in_city[hire["end"]] = in_city.get(hire["end"], 0) + hire["postings"]
    with_skill: dict[str, int] = {}
    for need in rows["requires"]:
        with_skill[need["end"]] = with_skill.get(need["end"], 0) + need["postings"]
    nodes = {
        "Employer": pl.DataFrame(people),
        "City": pl.DataFrame(
            {"adcode": code, "name": name, "name_en": english, "lat": lat, "lon": lon,
             "postings": in_city.get(code, 0), "ai_postings": 0, "weight": float(in_city.get(code, 0))}
            for code, name, english, _, lat, lon, _ in CITIES
        ),
        "Province": pl.DataFrame(
            {"adcode": code, "name": name, "name_en": english} for code, (name, english) in PROVINCES.items()
        ),
        "Region": pl.DataFrame(
            {"id": f"cset3/{key}", "name": name, "name_en": english, "scheme": "cset3"}
            for key, (name, english) in REGIONS.items()
        ),
        "Skill": pl.DataFrame(
            {"id": key, "name": name, "name_en": english, "postings": with_skill.get(key, 0),
             "ai_postings": 0}
            for key, (_, name, english) in skills.items()
        ),
        "SkillGroup": pl.DataFrame({"id": key, "name": key, "name_en": key.title()} for key in SKILL_GROUPS),
        "Sector": pl.DataFrame(SECTORS, schema=["id", "name", "name_en", "type"], orient="row"),
        "Affiliation": pl.DataFrame(
            [row[:4] for row in AFFILIATIONS], schema=["id", "name", "name_en", "type"], orient="row"
        ),
    }  # fmt: skip
    edges = {
        "HIRES_IN": pl.DataFrame(rows["hires"]),
        "REQUIRES": pl.DataFrame(rows["requires"]),
        "IN_SECTOR_Employer": pl.DataFrame(rows["sector"]),
        "IN_SECTOR_Affiliation": pl.DataFrame(
            {"start": row[0], "end": row[4]} for row in AFFILIATIONS if row[4] != "trade"
        ),
        "IN_PROVINCE": pl.DataFrame({"start": row[0], "end": row[3]} for row in CITIES),
        "PART_OF": pl.DataFrame(
            {"start": row[0], "end": f"cset3/{row[6]}", "scheme": "cset3", "partial": False}
            for row in CITIES if row[6]
        ),
        "IN_GROUP": pl.DataFrame({"start": key, "end": value[0]} for key, value in skills.items()),
    }  # fmt: skip
    if rows["claims"]:
        edges["AFFILIATED_WITH"] = pl.DataFrame(rows["claims"], infer_schema_length=None)
    notes = ("3 postings had no place.",)
    return GraphTables.of(
        nodes, edges, "0123abcd", {"tier": "all", "dedupe": "url", "scheme": "cset3"}, notes
    )


def _clusters(groups: list[str], members: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "cluster": index + 1,
            "label": " · ".join(english for _, english in SKILL_GROUPS[group][:2]),
            "size": sum(1 for row in members if row["cluster"] == index + 1),
            "stability": 0.97,
        }
        for index, group in enumerate(groups)
    )


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Invent a fictional labour market of a given size."""
    return build_world


@pytest.fixture(scope="session")
def hostile_names() -> list[str]:
    """Names that try to be markup, formulas, templates or addresses."""
    return list(HOSTILE)


@pytest.fixture(scope="session")
def chromium(require: Callable[[str], None]) -> Iterator[Any]:
    """A headless Chromium that opens pages from files."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        require("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    switches = [
        "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=switches)
        yield browser
        browser.close()
