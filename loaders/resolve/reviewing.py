"""Walking through pairs of employers that may be one, the heaviest first, and asking a person about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.loaders.resolve.employers import judgements as journal
from graphcli.loaders.resolve.employers.candidates import METHODS
from graphcli.loaders.resolve.employers.judging import answer
from graphcli.loaders.resolve.listing import NOTHING_LOADED, stale_notes
from graphcli.loaders.resolve.names.registered import REFERENCE, compared_parts, shipped_rules
from graphcli.loaders.resolve.stage import Resolved, ensure_resolved
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.wording import counted

ANSWERS = {"s": "same", "d": "different", "u": "unsure"}
QUESTION = "same, different, unsure, next or quit? [s/d/u/n/q] "
_CITIES_SHOWN = 3
Say = Callable[[str], None]


@dataclass(frozen=True)
class Side:
    """One of the two employers of a pair, as the reviewer sees it."""

    name: str
    raw: str
    postings: int
    cities: str


def possible(folder: WorkspaceFolder, *, no_build: bool = False, say: Say = lambda message: None) -> Result:
    """List the pairs of employers whose names may mean one, the heaviest first.

    Returns
    -------
    Rows ``name, other_name, score, method, why, postings, other_postings, employer_id, other_id, ref``.

    Raises
    ------
    UsageError
        Nothing is loaded.
    """
    resolved = _resolved(folder, no_build, say)
    pairs = _weighed(resolved)
    why = {method: words for method, (_, words) in METHODS.items()}
    frame = pairs.select(
        "name", "other_name", "score", "method",
        pl.col("method").replace_strict(why, default=None, return_dtype=pl.String).alias("why"),
        "postings", "other_postings", "employer_id", "other_id",
        ref=pl.format("edge:POSSIBLY_SAME:{}:{}", "employer_id", "other_id"),
    )  # fmt: skip
    notes = (
        f"{counted(frame.height, 'pair')} that may be one employer; none is joined before somebody judges it",
        *stale_notes(resolved),
    )
    parameters = {"possible": True, "no_build": no_build}
    return Result("resolve", frame, parameters, notes, hidden=("ref", "employer_id", "other_id", "why"))


def review(
    folder: WorkspaceFolder,
    ask: Callable[[str], str],
    show: Say,
    *,
    by: str = "",
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """Show pairs one by one and keep what the person says of each.

    Parameters
    ----------
    ask
        Takes the question and returns the answer; an empty text where there is nobody left to answer.
    show
        Receives the lines about a pair.
    by
        Who reviews.

    Returns
    -------
    The judgements that were made.

    Raises
    ------
    UsageError
        Nothing is loaded.
    """
    resolved = _resolved(folder, no_build, say)
    pairs = _weighed(resolved)
    cities = _cities(folder, resolved, pairs)
    made: list[journal.Judgement] = []
    for number, row in enumerate(pairs.iter_rows(named=True), start=1):
        sides = [_side(resolved, row, one, cities) for one in ("", "other_")]
        show(f"\n{number} of {pairs.height:,}: {METHODS[row['method']][1]} (score {row['score']:.2f})")
        for line in _described(sides):
            show(line)
        verdict = _verdict(ask, show)
        if verdict == "quit":
            break
        if verdict != "next":
            made.append(journal.judge(folder, verdict, *(side.raw for side in sides), by=by))
    left = pairs.height - len(made)
    return answer(
        made,
        {"review": True},
        (f"{counted(len(made), 'pair')} judged, {left:,} left", *stale_notes(resolved)),
    )


def _verdict(ask: Callable[[str], str], show: Say) -> str:
    while True:
        text = ask(QUESTION)
        given = text.strip().lower()
        # Not even a line end: nobody is there to answer any more.
        if not text or given in {"q", "quit"}:
            return "quit"
        if given in {"", "n", "next"}:
            return "next"
        for letter, verdict in ANSWERS.items():
            if given in {letter, verdict}:
                return verdict
        show(f"{given!r} is no answer: s, d, u, n or q")


def _resolved(folder: WorkspaceFolder, no_build: bool, say: Say) -> Resolved:
    if not folder.table_names("postings/"):
        raise UsageError(NOTHING_LOADED)
    return ensure_resolved(folder, no_build=no_build, say=say)


def _weighed(resolved: Resolved) -> pl.DataFrame:
    counts = resolved.employer_names.group_by("employer_id").agg(pl.col("postings").sum())
    weighed = resolved.possibly_same.join(counts, on="employer_id").join(
        counts.select(other_id="employer_id", other_postings="postings"), on="other_id"
    )
    return weighed.sort(
        pl.col("postings") + pl.col("other_postings"), "score", "name", "other_name",
        descending=[True, True, False, False],
    )  # fmt: skip


def _side(resolved: Resolved, row: Mapping[str, object], prefix: str, cities: Mapping[str, str]) -> Side:
    employer_id = row["other_id" if prefix else "employer_id"]
    name = str(row[f"{prefix}name"])
    spelled = resolved.employer_names.filter(
        (pl.col("employer_id") == employer_id) & (pl.col("normalised") == name) & pl.col("branch").is_null()
    ).sort("postings", "employer_raw", descending=[True, False])
    raw = spelled["employer_raw"][0] if spelled.height else name
    return Side(name, raw, int(str(row[f"{prefix}postings"])), cities.get(str(employer_id), ""))


def _described(sides: list[Side]) -> Iterator[str]:
    rules = shipped_rules()
    for letter, side in zip("AB", sides, strict=True):
        parts = compared_parts(side.name, rules)
        told = (
            ("place", parts.place),
            ("brand", parts.brand),
            ("trade", parts.trade),
            ("form", parts.legal_form),
        )
        where = f" in {side.cities}" if side.cities else ""
        yield f"  {letter}  {side.raw}"
        yield f"     {counted(side.postings, 'posting')}{where}"
        yield "     " + ", ".join(f"{word} {text or '-'}" for word, text in told)


def _cities(folder: WorkspaceFolder, resolved: Resolved, pairs: pl.DataFrame) -> dict[str, str]:
    """The cities in which each employer of a pair posts most, in words."""
    wanted = pl.concat([pairs["employer_id"], pairs["other_id"]]).unique()
    names = resolved.employer_names.filter(pl.col("employer_id").is_in(wanted.implode()))
    called = read_csv(shipped(REFERENCE, "places_cities.csv"), [Column("adcode", True), Column("name", True)])
    places = (
        resolved.places.select("place_raw", adcode="adcodes")
        .explode("adcode")
        .join(called.select("adcode", city="name"), on="adcode")
    )
    posted = folder.scan_all("postings", tables.POSTINGS).select(
        "place_raw", employer_raw=pl.col("employer_raw").str.strip_chars()
    )
    counted = (
        posted.join(names.lazy().select("employer_raw", "employer_id"), on="employer_raw")
        .join(places.lazy(), on="place_raw")
        .group_by("employer_id", "city")
        .len()
        .sort("employer_id", "len", "city", descending=[False, True, False])
        .group_by("employer_id", maintain_order=True)
        .agg(pl.format("{} ({})", pl.col("city"), pl.col("len")).head(_CITIES_SHOWN).str.join(", "))
        .collect()
    )
    return dict(counted.iter_rows())
