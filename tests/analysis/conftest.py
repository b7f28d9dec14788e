"""Labour markets whose clusters are known, made from a seed."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from graphcli.graph.tables import GraphTables
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.identity import stable_hash

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from store_fixtures import ZHAOPIN_HEADER, embedded_place, neo4j_place  # noqa: F401


def make_market(
    groups: int = 4,
    size: int = 30,
    skills_per_group: int = 8,
    *,
    common: int = 2,
    noise: float = 0.05,
    seed: int = 1,
) -> GraphTables:
    """Employers in groups of equal size; each group has skills, a city and a sector of its own.

    Employers require most skills of their group, sometimes one of another, and often a common one.
    The first employer of the first group bears a defense claim from 2020 to 2022.
    """
    generator = np.random.default_rng(seed)
    skills = groups * skills_per_group
    employers, requires, hires, sectors = [], [], [], []
    for number in range(groups * size):
        group = number // size
        key = stable_hash("employer", str(number))
        postings = int(generator.integers(3, 40))
        employers.append((key, f"公司{group}-{number % size}", "employer", postings, postings // 2))
        chance = np.full(skills, noise)
        chance[group * skills_per_group : (group + 1) * skills_per_group] = 0.7
        for skill in np.flatnonzero(generator.random(skills) < chance):
            count = int(generator.integers(1, postings + 1))
            requires.append((key, f"s{skill:03}", count))
        for skill in np.flatnonzero(generator.random(common) < 0.5):
            requires.append((key, f"common{skill}", int(generator.integers(1, postings + 1))))
        city = group if generator.random() < 0.8 else int(generator.integers(groups))
        hires.append((key, f"{110000 + city * 10000}", postings))
        sectors.append((key, "ABCDEFGHIJ"[group % 10], postings))
    names = [f"s{skill:03}" for skill in range(skills)] + [f"common{skill}" for skill in range(common)]
    pairs = {"schema": ["start", "end", "postings"], "orient": "row"}
    first = stable_hash("employer", "0")
    return GraphTables.of(
        {
            "Employer": pl.DataFrame(
                employers, schema=["id", "name", "kind", "postings", "ai_postings"], orient="row"
            ),
            "Skill": pl.DataFrame({"id": names, "name": [f"技能{name}" for name in names]}),
            "City": pl.DataFrame(
                {
                    "adcode": [f"{110000 + group * 10000}" for group in range(groups)],
                    "name": [f"城市{group}" for group in range(groups)],
                }
            ),
            "Sector": pl.DataFrame(
                {"id": list("ABCDEFGHIJ"), "name": [f"行业{letter}" for letter in "ABCDEFGHIJ"]}
            ).with_columns(type=pl.lit("industry")),
            "Affiliation": pl.DataFrame({"id": ["casc"], "name": ["航天科技"], "type": ["conglomerate"]}),
        },
        {
            "REQUIRES": pl.DataFrame(requires, **pairs),
            "HIRES_IN": pl.DataFrame(hires, **pairs),
            "IN_SECTOR_Employer": pl.DataFrame(sectors, **pairs),
            "AFFILIATED_WITH": pl.DataFrame(
                {
                    "start": [first],
                    "end": ["casc"],
                    "claim_id": ["c1"],
                    "kind": ["defense"],
                    "basis": ["subsidiary"],
                    "valid_from": ["2020-01-01"],
                    "valid_to": ["2022-12-31"],
                }
            ),
        },
        run_id="market",
    )


@pytest.fixture(scope="session")
def market() -> Callable[..., GraphTables]:
    """The maker of labour markets."""
    return make_market


@pytest.fixture(scope="session")
def planted(market: Callable[..., GraphTables]) -> GraphTables:
    """One market of four groups of thirty."""
    return market()


@pytest.fixture(scope="session")
def employers_of() -> Callable[[dict[str, dict[str, int]]], GraphTables]:
    """Make a graph from employer → skill → postings alone."""

    def make(rows: dict[str, dict[str, int]]) -> GraphTables:
        skills = sorted({skill for wanted in rows.values() for skill in wanted})
        pairs = [(key, skill, count) for key, wanted in rows.items() for skill, count in wanted.items()]
        employers = [(key, key, "employer", max(wanted.values(), default=1)) for key, wanted in rows.items()]
        return GraphTables.of(
            {
                "Employer": pl.DataFrame(
                    employers,
                    schema={"id": pl.String, "name": pl.String, "kind": pl.String, "postings": pl.Int64},
                    orient="row",
                ),
                "Skill": pl.DataFrame(
                    {"id": skills, "name": skills}, schema={"id": pl.String, "name": pl.String}
                ),
            },
            {
                "REQUIRES": pl.DataFrame(
                    pairs,
                    schema={"start": pl.String, "end": pl.String, "postings": pl.Int64},
                    orient="row",
                )
            },
        )

    return make


SKILLS = (("Java", "Spring", "MySQL", "Redis"), ("PLC", "电气设计", "AutoCAD", "单片机"))


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    """A workspace with postings of twelve employers: six ask for Java, six for PLC."""
    from graphcli.loaders.load import load

    root = tmp_path_factory.mktemp("loaded")
    path = root / "zhaopin.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(ZHAOPIN_HEADER)
        for number in range(48):
            group, employer = number % 2, number % 12
            city, skills = ("杭州", "苏州")[group], SKILLS[group][: 2 + employer % 3]
            name = f"{'甲乙丙丁戊己庚辛壬癸子丑'[employer]}星测试科技有限公司"
            url = f"http://www.zhaopin.com/jobdetail/T{number}.htm"
            told = ["工程师", city, name, "本科", "1-3年", ",".join(skills), "1-2万", f"负责开发{number}"]
            rows.writerow([*told, "计算机软件", url, "20-99人", "2025-11-03"])
    folder = WorkspaceFolder(root / "workforce")
    load(folder, [path])
    return folder
