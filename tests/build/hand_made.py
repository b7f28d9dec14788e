"""A labour market of three cities, made by hand, in the tables that the loading rooms hand over."""

from __future__ import annotations

from datetime import date

import polars as pl

from graphcli.graph.facts import Facts
from graphcli.graph.material import Material
from graphcli.workspace import tables

CITIES = [
    ("110000", "北京市", "Beijing", "110000", 39.9, 116.4, "beijing"),
    ("320500", "苏州市", "Suzhou", "320000", 31.3, 120.6, "suzhou"),
    ("440300", "深圳市", "Shenzhen", "440000", 22.5, 114.1, "shenzhen"),
]
PROVINCES = [
    ("110000", "北京市", "Beijing"),
    ("320000", "江苏省", "Jiangsu"),
    ("440000", "广东省", "Guangdong"),
]
REGIONS = [
    ("cset3/yrd", "cset3", "yrd", "长三角", "Yangtze River Delta"),
    ("cset3/prd", "cset3", "prd", "珠三角", "Pearl River Delta"),
    ("zones/pilot", "zones", "pilot", "试验区", "Pilot zones"),
]
MEMBERSHIPS = [
    ("320500", "cset3/yrd", "cset3", "yrd", False),
    ("320000", "cset3/yrd", "cset3", "yrd", False),
    ("440300", "cset3/prd", "cset3", "prd", False),
    ("320500", "zones/pilot", "zones", "pilot", True),
]
SKILLS = [
    ("python", "Python", "Python", "programming", "编程", "Programming"),
    ("nlp", "自然语言处理", "Natural language processing", "ai", "人工智能", "AI"),
    ("welding", "焊接", "Welding", "trades", "技工", "Trades"),
]
SECTORS = [
    ("C", "制造业", "Manufacturing", "industry"),
    ("I", "信息技术", "Information technology", "industry"),
    ("C34", "通用设备", "General machinery", "division"),
    ("I65", "软件", "Software", "division"),
    ("defense", "国防", "Defense", "affiliation"),
    ("surveillance", "监控", "Surveillance", "affiliation"),
    ("trade", "贸易", "Trade", "affiliation"),
]
PLACES = [
    ("北京", "city", ["110000"]),
    ("苏州", "city", ["320500"]),
    ("深圳", "city", ["440300"]),
    ("北京/深圳", "multi", ["110000", "440300"]),
    ("江苏", "province", ["320000"]),
    ("朝阳区", "ambiguous", []),
    ("远程", "remote", []),
]
EMPLOYERS = [
    ("e1", "星海智能科技", "Starsea", "employer", ["starsea"], None),
    ("e2", "云岭机器", None, "employer", [], "e1"),
    ("e3", "望山航天", None, "employer", [], None),
]
NAMES = {
    "星海智能科技有限公司": "e1",
    "星海智能": "e1",
    "云岭机器": "e2",
    "望山航天": "e3",
}
POSSIBLY_SAME = [
    ("e1", "e3", "星海智能科技", "望山航天", "spelling", 0.6),
    ("e1", "absent", "星海智能科技", "星海智能机器", "other trade", 0.5),
]
INDUSTRIES = [("软件", "I", "I65"), ("机械", "C", "C34"), ("其他", None, None)]


def facts() -> Facts:
    """Reference tables of the hand-made world."""
    return Facts.of(
        cities=rows(CITIES, "adcode", "name", "name_en", "province", "lat", "lon", "pinyin"),
        provinces=rows(PROVINCES, "adcode", "name", "name_en"),
        regions=rows(REGIONS, "id", "scheme", "region", "name", "name_en"),
        memberships=rows(MEMBERSHIPS, "adcode", "id", "scheme", "region", "partial"),
        skills=rows(SKILLS, "id", "name", "name_en", "group", "group_name", "group_name_en"),
        sectors=rows(SECTORS, "id", "name", "name_en", "type"),
    )


def rows(records: list[tuple], *columns: str) -> pl.DataFrame:
    """Build a frame from records."""
    return pl.DataFrame(records, schema=list(columns), orient="row", infer_schema_length=None)


def posting(number: int, **values: object) -> dict[str, object]:
    """One canonical posting with plain defaults."""
    base: dict[str, object] = {
        "source_id": "s1",
        "row": number,
        "posting_id": f"p{number:03d}",
        "title": "算法工程师",
        "employer_raw": "星海智能科技有限公司",
        "place_raw": "北京",
        "industry_raw": "软件",
        "skills": ["python"],
        "tier": "none",
        "presets": [],
    }
    return base | values


def material(postings: list[dict[str, object]] | pl.DataFrame, claims: list[dict] | None = None) -> Material:
    """Gather postings and the hand-made entities as a selection takes them."""
    frame = postings if isinstance(postings, pl.DataFrame) else canonical(postings)
    sources = pl.DataFrame(
        {
            "source_id": ["s1", "s2"],
            "board": ["zhaopin", "lagou"],
            "path": ["boards/zhaopin_a.csv", "lagou.csv"],
            "sha256": ["bb", "aa"],
            "crawled_on": [date(2021, 6, 1), None],
        }
    )
    names = pl.DataFrame({"employer_raw": list(NAMES), "employer_id": list(NAMES.values())})
    employers = rows(EMPLOYERS, "employer_id", "name", "name_en", "kind", "aliases", "parent_id")
    return Material(
        postings=frame.lazy(),
        sources=tables.conform(sources, tables.SOURCES),
        employers=tables.conform(employers, tables.EMPLOYERS),
        employer_names=tables.conform(names, tables.EMPLOYER_NAMES),
        places=tables.conform(rows(PLACES, "place_raw", "status", "adcodes"), tables.PLACES),
        industries=tables.conform(rows(INDUSTRIES, "industry_raw", "sector", "division"), tables.INDUSTRIES),
        claims=tables.conform(pl.DataFrame(claims), tables.CLAIMS) if claims else tables.empty(tables.CLAIMS),
        possibly_same=tables.conform(rows(POSSIBLY_SAME, *tables.POSSIBLY_SAME), tables.POSSIBLY_SAME),
        newest_edition=date(2026, 6, 8),
        run_id="run",
    )


def canonical(postings: list[dict[str, object]]) -> pl.DataFrame:
    """Canonical table from records."""
    frame = pl.DataFrame(postings, infer_schema_length=None) if postings else tables.empty(tables.POSTINGS)
    return tables.conform(frame, tables.POSTINGS)


def claim(number: int, employer: str, kind: str, **values: object) -> dict[str, object]:
    """One claim with plain defaults."""
    return {
        "claim_id": f"c{number}",
        "employer_id": employer,
        "affiliation_id": f"a{number}",
        "affiliation": f"清单{number}",
        "affiliation_type": "list",
        "kind": kind,
        "basis": "listed",
        "source": "hand-made list",
        "valid_from": date(2021, 6, 30),
        "method": "exact",
        "score": 1.0,
        "list_row": f"lists/hand.csv:{number}",
    } | values
