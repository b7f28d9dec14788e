"""How right names, places, tiers and skills are: labelled sets against what the tool says, miss by miss.

The labels beside this file say what a careful reader of Chinese job boards expects and why; they were
written from knowledge of the country and its companies, not from the answers. ``floors.csv`` holds what
must be reached; the command fails where a measure falls below it.

    python benchmarks/truth/score.py [--labels FOLDER] [--set places] [--quiet]
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.tiers.explain import explain
from graphcli.loaders.definitions.tiers.rules import load_rules
from graphcli.loaders.resolve.claims.matching import FLAGS, match_claims
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.loaders.resolve.places.resolving import resolve_places
from graphcli.workspace.selection import TIERS

LABELS = Path(__file__).resolve().parent
PLACED = ("city", "multi", "province")
# A guess is a place given to a string that names no one place.
UNPLACED = ("ambiguous", "foreign", "remote", "nationwide", "unknown")
# Measures of which less is better.
CEILINGS = ("guesses",)

Row = dict[str, str]


@dataclass
class Score:
    """What one set measures, and its misses, a sentence each."""

    name: str
    labels: int
    measures: dict[str, float] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)


def rates(right: int, given: int, wanted: int) -> dict[str, float]:
    """Precision, recall and F1; a set in which nothing was given or wanted has made no error there."""
    precision = right / given if given else 1.0
    recall = right / wanted if wanted else 1.0
    both = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / both if both else 0.0}


def score_places(rows: list[Row]) -> Iterator[Score]:
    """Right means the same status and the same codes."""
    found = {row["place_raw"]: row for row in resolve_places([row["text"] for row in rows]).to_dicts()}
    score = Score("places", len(rows))
    right = placed = guesses = right_placed = 0
    for row in rows:
        answer = found[row["text"]]
        same = answer["status"] == row["status"] and sorted(answer["adcodes"]) == row["adcodes"].split()
        right += same
        placed += answer["status"] in PLACED
        right_placed += same and row["status"] in PLACED
        guesses += row["status"] in UNPLACED and bool(answer["adcodes"])
        if not same:
            score.misses.append(
                f"{row['text']}: wanted {row['status']} {row['adcodes']} ({row['why']}), "
                f"got {answer['status']} {' '.join(answer['adcodes'])} by {answer['method']}; candidates "
                f"{' '.join(answer['candidates']) or 'none'}; {answer['note'] or 'no note'}"
            )
    wanted = sum(row["status"] in PLACED for row in rows)
    score.measures = {"right": right / len(rows), **rates(right_placed, placed, wanted), "guesses": guesses}
    yield score


def score_employers(rows: list[Row]) -> Iterator[Score]:
    """Two names are given as one where they have one employer; all names are resolved side by side."""
    _, names = _employers(name for row in rows for name in (row["name_a"], row["name_b"]))
    known = {row["employer_raw"]: row for row in names.to_dicts()}
    score = Score("employers", len(rows))
    right = given = 0
    for row in rows:
        first, second = (known[row[side].strip()] for side in ("name_a", "name_b"))
        same = first["employer_id"] == second["employer_id"]
        given += same
        right += same and row["same"] == "yes"
        if same != (row["same"] == "yes"):
            score.misses.append(
                f"{row['name_a']} | {row['name_b']}: wanted {'same' if row['same'] == 'yes' else 'two'} "
                f"({row['why']}); compared as {first['normalised']} ({first['method']}) and "
                f"{second['normalised']} ({second['method']})"
            )
    score.measures = rates(right, given, sum(row["same"] == "yes" for row in rows))
    yield score


def score_affiliations(rows: list[Row]) -> Iterator[Score]:
    """Each flag of an employer counts by itself, on any day; flags that readers may also accept do not."""
    employers, names = _employers(row["employer"] for row in rows)
    claims = match_claims(employers, names).filter(pl.col("kind").is_in(FLAGS))
    employer = dict(names.select("employer_raw", "employer_id").rows())
    held: dict[str, list[Row]] = {}
    for claim in claims.to_dicts():
        held.setdefault(claim["employer_id"], []).append(claim)
    score = Score("affiliations", len(rows))
    right = given = wanted = 0
    for row in rows:
        own = held.get(employer[row["employer"].strip()], [])
        expected, allowed = set(row["flags"].split()), set(row["allowed"].split())
        answer = {claim["kind"] for claim in own} - (allowed - expected)
        right, given, wanted = right + len(answer & expected), given + len(answer), wanted + len(expected)
        if answer != expected:
            reasons = {
                f"{claim['kind']} as {claim['matched_name']} by {claim['method']}, {claim['source']} row "
                f"{claim['list_row']}"
                for claim in own
            }
            score.misses.append(
                f"{row['employer']}: wanted {row['flags'] or 'no flag'} ({row['why']}), got "
                f"{'; '.join(sorted(reasons)) or 'no claim'}"
            )
    score.measures = rates(right, given, wanted)
    yield score


def score_postings(rows: list[Row]) -> Iterator[Score]:
    """Tiers are nested: whoever says narrow says technical and broad too. Skills are counted pair by pair."""
    frame = pl.DataFrame(
        {
            "title": [row["title"] for row in rows],
            "tags": [row["tags"].split(";") if row["tags"] else [] for row in rows],
            "text": [row["text"] for row in rows],
            "employer_raw": [""] * len(rows),
        },
        schema_overrides={"tags": pl.List(pl.String)},
    )
    found = load_matcher().annotate(frame)
    yield from _tiers(rows, found["tier"].to_list())
    yield _skills(rows, found["skills"].to_list())


def _tiers(rows: list[Row], answers: list[str]) -> Iterator[Score]:
    rules = load_rules()
    level = {tier: number for number, tier in enumerate(TIERS)}
    for tier in TIERS[1:]:
        wanted = [level[row["tier"]] >= level[tier] for row in rows]
        given = [level[answer] >= level[tier] for answer in answers]
        right = sum(one and other for one, other in zip(wanted, given, strict=True))
        score = Score(f"tier {tier}", len(rows), rates(right, sum(given), sum(wanted)))
        for row, answer, one, other in zip(rows, answers, wanted, given, strict=True):
            # A miss is printed once, at the innermost tier on which the two differ.
            if one != other and tier == max(row["tier"], answer, key=level.__getitem__):
                tags = row["tags"].split(";") if row["tags"] else []
                evidence = explain(row["title"], tags, row["text"], rules=rules)
                words = "; ".join(
                    f"{item['word']} ({item['tier']}, {item['convention']})" for item in evidence
                )
                score.misses.append(
                    f"{row['title']} [{row['text'][:24]}…]: wanted {row['tier']}, got {answer} by "
                    f"{words or 'no word'}"
                )
        yield score


def _skills(rows: list[Row], answers: list[list[str]]) -> Score:
    score = Score("skills", len(rows))
    right = given = wanted = 0
    for row, found in zip(rows, answers, strict=True):
        expected, answer = set(row["skills"].split()), set(found)
        right, given, wanted = right + len(answer & expected), given + len(answer), wanted + len(expected)
        if answer != expected:
            score.misses.append(
                f"{row['title']} [{row['text'][:24]}…]: "
                f"missing {' '.join(sorted(expected - answer)) or 'none'}; "
                f"too many {' '.join(sorted(answer - expected)) or 'none'}"
            )
    score.measures = rates(right, given, wanted)
    return score


SETS: dict[str, tuple[str, Callable[[list[Row]], Iterator[Score]]]] = {
    "places": ("places.csv", score_places),
    "employers": ("employer_pairs.csv", score_employers),
    "affiliations": ("affiliations.csv", score_affiliations),
    "postings": ("postings.csv", score_postings),
}


def read_rows(path: Path) -> list[Row]:
    """Read a labelled set."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def below_floor(scores: Collection[Score], floors: list[Row]) -> list[str]:
    """Say which measures miss what ``floors.csv`` asks of them."""
    failed = []
    for row in floors:
        for score in scores:
            if score.name != row["set"]:
                continue
            value, floor = score.measures[row["measure"]], float(row["floor"])
            if (value > floor) if row["measure"] in CEILINGS else (value < floor):
                failed.append(f"{score.name}: {row['measure']} is {value:.4f}, wanted {floor:g}")
    return failed


def main(arguments: list[str] | None = None) -> int:
    """Print a line per set, every miss, and what fell below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--labels", type=Path, default=LABELS, help="folder of the labelled sets")
    parser.add_argument("--set", choices=SETS, action="append", help="only this set; may be repeated")
    parser.add_argument("--quiet", action="store_true", help="the table alone, without the misses")
    options = parser.parse_args(arguments)
    scores = [
        score
        for name in options.set or SETS
        for score in SETS[name][1](read_rows(options.labels / SETS[name][0]))
    ]
    for score in scores:
        measures = "  ".join(
            f"{name} {value:.0f}" if name in CEILINGS else f"{name} {value:.4f}"
            for name, value in score.measures.items()
        )
        print(f"{score.name:<15} n {score.labels:<5} {measures}")
    if not options.quiet:
        for score in scores:
            for miss in score.misses:
                print(f"{score.name}: {miss}")
    failed = below_floor(scores, read_rows(options.labels / "floors.csv"))
    for line in failed:
        print(f"below its floor: {line}", file=sys.stderr)
    return 1 if failed else 0


def _employers(raw: Iterator[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    distinct = sorted({name.strip() for name in raw})
    names = pl.DataFrame({"employer_raw": distinct, "postings": [1] * len(distinct)})
    return resolve_employers(names)


if __name__ == "__main__":
    sys.exit(main())
