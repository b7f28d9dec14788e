"""What ``resolve`` and ``claims`` list: how raw names became employers, and what lists say of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from graphcli.loaders.resolve.claims.matching import as_of_day, claims_on
from graphcli.loaders.resolve.employers.aliases import load_aliases
from graphcli.loaders.resolve.employers.judging import reference_of, refusals
from graphcli.loaders.resolve.names.registered import normalise_name, shipped_rules
from graphcli.loaders.resolve.stage import Resolved, ensure_resolved
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.sources import choose_sources
from graphcli.workspace.wording import counted

NOTHING_LOADED = "nothing is loaded here; run graphcli load FILE… or graphcli demo first"
CLAIM_COLUMNS = (
    "employer", "affiliation", "kind", "basis", "source", "listed_from", "listed_to", "matched_name",
    "method", "score", "url", "employer_id", "affiliation_id", "valid_from", "valid_to", "list_row", "ref",
)  # fmt: skip
HINT_COLUMNS = (
    "employer", "kind", "basis", "states", "phrases", "score", "postings", "with_text", "quote",
    "all_postings", "first_posted", "last_posted", "counted", "employer_id", "ref",
)  # fmt: skip
HINT_CAVEAT = (
    "weak: what employers say of themselves in posting texts; no list says it, it is no claim and counts in "
    "no figure, flag, cluster or store"
)
CAVEAT = "a listing is its source's claim, not proof; absence from a list clears nobody"
Say = Callable[[str], None]


def names(
    folder: WorkspaceFolder,
    *,
    sources: Sequence[str] = (),
    employer: str | None = None,
    method: str | None = None,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List the raw names with the employer that each became.

    Parameters
    ----------
    folder
        The workspace.
    sources
        Boards, source ids or globs over paths; only names that occur there, counted there.
    employer
        Only the names of this employer, by id, name or any spelling of it.
    method
        Only names joined by this rule.
    no_build
        Answer from the last finished tables.
    say
        Receives progress.

    Returns
    -------
    Rows ``raw_name, employer_id, employer, method, score, postings, kind, normalised, branch, changed, ref``,
    the heaviest first; ``changed`` says from when a former name no longer holds, where that is known.

    Raises
    ------
    UsageError
        Nothing is loaded, or a name given does not exist.
    """
    resolved = _resolved(folder, no_build, say)
    rows = resolved.employer_names
    counts = _posting_names(folder, sources)
    without = int(counts.filter(pl.col("employer_raw").is_null())["here"].sum())
    if sources:
        rows = rows.join(counts, on="employer_raw").with_columns(postings=pl.col("here")).drop("here")
    if employer:
        rows = rows.filter(pl.col("employer_id") == find_employer(resolved, employer))
    if method:
        rows = rows.filter(pl.col("method") == method)
    known = resolved.employers.select("employer_id", employer="name", kind="kind")
    frame = (
        rows.join(known, on="employer_id", how="left")
        .with_columns(
            changed=pl.col("normalised").replace_strict(
                load_aliases(reference_of(folder)).changed, default=None, return_dtype=pl.String
            ),
            ref=pl.lit("employer:") + pl.col("employer_id"),
        )
        .rename({"employer_raw": "raw_name"})
        .sort("postings", "raw_name", descending=[True, False])
        .select(
            "raw_name", "employer_id", "employer", "method", "score", "postings", "kind", "normalised",
            "branch", "changed", "ref",
        )
    )  # fmt: skip
    notes = [
        f"{counted(frame.height, 'raw name')} of {counted(frame['employer_id'].n_unique(), 'employer')}",
        f"{counted(without, 'posting')} without an employer's name",
        *refusals(folder),
        *stale_notes(resolved),
    ]
    parameters = {"source": list(sources), "employer": employer, "method": method, "no_build": no_build}
    return Result("resolve", frame, parameters, tuple(notes), hidden=("ref", "normalised", "changed"))


def claims(
    folder: WorkspaceFolder,
    *,
    as_of: str = "today",
    employer: str | None = None,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List the affiliation claims that hold as of a day.

    Parameters
    ----------
    folder
        The workspace.
    as_of
        ``posting`` (on a day the employer posted), ``today`` (newest list edition), ``ever``, or a day.
    employer
        Only the claims about this employer.
    no_build
        Answer from the last finished tables.
    say
        Receives progress.

    Raises
    ------
    UsageError
        Nothing is loaded, or a name or day given does not exist.
    """
    resolved = _resolved(folder, no_build, say)
    held, note = _held(folder, resolved, as_of)
    if employer:
        held = held.filter(pl.col("employer_id") == find_employer(resolved, employer))
    known = resolved.employers.select("employer_id", employer="name")
    frame = (
        held.join(known, on="employer_id", how="left")
        .with_columns(ref=pl.lit("claim:") + pl.col("claim_id"))
        .sort("employer", "affiliation_id", "listed_from", "claim_id")
        .select(CLAIM_COLUMNS)
    )
    undated = frame.filter(pl.col("valid_from").is_null()).height
    notes = [
        note,
        f"of {counted(frame.height, 'claim')} {undated:,} without a start, taken as having always held",
    ]
    notes += stale_notes(resolved)
    parameters = {"as_of": as_of, "employer": employer, "no_build": no_build}
    hidden = ("ref", "employer_id", "affiliation_id", "valid_from", "valid_to", "list_row")
    return Result("claims", frame, parameters, (*notes, CAVEAT), hidden=hidden)


def hints_from_texts(
    folder: WorkspaceFolder,
    *,
    employer: str | None = None,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List the weak hints that employers' own posting texts give; they are no claims and count nowhere.

    Parameters
    ----------
    folder
        The workspace.
    employer
        Only the hints about this employer.
    no_build
        Answer from the last finished tables.
    say
        Receives progress.

    Returns
    -------
    Rows of HINT_COLUMNS, one for each employer and kind, the surest first; ``counted`` is always false.

    Raises
    ------
    UsageError
        Nothing is loaded, or there is no such employer.
    """
    from graphcli.loaders.resolve.claims.text_hint_rules import load_hint_rules
    from graphcli.loaders.resolve.claims.text_hints import BASIS, hints

    resolved = _resolved(folder, no_build, say)
    rules = load_hint_rules(reference_of(folder))
    wanted = find_employer(resolved, employer) if employer else None
    known = resolved.employers.select("employer_id", employer="name")
    frame = (
        hints(folder, resolved.employers, resolved.employer_names, rules, wanted)
        .join(known, on="employer_id", how="left", maintain_order="left")
        .with_columns(
            basis=pl.lit(BASIS),
            counted=pl.lit(False),
            ref=pl.concat_str(pl.lit("hint"), "employer_id", "kind", separator=":"),
        )
        .select(HINT_COLUMNS)
    )
    speaking, about = frame["employer_id"].n_unique(), frame.height
    notes = [
        HINT_CAVEAT,
        f"{counted(about, 'hint')} about {counted(speaking, 'employer')}",
        *stale_notes(resolved),
    ]
    parameters = {"from_texts": True, "employer": employer, "no_build": no_build}
    hidden = ("ref", "employer_id", "all_postings", "first_posted", "last_posted", "counted")
    return Result("claims", frame, parameters, tuple(notes), hidden=hidden)


def stale_notes(resolved: Resolved) -> tuple[str, ...]:
    """Say that an answer stands on tables from before a change, where it does."""
    words = (
        "stale: made before the last change of what is loaded, judged or held in reference files and lists"
    )
    return (words,) if resolved.stale else ()


def find_employer(resolved: Resolved, name: str) -> str:
    """Return the id of the employer that a user means by an id, a name or any spelling of one.

    Raises
    ------
    UsageError
        There is none; the message names near ones.
    """
    wanted = name.strip().removeprefix("employer:")
    if wanted in resolved.employers["employer_id"]:
        return wanted
    key = normalise_name(wanted, shipped_rules())
    fits = (pl.col("normalised") == key) | (pl.col("employer_raw") == wanted)
    found = resolved.employer_names.filter(fits)["employer_id"].unique().sort().to_list()
    called = resolved.employers.filter(
        (pl.col("name") == wanted) | (pl.col("name_en") == wanted) | pl.col("aliases").list.contains(wanted)
    )
    found = found or called["employer_id"].sort().to_list()
    if not found:
        rules = shipped_rules()
        spelled = resolved.employers.select("employer_id", "aliases").explode("aliases").drop_nulls()
        found = [row[0] for row in spelled.iter_rows() if normalise_name(row[1], rules) == key]
    if not found:
        raise unknown_name("employer", name, resolved.employers["name"].to_list())
    return str(found[0])


def _resolved(folder: WorkspaceFolder, no_build: bool, say: Say) -> Resolved:
    if not folder.table_names("postings/"):
        raise UsageError(NOTHING_LOADED)
    return ensure_resolved(folder, no_build=no_build, say=say)


def _posting_names(folder: WorkspaceFolder, sources: Sequence[str]) -> pl.DataFrame:
    postings = folder.scan_all("postings", tables.POSTINGS)
    if sources:
        chosen = choose_sources(folder.read("sources", tables.SOURCES), sources)
        postings = postings.filter(pl.col("source_id").is_in(sorted(chosen["source_id"])))
    trimmed = pl.col("employer_raw").str.strip_chars().replace("", None)
    return postings.group_by(trimmed).agg(pl.len().cast(pl.Int64).alias("here")).collect()


def _held(folder: WorkspaceFolder, resolved: Resolved, as_of: str) -> tuple[pl.DataFrame, str]:
    reference = reference_of(folder)
    if as_of == "ever":
        return resolved.claims, "as of ever: claims of any time"
    if as_of == "posting":
        held = _held_when_posting(folder, resolved)
        return held, "as of the postings: claims that held on a day on which the employer posted"
    day: date = as_of_day(as_of, reference)
    words = "the newest edition of the lists loaded" if as_of == "today" else "the day asked for"
    return claims_on(resolved.claims, day), f"as of {day.isoformat()}, {words}"


def _held_when_posting(folder: WorkspaceFolder, resolved: Resolved) -> pl.DataFrame:
    crawled = folder.read("sources", tables.SOURCES).select("source_id", "crawled_on").lazy()
    days = (
        folder.scan_all("postings", tables.POSTINGS)
        .join(crawled, on="source_id", how="left")
        .select(
            employer_raw=pl.col("employer_raw").str.strip_chars(), day=pl.coalesce("posted_on", "crawled_on")
        )
        .drop_nulls()
        .unique()
        .collect()
        .join(resolved.employer_names.select("employer_raw", "employer_id"), on="employer_raw")
        .select("employer_id", "day")
        .unique()
    )
    parts = [
        claims_on(resolved.claims.join(group, on="employer_id", how="semi"), day)
        for (day,), group in days.group_by("day")
        if isinstance(day, date)
    ]
    return pl.concat([tables.empty(tables.CLAIMS), *parts]).unique("claim_id").sort("claim_id")
