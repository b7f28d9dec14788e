"""Stores for tests: the embedded engine and real Neo4j servers, and small graphs to put into them.

The servers are started once for the whole run, on first use, and end with it.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from graphcli.graph.stores.contract import Store, open_store
from graphcli.graph.tables import GraphTables
from graphcli.loaders.layouts.layout import load_layouts
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress

SERVER_SOURCE = Path(__file__).parent / "neo4j_server"
LTS, CURRENT_LINE = "5.26.30", "2026.08.1"
LEAST_JAVA = {LTS: 17, CURRENT_LINE: 21}
START_SECONDS = 120


class UnavailableError(Exception):
    """What a test needs is not on this machine."""


class Server:
    """A Neo4j process of ours."""

    def __init__(self, version: str, java: Path, jars: Path) -> None:
        self.version = version
        self._java, self._jars = java, jars
        self._home = Path(tempfile.mkdtemp(prefix="graphcli-neo4j-"))
        self.password = secrets.token_urlsafe(12)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> StoreAddress:
        return StoreAddress(f"bolt://127.0.0.1:{self.port}", "neo4j", self.password)

    def start(self) -> None:
        log = (self._home.with_suffix(".log")).open("ab")
        self._process = subprocess.Popen(
            [
                self._java,
                "-Xmx512m",
                "-cp",
                f"{self._jars}/*",
                SERVER_SOURCE / "Server.java",
                self._home,
                str(self.port),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "NEO4J_TEST_PASSWORD": self.password},
        )
        deadline = time.monotonic() + START_SECONDS
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == b"ready":
                return
            if time.monotonic() > deadline:
                break
        raise RuntimeError(f"Neo4j {self.version} did not start; see {self._home}.log")

    def kill(self) -> None:
        """End the process as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.with_suffix(".log").unlink(missing_ok=True)


@functools.cache
def java_homes() -> dict[int, Path]:
    """Java executables on this machine by major version."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += sorted(Path("/usr/lib/jvm").glob("*/"))
    if found := shutil.which("java"):
        homes.append(Path(found).resolve().parent.parent)
    there: dict[int, Path] = {}
    for home in homes:
        java, release = home / "bin/java", home / "release"
        if not java.is_file() or not release.is_file():
            continue
        if match := re.search(r'JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8")):
            there.setdefault(int(match[1]), java)
    return there


def fitting_java(version: str) -> Path | None:
    """The oldest Java on this machine that runs a version of Neo4j."""
    fitting = [java for major, java in sorted(java_homes().items()) if major >= LEAST_JAVA[version]]
    return fitting[0] if fitting else None


# The current line is tested where a Java for it is on the machine; the long-term line always.
KINDS = ("embedded", "neo4j-lts", *(("neo4j-current",) if fitting_java(CURRENT_LINE) else ()))


def jars(version: str) -> Path:
    """Folder with the server's jars; fetched once into a cache outside the checkout."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphcli-tests"
    target = cache / f"neo4j-{version}"
    if target.is_dir():
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise UnavailableError(f"Neo4j {version} needs Maven to be fetched, and mvn is not found")
    cache.mkdir(parents=True, exist_ok=True)
    fetched = Path(tempfile.mkdtemp(prefix=f"neo4j-{version}-", dir=cache))
    outcome = subprocess.run(
        [
            maven,
            "-q",
            "-B",
            "-f",
            SERVER_SOURCE / "pom.xml",
            f"-Dneo4j.version={version}",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={fetched}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        shutil.rmtree(fetched, ignore_errors=True)
        raise UnavailableError(f"Maven could not fetch Neo4j {version}: {outcome.stdout.strip()[:200]}")
    if target.is_dir():
        shutil.rmtree(fetched)
    else:
        fetched.rename(target)
    return target


@functools.cache
def server(version: str) -> Server:
    """The one server of a version for this run."""
    java = fitting_java(version)
    if java is None:
        raise UnavailableError(
            f"Neo4j {version} needs Java {LEAST_JAVA[version]} or newer, and none is found"
        )
    started = Server(version, java, jars(version))
    atexit.register(started.remove)
    return started


@dataclass
class Place:
    """A store under test: where it is, and a workspace of its own."""

    kind: str
    address: StoreAddress
    folder: WorkspaceFolder

    @contextmanager
    def open(self, read_only: bool = False) -> Iterator[Store]:
        with open_store(self.address, self.folder, read_only=read_only) as store:
            yield store

    def another_scope(self, root: Path) -> Place:
        """The same store seen from another workspace, where the engine can be shared."""
        return Place(self.kind, self.address, WorkspaceFolder(root))


def address_of(kind: str) -> StoreAddress:
    """Address of an empty store of a kind."""
    if kind == "embedded":
        if importlib.util.find_spec("arcadedb_embedded") is None:
            raise UnavailableError("the embedded engine is not installed")
        return StoreAddress(None)
    if kind == "neo4j-lts" and (given := os.environ.get("NEO4J_TEST_URI")):
        return StoreAddress(
            given,
            os.environ.get("NEO4J_TEST_USERNAME", "neo4j"),
            os.environ.get("NEO4J_TEST_PASSWORD"),
        )
    return server(LTS if kind == "neo4j-lts" else CURRENT_LINE).address


def make_place(kind: str, root: Path, require) -> Place:
    """An empty store of a kind, or a skip that says what is missing."""
    try:
        address = address_of(kind)
    except UnavailableError as missing:
        require(str(missing))
        raise
    place = Place(kind, address, WorkspaceFolder(root / "workforce"))
    if kind != "embedded":
        with place.open() as store:
            store.write("MATCH (n) DETACH DELETE n")
    return place


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path, require) -> Place:
    """An empty store of each kind in turn."""
    return make_place(request.param, tmp_path, require)


@pytest.fixture(params=KINDS[1:])
def neo4j_place(request: pytest.FixtureRequest, tmp_path: Path, require) -> Place:
    """An empty Neo4j of each line in turn."""
    return make_place(request.param, tmp_path, require)


@pytest.fixture
def embedded_place(tmp_path: Path, require) -> Place:
    """An empty embedded store."""
    return make_place("embedded", tmp_path, require)


# Columns of a file that Zhaopin's layout recognises.
ZHAOPIN_HEADER = load_layouts()["zhaopin_2026"].headers
HOSTILE = (
    '"><script>alert(1)</script>',
    "=cmd()|x",
    'O\'Brien "quoted" `ticked`',
    "back\\slash \\u0041 \\n",
    "line\nbreak\ttab\r\nreturn",
    "nul\x00byte",
    "emoji 😀👩‍👩‍👧 flags 🇨🇳",
    "CJK 扩展 𠮷𪚥 北京",
    "'}) DETACH DELETE n //",
    " \u2028\u2029 spaces \u00a0 ",
    "{}[]$rows $scope",
)


def market() -> GraphTables:
    """A small labour market that has something of every label and type, with names that try to break out."""
    employers = [
        {
            "id": f"e{number:02}",
            "name": HOSTILE[number % len(HOSTILE)] if number < len(HOSTILE) else f"企业{number}",
            "name_en": f"Employer {number}" if number % 3 else None,
            "kind": "agency" if number == 19 else "employer",
            "postings": 10 + number,
            "ai_postings": number % 7,
            "weight": 10 + number + number / 3,
            "evidence": [f"p{number}a", f"p{number}b"] if number % 4 else [],
        }
        for number in range(20)
    ]
    places = {"110000": "北京", "310000": "上海", "320100": "南京", "440300": "深圳", "510100": "成都"}
    cities = [
        {
            "adcode": code,
            "name": name,
            "name_en": "",
            "lat": 20.5 + n,
            "lon": 110.25 + n,
            "postings": 100 * (n + 1),
            "ai_postings": 10 * (n + 1),
            "weight": 99.5 * (n + 1),
        }
        for n, (code, name) in enumerate(places.items())
    ]
    provinces = [
        {"adcode": code, "name": name, "name_en": name}
        for code, name in {
            "110000": "北京市",
            "310000": "上海市",
            "320000": "江苏省",
            "440000": "广东省",
            "510000": "四川省",
        }.items()
    ]
    regions = [
        {"id": f"{scheme}/{name}", "name": name, "name_en": name.upper(), "scheme": scheme}
        for scheme, name in (("cset3", "bth"), ("cset3", "yrd"), ("cset3", "prd"), ("pilot", "zones"))
    ]
    skills = [
        {"id": name, "name": name, "name_en": name, "postings": 5 + n, "ai_postings": n}
        for n, name in enumerate(
            ("python", "face_recognition", "person_reid", "sql", "radar", "crowd_counting")
        )
    ]
    groups = [
        {"id": "programming", "name": "编程", "name_en": "Programming"},
        {"id": "surveillance_tasks", "name": "监控任务", "name_en": "Surveillance tasks"},
    ]
    sectors = [
        {"id": "I", "name": "信息业", "name_en": "IT", "type": "industry"},
        {"id": "C", "name": "制造业", "name_en": "Manufacturing", "type": "industry"},
        {"id": "defense", "name": "国防", "name_en": "Defense", "type": "affiliation"},
        {"id": "surveillance", "name": "监控", "name_en": "Surveillance", "type": "affiliation"},
    ]
    affiliations = [
        {"id": "cetc", "name": "中国电科", "name_en": "CETC", "type": "conglomerate"},
        {"id": "1260h", "name": "1260H", "name_en": "1260H", "type": "list"},
        {"id": "vendors", "name": "监控厂商", "name_en": "Vendors", "type": "vendor"},
    ]
    return GraphTables.of(
        {
            "Employer": pl.DataFrame(employers),
            "City": pl.DataFrame(cities),
            "Province": pl.DataFrame(provinces),
            "Region": pl.DataFrame(regions),
            "Skill": pl.DataFrame(skills),
            "SkillGroup": pl.DataFrame(groups),
            "Sector": pl.DataFrame(sectors),
            "Affiliation": pl.DataFrame(affiliations),
        },
        _market_edges(list(places)),
        run_id="market",
    )


def _market_edges(codes: list[str]) -> dict[str, pl.DataFrame]:
    hires = [
        {
            "start": f"e{number:02}",
            "end": codes[(number + step) % 5],
            "postings": 3 + number + step,
            "weight": 2.5 + number / 7 + step,
            "ai_postings": (number + step) % 5,
            "first_seen": "2021-04-01" if number % 2 else "",
            "last_seen": f"2021-05-0{1 + step}",
            "evidence": [f"p{number}a"],
        }
        for number in range(20)
        for step in range(1 + number % 3)
    ]
    skill_ids = ("python", "face_recognition", "person_reid", "sql", "radar", "crowd_counting")
    requires = [
        {
            "start": f"e{number:02}",
            "end": skill_ids[(number * 2 + step) % 6],
            "postings": 1 + step + number % 3,
            "share": (1 + step) / (5 + number),
            "evidence": [],
        }
        for number in range(20)
        for step in range(3)
    ]

    def claim(
        number: int,
        employer: str,
        affiliation: str,
        kind: str,
        basis: str,
        start: str | None,
        end: str | None,
    ) -> dict[str, object]:
        return {
            "start": employer,
            "end": affiliation,
            "claim_id": f"c{number}",
            "kind": kind,
            "basis": basis,
            "source": "list",
            "listed_from": start,
            "listed_to": end,
            "valid_from": start,
            "valid_to": end,
            "url": "https://example.org/a?b=c&d='e'",
            "matched_name": "名",
            "method": "exact",
            "score": 1.0,
            "evidence": [f"c{number}"],
        }

    claims = [
        claim(1, "e00", "cetc", "defense", "subsidiary", None, None),
        claim(2, "e00", "vendors", "surveillance", "vendor", "", ""),
        claim(3, "e01", "1260h", "defense", "listed", "2021-06-30", None),
        claim(4, "e01", "1260h", "defense", "listed", "2024-01-31", "2025-01-31"),
        claim(5, "e02", "vendors", "surveillance", "vendor", "2019-10-31", None),
        claim(6, "e03", "1260h", "defense", "listed", "2025-01-31", None),
        claim(7, "e04", "1260h", "trade", "listed", "2019-10-31", "2020-10-31"),
    ]
    return {
        "HIRES_IN": pl.DataFrame(hires),
        "IN_PROVINCE": pl.DataFrame(
            [
                {
                    "start": code,
                    "end": {"320100": "320000", "440300": "440000", "510100": "510000"}.get(code, code),
                }
                for code in codes
            ]
        ),
        "PART_OF": pl.DataFrame(
            [
                {"start": "110000", "end": "cset3/bth", "scheme": "cset3", "partial": False},
                {"start": "310000", "end": "cset3/yrd", "scheme": "cset3", "partial": False},
                {"start": "320100", "end": "cset3/yrd", "scheme": "cset3", "partial": False},
                {"start": "440300", "end": "cset3/prd", "scheme": "cset3", "partial": False},
                {"start": "110000", "end": "pilot/zones", "scheme": "pilot", "partial": True},
                {"start": "440300", "end": "pilot/zones", "scheme": "pilot", "partial": False},
            ]
        ),
        "REQUIRES": pl.DataFrame(requires),
        "IN_GROUP": pl.DataFrame(
            [
                {"start": "python", "end": "programming"},
                {"start": "sql", "end": "programming"},
                {"start": "face_recognition", "end": "surveillance_tasks"},
                {"start": "person_reid", "end": "surveillance_tasks"},
                {"start": "crowd_counting", "end": "surveillance_tasks"},
            ]
        ),
        "IN_SECTOR_Employer": pl.DataFrame(
            [
                {
                    "start": f"e{number:02}",
                    "end": "I" if number % 2 else "C",
                    "postings": number,
                    "evidence": [f"p{number}a"],
                }
                for number in range(20)
            ]
        ),
        "IN_SECTOR_Affiliation": pl.DataFrame(
            [
                {"start": "cetc", "end": "defense"},
                {"start": "1260h", "end": "defense"},
                {"start": "vendors", "end": "surveillance"},
            ]
        ),
        "AFFILIATED_WITH": pl.DataFrame(claims, infer_schema_length=None),
        "SUBSIDIARY_OF": pl.DataFrame([{"start": "e05", "end": "e00", "source": "annual report"}]),
        "POSSIBLY_SAME": pl.DataFrame([{"start": "e06", "end": "e07", "score": 0.75}]),
    }


def without(graph: GraphTables, label: str, key: str, keep: pl.Expr) -> GraphTables:
    """The graph without the nodes that ``keep`` leaves out, and without their relationships."""
    from graphcli.graph.schema import RELATIONSHIPS

    nodes = dict(graph.nodes)
    nodes[label] = nodes[label].filter(keep)
    edges = dict(graph.edges)
    for kind in RELATIONSHIPS:
        for column, end in (("start", kind.start), ("end", kind.end)):
            if end == label:
                edges[kind.table] = edges[kind.table].join(
                    nodes[label].select(key), left_on=column, right_on=key, how="semi"
                )
    return GraphTables.of(nodes, edges, graph.run_id)


def assert_same_graph(left: GraphTables, right: GraphTables) -> None:
    """Compare all tables, value for value."""
    from polars.testing import assert_frame_equal

    for name, frame in left.nodes.items():
        assert_frame_equal(frame, right.nodes[name])
    for name, frame in left.edges.items():
        assert_frame_equal(frame, right.edges[name])


def large(employers: int = 1_500, cities: int = 10) -> GraphTables:
    """A graph large enough to need many batches: every employer hires in three of the cities."""
    numbers = range(employers)
    return GraphTables.of(
        {
            "Employer": pl.DataFrame(
                {
                    "id": [f"x{number:06}" for number in numbers],
                    "name": [f"企业{number}" for number in numbers],
                    "postings": [number % 50 for number in numbers],
                    "evidence": [[f"p{number}"] for number in numbers],
                }
            ),
            "City": pl.DataFrame({"adcode": [f"{110000 + number}" for number in range(cities)]}),
        },
        {
            "HIRES_IN": pl.DataFrame(
                {
                    "start": [f"x{number:06}" for number in numbers for _ in range(3)],
                    "end": [
                        f"{110000 + (number + step) % cities}" for number in numbers for step in range(3)
                    ],
                    "postings": [number % 7 + step for number in numbers for step in range(3)],
                    "weight": [number / 3 for number in numbers for _ in range(3)],
                }
            )
        },
        run_id="large",
    )
