"""Employers whose names may mean one: found by likeness, shown to people, never joined by the tool.

Comparing every name with every other would take a day for a million of them. Names are compared only within
blocks that share something rare (a brand, a short name, all but one character), and a block with many names
in it shows nothing, because what many share tells nobody apart. So the work grows with the number of names.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from graphcli.loaders.resolve.employers.aliases import AliasTable, load_aliases
from graphcli.loaders.resolve.employers.judgements import Judgement
from graphcli.loaders.resolve.names.registered import (
    NameRules,
    clean,
    compared_parts,
    normalise_name,
    shipped_rules,
)
from graphcli.loaders.resolve.names.spelling import one_slip_apart
from graphcli.workspace import tables

# What each likeness is worth by itself, and in words. Set by reading pairs of five boards one by one.
METHODS = {
    "same parts": (0.85, "place, brand and trade agree; form or order of the parts differ"),
    "place left out": (0.7, "brand and trade agree; one name tells no place"),
    "short name": (0.65, "the shorter is the beginning of this one full name only"),
    "spelling": (0.6, "long names that differ by one character"),
    "other trade": (0.5, "place and a rare brand agree; the trades differ"),
    "brand of alias": (0.4, "its brand is a short name of the other"),
    "rare brand": (0.3, "a brand that few names bear; places differ"),
}
# From how many employers on a shared brand tells nothing, and what each further employer takes off.
MOST_WITH_BRAND = 5
_LESS_FOR_EACH = 0.05
# Below this a pair is another firm nearly always, and to be asked about it wears people out.
LEAST_SCORE = 0.2
_SCORE_DECIMALS = 2
_LEAST_BRAND = 2
_LEAST_RARE_BRAND = 3
_LONG_BRAND = 5
_PLACE_LENGTHS = (2, 3)
_SHORT_NAMES = range(2, 13)
# Words that make a short name a body of its own: 汉询学院 is no short form of 汉询学院后勤有限公司.
_BODIES = (
    "(?:大学|学院|学校|研究[所院]|设计院|医院|银行|中心|协会|学会|局|委员会|政府|部队|事务所|合作社|厂|店)$"
)
_PAIR = ("first", "second")


def possibly_same(
    employers: pl.DataFrame,
    employer_names: pl.DataFrame,
    judgements: Iterable[Judgement] = (),
    reference_folder: Path | None = None,
) -> pl.DataFrame:
    """Find pairs of employers whose names are alike.

    Parameters
    ----------
    employers, employer_names
        The tables EMPLOYERS, with parents, and EMPLOYER_NAMES. Anonymous employers are left out.
    judgements
        Pairs that people judged, to whatever end, are not asked about again.

    Returns
    -------
    The table POSSIBLY_SAME, one row for each pair of employers, sorted by their ids.
    """
    rules, aliases = shipped_rules(), load_aliases(reference_folder)
    names = _names(employers, employer_names, rules)
    if names.is_empty():
        return tables.empty(tables.POSSIBLY_SAME)
    found = pl.concat(
        [
            _same_parts(names),
            _place_left_out(names),
            _short_names(names, aliases),
            _spelling(names, rules),
            _other_trade(names),
            _brand_of_alias(names, employers, aliases, rules),
            _rare_brand(names),
        ]
    )
    pairs = _one_row_each(found, names)
    pairs = _without_known(pairs, employers, aliases)
    judged = _judged_pairs(employer_names, judgements, rules)
    pairs = pairs.join(judged, on=["employer_id", "other_id"], how="anti")
    return tables.conform(pairs, tables.POSSIBLY_SAME).sort("employer_id", "other_id")


def _names(employers: pl.DataFrame, employer_names: pl.DataFrame, rules: NameRules) -> pl.DataFrame:
    """One row for each normalised name of an employer, taken apart."""
    known = employers.filter(pl.col("kind") != "anonymous")
    observed = employer_names.join(known, on="employer_id", how="semi").select(
        "employer_id", name="normalised"
    )
    # An employer known by an alias alone is compared by its full name too.
    unseen = known.join(employer_names, left_on="name", right_on="employer_raw", how="anti")
    full = unseen.select("employer_id", "name").with_columns(
        pl.col("name").map_elements(lambda name: normalise_name(name, rules), return_dtype=pl.String)
    )
    names = pl.concat([observed, full]).unique().sort("name", "employer_id")
    parts = [compared_parts(name, rules) for name in names["name"]]
    return names.with_columns(
        place=pl.Series([part.place for part in parts], dtype=pl.String),
        brand=pl.Series([part.brand for part in parts], dtype=pl.String),
        trade=pl.Series([part.trade for part in parts], dtype=pl.String),
        form=pl.Series([part.legal_form for part in parts], dtype=pl.String),
    ).with_row_index("at")


def _bearers(names: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Rows of the names whose key several employers share, but not many, with their number."""
    shared = names.group_by(keys).agg(bearers=pl.col("employer_id").n_unique())
    few = shared.filter(pl.col("bearers").is_between(2, MOST_WITH_BRAND))
    return names.join(few, on=keys, how="inner", nulls_equal=False)


def _paired(names: pl.DataFrame, method: str, *keys: str) -> pl.DataFrame:
    """All pairs of names with equal keys, with the columns of the second behind ``_right``."""
    rows = _bearers(names, *keys)
    pairs = rows.join(rows.drop("bearers"), on=keys, how="inner", suffix="_right")
    pairs = pairs.filter(
        (pl.col("at") < pl.col("at_right")) & (pl.col("employer_id") != pl.col("employer_id_right"))
    )
    return pairs.with_columns(method=pl.lit(method))


def _scored(pairs: pl.DataFrame, method: str, score: pl.Expr | None = None) -> pl.DataFrame:
    base = METHODS[method][0]
    less = _LESS_FOR_EACH * (pl.col("bearers") - 2) if "bearers" in pairs.columns else pl.lit(0.0)
    return pairs.select(
        first=pl.col("at").cast(pl.Int64),
        second=pl.col("at_right").cast(pl.Int64),
        method=pl.lit(method),
        score=((score if score is not None else pl.lit(base)) - less).cast(pl.Float64),
    )


def _branded(names: pl.DataFrame, least: int = _LEAST_BRAND) -> pl.DataFrame:
    return names.filter(pl.col("brand").str.len_chars() >= least)


def _same_parts(names: pl.DataFrame) -> pl.DataFrame:
    return _scored(_paired(_branded(names), "same parts", "place", "brand", "trade"), "same parts")


def _place_left_out(names: pl.DataFrame) -> pl.DataFrame:
    pairs = _paired(_branded(names).filter(pl.col("trade") != ""), "place left out", "brand", "trade")
    one = (pl.col("place") == "") != (pl.col("place_right") == "")
    return _scored(pairs.filter(one), "place left out")


def _other_trade(names: pl.DataFrame) -> pl.DataFrame:
    placed = _branded(names).filter(pl.col("place") != "")
    pairs = _paired(placed, "other trade", "place", "brand").filter(pl.col("trade") != pl.col("trade_right"))
    return _scored(pairs, "other trade")


def _rare_brand(names: pl.DataFrame) -> pl.DataFrame:
    firms = _branded(names, _LEAST_RARE_BRAND).filter(~pl.col("name").str.contains(_BODIES))
    pairs = _paired(firms, "rare brand", "brand")
    return _scored(pairs.filter(pl.col("place") != pl.col("place_right")), "rare brand")


def _short_names(names: pl.DataFrame, aliases: AliasTable) -> pl.DataFrame:
    """Names without a form that are the beginning of one full name only, with or without its place."""
    # Of a name in the alias table it is known whose it is.
    names = names.filter(~pl.col("name").is_in(sorted(aliases.canonical)) | (pl.col("form") != ""))
    size = pl.col("name").str.len_chars()
    short = names.filter(
        (pl.col("form") == "")
        & size.is_between(_SHORT_NAMES.start, _SHORT_NAMES.stop - 1)
        & ~pl.col("name").str.contains(_BODIES)
        & pl.col("name").str.contains(r"^\p{Han}+$")
    )
    full = names.filter(pl.col("form") != "")
    wanted = short["name"].unique()
    met = []
    for length in _SHORT_NAMES:
        for start in (pl.lit(0), pl.col("place").str.len_chars()):
            head = full.select("at", "employer_id", head=pl.col("name").str.slice(start, length))
            met.append(
                head.filter(
                    (pl.col("head").str.len_chars() == length) & pl.col("head").is_in(wanted.implode())
                )
            )
    heads = pl.concat(met).unique()
    pairs = short.join(heads, left_on="name", right_on="head", how="inner", suffix="_right")
    pairs = pairs.filter(pl.col("employer_id") != pl.col("employer_id_right"))
    only = pl.col("employer_id_right").n_unique().over("at") == 1
    return _scored(pairs.filter(only), "short name")


def _spelling(names: pl.DataFrame, rules: NameRules) -> pl.DataFrame:
    pairs = one_slip_apart(names.select("at", "name"))
    right = names.select(pl.all().name.suffix("_right"))
    both = pairs.join(names, left_on="first", right_on="at").join(
        right, left_on="second", right_on="at_right"
    )
    both = both.rename({"first": "at", "second": "at_right"})
    # A place or a form that differs is another firm or was looked at above, not a slip of the pen.
    alike = (pl.col("place") == pl.col("place_right")) & (pl.col("form") == pl.col("form_right"))
    placed = pl.col("brand").map_elements(lambda brand: _ends_in_place(brand, rules), return_dtype=pl.Boolean)
    # 上海卓宇 and 上海卓永 are two firms: in a short brand every character tells.
    size = pl.min_horizontal(pl.col("brand").str.len_chars(), pl.col("brand_right").str.len_chars())
    # A slip in the trade makes it no known trade, so that it counts to the brand.
    begins = pl.col("brand").str.starts_with(pl.col("brand_right")) | pl.col("brand_right").str.starts_with(
        pl.col("brand")
    )
    same_brand = begins & (
        (pl.col("trade") != pl.col("trade_right")) | (pl.col("brand") == pl.col("brand_right"))
    )
    kept = both.filter(alike & (same_brand | (size >= _LEAST_RARE_BRAND))).filter(~placed)
    base = METHODS["spelling"][0]
    score = pl.when(same_brand | (size >= _LONG_BRAND)).then(base).otherwise(base / 2)
    return _scored(kept, "spelling", score)


def _ends_in_place(brand: str, rules: NameRules) -> bool:
    return any(brand[-length:] in rules.places for length in _PLACE_LENGTHS)


def _brand_of_alias(
    names: pl.DataFrame, employers: pl.DataFrame, aliases: AliasTable, rules: NameRules
) -> pl.DataFrame:
    spelled = [
        (name, normalise_name(text, rules)) for name, texts in aliases.spellings.items() for text in texts
    ]
    table = pl.DataFrame(spelled, schema={"name": pl.String, "alias": pl.String}, orient="row").unique()
    present = table.join(employers.select("name", "employer_id"), on="name")
    first = names.group_by("employer_id").agg(pl.col("at").min())
    listed = present.join(first, on="employer_id").select("alias", "employer_id", "at").sort("alias", "at")
    pairs = _branded(names).join(listed, left_on="brand", right_on="alias", how="inner", suffix="_right")
    return _scored(pairs.filter(pl.col("employer_id") != pl.col("employer_id_right")), "brand of alias")


def _one_row_each(found: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Of all likenesses between two employers the best, with the smaller id in front."""
    who = names.select(pl.col("at").cast(pl.Int64), "employer_id", "name")
    pairs = found.join(who, left_on="first", right_on="at").join(
        who.rename({"employer_id": "other_id", "name": "other_name"}), left_on="second", right_on="at"
    )
    swapped = pl.col("employer_id") > pl.col("other_id")
    turned = {
        one: pl.when(swapped).then(two).otherwise(one)
        for one, two in (
            ("employer_id", "other_id"), ("other_id", "employer_id"),
            ("name", "other_name"), ("other_name", "name"),
        )
    }  # fmt: skip
    pairs = pairs.with_columns(**turned, score=pl.col("score").round(_SCORE_DECIMALS))
    pairs = pairs.filter(pl.col("score") >= LEAST_SCORE)
    pairs = pairs.sort("score", "method", "name", "other_name", descending=[True, False, False, False])
    return pairs.unique(["employer_id", "other_id"], keep="first", maintain_order=True)


def _without_known(pairs: pl.DataFrame, employers: pl.DataFrame, aliases: AliasTable) -> pl.DataFrame:
    """Leave out pairs of which it is known that they are two: one group's, or both in the alias table."""
    told = employers.select(
        "employer_id", parent="parent_id", listed=pl.col("name").is_in(sorted(aliases.key_of))
    )
    both = pairs.join(told, on="employer_id").join(
        told.select(pl.all().name.suffix("_other")), left_on="other_id", right_on="employer_id_other"
    )
    owned = (
        pl.col("parent").eq_missing(pl.col("other_id"))
        | pl.col("parent_other").eq_missing(pl.col("employer_id"))
        | (pl.col("parent") == pl.col("parent_other")).fill_null(False)
    )
    return both.filter(~owned & ~(pl.col("listed") & pl.col("listed_other")))


def _judged_pairs(
    employer_names: pl.DataFrame, judgements: Iterable[Judgement], rules: NameRules
) -> pl.DataFrame:
    """Both ids of each pair of employers of which two names were judged."""
    pairs = [item.pair for item in judgements]
    keys = sorted({name for pair in pairs for name in pair})
    folded = {normalise_name(name, rules) for name in keys}
    rows = employer_names.filter(pl.col("normalised").is_in(sorted(folded)))
    bearers: dict[str, set[str]] = {name: set() for name in keys}
    for raw, normalised, employer_id in rows.select("employer_raw", "normalised", "employer_id").iter_rows():
        for text in (normalised, clean(raw)):
            bearers.get(text, set()).add(employer_id)
    met = {tuple(sorted((one, two))) for a, b in pairs for one in bearers[a] for two in bearers[b]}
    schema = {"employer_id": pl.String, "other_id": pl.String}
    return pl.DataFrame(sorted(met), schema=schema, orient="row")
