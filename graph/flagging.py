"""Which employers count as defense or surveillance, on the day that the reader asks for."""

from __future__ import annotations

from datetime import date

import polars as pl

from graphcli.graph.material import AFFILIATION_KINDS, Material


def with_flags(rows: pl.DataFrame, material: Material, as_of: str) -> pl.DataFrame:
    """Add ``defense`` and ``surveillance``: the basis of the employer's claims on the day asked for."""
    empty = [pl.lit(None, pl.String).alias(kind) for kind in AFFILIATION_KINDS]
    if material.claims.is_empty():
        return rows.with_columns(empty)
    if as_of == "posting":
        return _flags_on_own_day(rows, material.claims)
    flags = employer_flags(material, as_of)
    return rows.join(flags, on="employer_id", how="left", maintain_order="left")


def employer_flags(material: Material, as_of: str) -> pl.DataFrame:
    """Flags of every employer as of ``today`` (also for ``posting``), ``ever`` or a day."""
    columns = {"employer_id": pl.String, "defense": pl.String, "surveillance": pl.String}
    if material.claims.is_empty():
        return pl.DataFrame(schema=columns)
    from graphcli.loaders.resolve.claims.matching import flags

    return flags(material.claims, claims_day(material, as_of)).select(list(columns))


def claims_held(material: Material, as_of: str) -> pl.DataFrame:
    """Claims that hold on the day on which employers are judged."""
    if material.claims.is_empty():
        return material.claims
    from graphcli.loaders.resolve.claims.matching import claims_on

    return claims_on(material.claims, claims_day(material, as_of))


def claims_day(material: Material, as_of: str) -> date | str:
    """Day on which employers are judged: never the clock, but the newest list edition."""
    if as_of in {"today", "posting"}:
        return material.newest_edition or "ever"
    return as_of if as_of == "ever" else date.fromisoformat(as_of)


def _flags_on_own_day(rows: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    # Claims change on few days; postings between two such days share one judgement.
    from graphcli.loaders.resolve.claims.matching import flags

    changes = sorted(
        {day for name in ("valid_from", "valid_to") for day in claims[name].drop_nulls().to_list()}
    )
    dated = rows.with_columns(_day=pl.coalesce("posted_on", "crawled_on"))
    dated = dated.with_columns(_period=_period_of(pl.col("_day"), changes))
    periods = dated.drop_nulls("_day").group_by("_period").agg(pl.col("_day").min()).sort("_period")
    tables = [
        flags(claims, day).select("employer_id", *AFFILIATION_KINDS, _period=pl.lit(period, pl.Int64))
        for period, day in periods.iter_rows()
    ]
    if not tables:
        empty = [pl.lit(None, pl.String).alias(kind) for kind in AFFILIATION_KINDS]
        return rows.with_columns(empty)
    judged = dated.join(pl.concat(tables), on=["employer_id", "_period"], how="left", maintain_order="left")
    return judged.drop("_day", "_period")


def _period_of(day: pl.Expr, changes: list[date]) -> pl.Expr:
    # A claim holds on its first and its last day, so the day itself and the day after are both borders.
    if not changes:
        return pl.when(day.is_not_null()).then(pl.lit(0, pl.Int64))
    steps = [(day > change).cast(pl.Int64) + (day >= change).cast(pl.Int64) for change in changes]
    return pl.sum_horizontal(steps, ignore_nulls=False)
