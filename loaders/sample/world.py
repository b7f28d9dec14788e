"""A made-up labour market: employers in planted clusters, their postings, and what is true of them.

Everything follows from ``world.yaml`` and a seed. The truth is kept beside the postings, so that the demo is
also a test: clusters, affiliations, branches, duplicates and dirty rows are known in advance.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from graphcli.loaders.reference.files import read_schema, read_yaml, shipped

PACKAGE = "graphcli.loaders.sample"
EMPLOYERS_PER_CLUSTER = 24
FIRST_DAY = date(2025, 3, 1)
DAYS = 90
NOISE_SHARE = 0.06
BRANCH_SHARE = 0.25
DUPLICATE_SHARE = 0.04
OPEN_PLACE_SHARE = 0.02


@dataclass(frozen=True)
class SampleEmployer:
    """One invented employer and what is true of it.

    Attributes
    ----------
    name
        Full registered name.
    spellings
        Every raw spelling its postings use, the name itself first.
    cluster
        Key of the planted cluster.
    cities
        Where it hires, the home city first.
    claims
        Keys of the made-up lists it stands on.
    """

    name: str
    spellings: tuple[str, ...]
    cluster: str
    cities: tuple[str, ...]
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class SamplePosting:
    """One invented posting as a board would know it, before it is written in that board's layout."""

    number: int
    employer: SampleEmployer
    spelling: str
    title: str
    tier: str
    skills: tuple[str, ...]
    city: str
    district: str
    place_status: str
    low: int
    high: int
    posted: date
    text: str

    @property
    def place(self) -> str:
        """City and district as boards write them; an open place stands alone."""
        return f"{self.city}-{self.district}" if self.district else self.city

    @property
    def url(self) -> str:
        """Address of the posting, on a domain that can never exist (RFC 2606)."""
        return f"https://jobs.example/{self.number:06d}.htm"


@dataclass(frozen=True)
class World:
    """The whole made-up market."""

    definition: dict[str, Any]
    employers: tuple[SampleEmployer, ...]
    look_alikes: tuple[SampleEmployer, ...]
    postings: tuple[SamplePosting, ...]
    repeats: tuple[SamplePosting, ...]


def make_world(seed: int = 0, size: int = EMPLOYERS_PER_CLUSTER) -> World:
    """Invent a market.

    Parameters
    ----------
    seed
        The same seed gives the same market.
    size
        Employers in each planted cluster.
    """
    definition = read_yaml(shipped(PACKAGE, "world.yaml"), read_schema(PACKAGE, "world.schema.json"))
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    employers = tuple(_employers(definition, chance, size))
    look_alikes = tuple(_look_alikes(employers))
    numbers = itertools.count(1)
    postings = tuple(
        posting
        for employer in (*employers, *look_alikes)
        for posting in _postings(definition, chance, employer, numbers)
    )
    repeats = tuple(chance.sample(postings, round(len(postings) * DUPLICATE_SHARE)))
    return World(definition, employers, look_alikes, postings, repeats)


def _employers(definition: dict[str, Any], chance: random.Random, size: int) -> Iterator[SampleEmployer]:
    for key, cluster in definition["clusters"].items():
        combinations = list(itertools.product(definition["brands"], cluster["trades"]))
        chosen = chance.sample(combinations, size)
        on_list = {
            name: entry["count"] for name, entry in definition["lists"].items() if entry["cluster"] == key
        }
        for index, (brand, trade) in enumerate(chosen):
            home = cluster["cities"][index % len(cluster["cities"])]
            elsewhere = chance.choice([city for city in cluster["cities"] if city != home])
            has_branch = chance.random() < BRANCH_SHARE
            # Every fourth carries its place in brackets, which boards write in two widths.
            stem = f"虚构{brand}{trade}"
            name = f"{stem}（{home}）有限公司" if index % 4 == 0 else f"{home}{stem}有限公司"
            yield SampleEmployer(
                name=name,
                spellings=_spellings(name, elsewhere if has_branch else None, index),
                cluster=key,
                cities=(home, elsewhere) if has_branch else (home,),
                claims=tuple(claim for claim, count in on_list.items() if index < count),
            )


def _spellings(name: str, branch_city: str | None, index: int) -> tuple[str, ...]:
    spellings = [name]
    if index % 3 == 0:
        spellings.append(f"  {name} ")
    if "（" in name:
        spellings.append(name.replace("（", "(").replace("）", ")"))
    if branch_city:
        spellings.append(f"{name}{branch_city}分公司")
    return tuple(spellings)


def _look_alikes(employers: tuple[SampleEmployer, ...]) -> Iterator[SampleEmployer]:
    """Employers whose names hold the brand of a listed one but who are somebody else."""
    for employer in employers:
        if employer.claims:
            brand = employer.name.split("虚构", 1)[1][:2]
            name = f"{employer.cities[0]}虚构{brand}房地产经纪有限公司"
            yield SampleEmployer(name, (name,), "commerce", employer.cities[:1])


def _postings(
    definition: dict[str, Any], chance: random.Random, employer: SampleEmployer, numbers: Iterator[int]
) -> Iterator[SamplePosting]:
    cluster = definition["clusters"][employer.cluster]
    others = sorted(
        skill
        for key, other in definition["clusters"].items()
        if key != employer.cluster
        for skill in other["skills"]
    )
    tiers, weights = zip(*definition["tier_weights"].items(), strict=True)
    count = max(len(employer.spellings), min(40, int(chance.paretovariate(1.1) * 6)))
    for index in range(count):
        spelling = employer.spellings[index % len(employer.spellings)]
        city = employer.cities[-1] if spelling.endswith("分公司") else employer.cities[0]
        tier = chance.choices(tiers, weights)[0]
        skills = [
            chance.choice(others) if chance.random() < NOISE_SHARE else skill
            for skill in chance.sample(cluster["skills"], chance.randint(4, 5))
        ]
        if tier in {"narrow", "technical"}:
            skills += chance.sample(cluster["ai_skills"], min(2, len(cluster["ai_skills"])))
        skills = list(dict.fromkeys(skills))
        low = chance.randrange(8, 30)
        place_status = "city"
        if chance.random() < OPEN_PLACE_SHARE:
            city, place_status = chance.choice(sorted(definition["open_places"].items()))
        yield SamplePosting(
            number=next(numbers),
            employer=employer,
            spelling=spelling,
            title=cluster["titles"][tier],
            tier=tier,
            skills=tuple(skills),
            city=city,
            district=chance.choice(definition["districts"].get(city, [""])),
            place_status=place_status,
            low=low * 1000,
            high=(low + chance.randrange(4, 15)) * 1000,
            posted=FIRST_DAY + timedelta(days=chance.randrange(DAYS)),
            text=definition["texts"][tier].format(skills="、".join(skills)),
        )
