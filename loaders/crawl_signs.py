"""Signs that a crawl is a sample of its own search words and limits rather than of the labour market.

A crawl by keywords meets one job under several of them, stops where the board stops showing pages, and may
hold one day, one city or one employer. None of that is an error of the file; each is a reason not to read
shares off it. A sign is said with its figures and never acted upon.

Thresholds, all stated here and all chosen so that an ordinary crawl is silent:

==================  =====================================================================================
same job again      2 % of the rows are repeats of a posting id (address, else the main fields)
page cap            3 files of one layout with the same number of records, at least 20, and none with more;
                    or 3 places of one file whose groups are so
one day             90 % of the dated postings of a board, of at least 50, bear one day
one city            95 % of the located postings of a board, of at least 50, lie in one city
one employer        20 % of the postings with an employer, of at least 50, name one
==================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

REPEATED_SHARE = 0.02
CAP_GROUPS = 3
CAP_LEAST_ROWS = 20
LEAST_JUDGED = 50
ONE_DAY_SHARE = 0.9
ONE_CITY_SHARE = 0.95
ONE_EMPLOYER_SHARE = 0.2

Codes = Callable[[Sequence[str]], Mapping[str, str]]

# What is said of a board where none is known.
_BOARD = pl.col("board").fill_null("unknown").replace("unknown", "unknown board")


def crawl_signs(postings: pl.LazyFrame, sources: pl.DataFrame, cities: Codes) -> list[str]:
    """Say what in a set of sources looks like the crawl and not like the market.

    Parameters
    ----------
    postings
        Canonical rows of these sources.
    sources
        Their rows of the table SOURCES.
    cities
        Gives the names of the cities that place strings mean; strings without one are left out.

    Returns
    -------
    list of str
        One sentence a sign, by board; empty where there is none.
    """
    boards = sources.select("source_id", board=_BOARD)
    # Of millions of rows only small numbers are held: a hash, and the places of words in a list of words.
    words = pl.col("source_id", "employer_raw", "place_raw").cast(pl.Categorical)
    rows = (
        postings.select(pl.col("posting_id").hash(), "posted_on", words)
        .join(boards.lazy().with_columns(pl.all().cast(pl.Categorical)), on="source_id", how="inner")
        .collect(engine="streaming")
    )
    signs: list[str] = []
    for (board,), some in sorted(rows.group_by("board"), key=lambda pair: str(pair[0])):
        counts = sources.filter(pl.lit(board) == _BOARD)
        name = str(board)
        signs.extend(_repeats(name, some))
        signs.extend(_page_caps(name, counts))
        signs.extend(_capped_places(name, some))
        signs.extend(_one_day(name, some))
        signs.extend(_one_city(name, some, cities))
        signs.extend(_one_employer(name, some))
    return signs


def stored_signs(folder: WorkspaceFolder) -> list[str]:
    """Say the same of everything that a workspace holds."""
    sources = folder.read("sources", tables.SOURCES)
    return crawl_signs(folder.scan_all("postings", tables.POSTINGS), sources, cities_of)


def _repeats(board: str, rows: pl.DataFrame) -> Iterator[str]:
    jobs = rows.group_by("posting_id").agg(n=pl.len(), sources=pl.col("source_id").n_unique())
    repeats = rows.height - jobs.height
    if repeats < REPEATED_SHARE * rows.height or not repeats:
        return
    several = jobs.filter(pl.col("sources") > 1).height
    within = jobs.filter((pl.col("n") > 1) & (pl.col("sources") == 1)).height
    where = [f"{several:,} jobs stand in several files or sheets"] if several else []
    where += [f"{within:,} several times in one"] if within else []
    yield (
        f"{board}: {repeats:,} of {rows.height:,} rows ({_percent(repeats, rows.height)}) are a job met "
        f"again: {', '.join(where)}; --dedupe url, the default of every answer, counts each once"
    )


def _page_caps(board: str, sources: pl.DataFrame) -> Iterator[str]:
    for (_,), files in sorted(sources.group_by("layout"), key=lambda pair: str(pair[0])):
        found = _capped(files["rows_read"].drop_nulls())
        if found:
            capped, rows = found
            yield (
                f"{board}: {capped:,} of {files.height:,} files or sheets hold exactly {rows:,} records "
                "and none holds more: the crawl probably stopped at a page cap and lacks what lies behind it"
            )


def _capped_places(board: str, rows: pl.DataFrame) -> Iterator[str]:
    """A crawl of many searches in one file: the board's limit shows in the size of the groups."""
    by_place = rows.drop_nulls("place_raw").group_by("source_id", "place_raw").len()
    for (_,), groups in sorted(by_place.group_by("source_id"), key=lambda pair: str(pair[0])):
        found = _capped(groups["len"])
        if found:
            places, count = found
            yield (
                f"{board}: {places:,} of {groups.height:,} places of one file have exactly {count:,} "
                "postings and none has more: each search probably stopped at a page cap"
            )


def _capped(counts: pl.Series) -> tuple[int, int] | None:
    """How many groups share the largest size, and that size; ``None`` where that looks like chance."""
    if not len(counts):
        return None
    most = int(counts.max())  # type: ignore[arg-type]
    groups = int((counts == most).sum())
    return (groups, most) if groups >= CAP_GROUPS and most >= CAP_LEAST_ROWS else None


def _one_day(board: str, rows: pl.DataFrame) -> Iterator[str]:
    found = _leading(rows["posted_on"], ONE_DAY_SHARE)
    if found:
        day, n, dated = found
        yield (
            f"{board}: {n:,} of {dated:,} dated postings ({_percent(n, dated)}) bear one day, {day}: "
            "boards date a posting anew when it is refreshed, so nothing can be said over time"
        )


def _one_city(board: str, rows: pl.DataFrame, cities: Codes) -> Iterator[str]:
    counts = rows["place_raw"].drop_nulls().value_counts(name="n")
    if counts["n"].sum() < LEAST_JUDGED:
        return
    named = cities(counts["place_raw"].to_list())
    located = counts.with_columns(
        city=pl.Series([named.get(one) for one in counts["place_raw"]], dtype=pl.String)
    )
    by_city = located.drop_nulls("city").group_by("city").agg(pl.col("n").sum()).sort("n", "city")
    total = int(by_city["n"].sum())
    if total < LEAST_JUDGED:
        return
    city, n = by_city.row(-1)
    if n >= ONE_CITY_SHARE * total:
        yield (
            f"{board}: {n:,} of {total:,} located postings ({_percent(n, total)}) lie in {city}: "
            "that is where was searched, not where the jobs are"
        )


def _one_employer(board: str, rows: pl.DataFrame) -> Iterator[str]:
    found = _leading(rows["employer_raw"], ONE_EMPLOYER_SHARE)
    if found:
        name, n, total = found
        yield (
            f"{board}: {n:,} of {total:,} postings with an employer ({_percent(n, total)}) are of {name}: "
            "leave it out with --exclude to see what the rest says"
        )


def _leading(values: pl.Series, share: float) -> tuple[object, int, int] | None:
    """The commonest value where it has at least this share of at least ``LEAST_JUDGED``."""
    filled = values.drop_nulls()
    if len(filled) < LEAST_JUDGED:
        return None
    counts = filled.value_counts(name="n").sort("n", filled.name, descending=[True, False])
    value, n = counts.row(0)
    return (value, n, len(filled)) if n >= share * len(filled) else None


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def cities_of(places: Sequence[str]) -> dict[str, str]:
    """Read place strings by the gazetteer: the city, where a string means one alone."""
    from graphcli.loaders.resolve.places.resolving import resolve_places
    from graphcli.loaders.resolve.places.tables import cities_and_provinces

    found = resolve_places(places).filter(pl.col("status") == "city")
    names = dict(cities_and_provinces().select("adcode", "name").iter_rows())
    codes = found.select("place_raw", pl.col("adcodes").list.first()).iter_rows()
    return {place: names.get(code, code) for place, code in codes}
