"""Raw batch to canonical batch: one pure function, the same for one process, a pool or a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import polars as pl

from graphcli.loaders.fields.dates import DaysSeen, read_dates, read_dates_of_crawls
from graphcli.loaders.fields.glued_tags import separated
from graphcli.loaders.fields.pay import read_pay
from graphcli.loaders.fields.tags import perks_among, split_profile, split_tags, without_profile_words
from graphcli.loaders.fields.text import (
    UNUSUAL,
    column_named,
    columns_where,
    contains,
    lines_of_lists,
    one_line,
    plain_text,
    trimmed,
    unescaped_tags,
    without_list_notation,
)
from graphcli.loaders.fields.urls import posting_key, read_urls
from graphcli.loaders.fields.vocabulary import load_vocabulary, read_words
from graphcli.loaders.judgement import (
    NAMES_OF_KINDS,
    issue_rows,
    judged,
    page_furniture,
    with_shared_columns_split,
    wrong_kinds,
)
from graphcli.loaders.layouts.layout import ROLES, Alternative, Layout
from graphcli.loaders.layouts.place_columns import DOWN, named_twice
from graphcli.loaders.reader.batches import ROW, SHOWN
from graphcli.loaders.reader.json.records import JOINER
from graphcli.workspace import tables
from graphcli.workspace.identity import SEPARATOR, stable_hashes

LOST = "\ufffd"
# A line of its own under the name of an employer: what its staff think of it.
RATING = r"\s*[\r\n]\s*(?:[0-4](?:\.\d)?|5(?:\.0)?)\s*[★⭐]?\s*$"
VERIFIED = "with verification"
GUARD = r"^'+[=+\-@\t\r]"
NO_EMPLOYER, NO_PLACE, NO_TITLE = "no employer", "no place", "no title"
# Read from the cell as it was written, or a text of many lines.
WRITTEN_LONG = ("text", "url")
NAMELESS = "neither title nor employer: no posting"
FURNITURE = "part of the page around the postings: no posting"
NO_EDUCATION_BUT_LANGUAGE = "names a language, not a level of education; kept as a tag"
# Average length of perks in a list; what is longer is told in sentences.
LONGEST_PERK = 24
RAW_ISSUES = {
    ROW: pl.Int64, "column": pl.String, "value": pl.String, "problem": pl.String, "action": pl.String,
}  # fmt: skip


class Annotator(Protocol):
    """What finds skills, tiers and presets in postings; ``loaders.definitions.matcher.TextMatcher``."""

    def annotate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give skills, tier and presets for title, tags, text and employer_raw, row by row."""


@dataclass(frozen=True)
class Context:
    """What a batch cannot know by itself."""

    source_id: str
    path: str
    sheet: str
    crawled_on: date | None = None
    headers: tuple[str, ...] = ()
    days: DaysSeen | None = None


@dataclass(frozen=True)
class CanonicalBatch:
    """A batch in the canonical tables; ``content`` holds one hash a kept record, to count exact repeats."""

    postings: pl.DataFrame
    texts: pl.DataFrame
    issues: pl.DataFrame
    content: pl.Series
    lost_characters: int


def canonical_batch(
    raw: pl.DataFrame, layout: Layout, context: Context, annotator: Annotator
) -> CanonicalBatch:
    """Turn raw text cells into canonical postings.

    Parameters
    ----------
    raw
        The column ``ROW`` and text columns. Columns that the layout knows and the batch lacks count as empty.

    Returns
    -------
    CanonicalBatch
        Every record of ``raw`` is either in ``postings`` or rejected in ``issues``, never both.
    """
    return annotated([read_cells(raw, layout, context)], annotator)[0]


def annotated(batches: Sequence[CanonicalBatch], annotator: Annotator) -> list[CanonicalBatch]:
    """Add skills, tiers and presets to batches, of all in one pass: each pass costs as much as 500 rows."""
    if not batches:
        return []
    asked = pl.concat([_question(batch) for batch in batches])
    answers, start, made = annotator.annotate(asked), 0, []
    for batch in batches:
        own = answers.slice(start, batch.postings.height)
        postings = tables.conform(batch.postings.with_columns(own.get_columns()), tables.POSTINGS)
        made.append(replace(batch, postings=postings))
        start += batch.postings.height
    return made


def _question(batch: CanonicalBatch) -> pl.DataFrame:
    names = batch.postings.select(pl.col("title", "employer_raw").fill_null(""))
    return names.hstack(batch.texts.select("tags", "text").get_columns())


def read_cells(raw: pl.DataFrame, layout: Layout, context: Context) -> CanonicalBatch:
    """Turn raw text cells into canonical postings, as ``canonical_batch`` does, but for what texts say.

    Skills, tiers and presets are null: they follow from title, tags and text alone.
    """
    if layout.canonical:
        from graphcli.loaders.returned import returned_cells

        return returned_cells(raw, context)
    # Columns cut in pieces at different places make Polars panic where three are put together.
    frame = _prepared(raw.rechunk(), layout)
    lost_characters, issues = _lost_characters(frame)
    split, columns, unread = with_shared_columns_split(frame, layout)
    split, misplaced = _judged_parts(split, columns)
    fields = tables.selected(split, ROW, *(_role(role, columns).alias(role) for role in ROLES))
    fields = _with_places_of_lists(fields, split, columns)
    fields = fields.with_columns(pl.col("employer").str.replace(RATING, ""), once_written(fields["title"]))
    short = [role for role in ROLES if role not in WRITTEN_LONG]
    fields = fields.with_columns(
        one_line(fields[role], joiner="\n" if role == "place" else " ")
        for role in columns_where(fields, short, lambda cell: cell.str.contains(UNUSUAL))
    )
    tags, fields, more = _tags(frame, fields, layout)
    offered = separated(_perks(frame, layout.perks))
    names = {role: _column_name(role, layout) for role in layout.columns}
    several = [one for one in columns.get("pay", ()) if len(one.columns) > 1]
    joined_pay = split.select(pay=_role("pay", {"pay": several}))["pay"] if several else None
    pay, written = fields["pay"], _pay_as_written(split, columns)
    fields, set_aside = judged(fields, names, joined_pay)
    # What was moved here from another column stands as it stood there.
    unmoved = (fields["pay"] == pay).fill_null(False)
    pay_raw = written.zip_with(unmoved, fields["pay"]) if written is not None else fields["pay"]
    rejected = _rejected(frame, fields, layout)
    keep = pl.Series(rejected["problem"].is_null())
    kept_rows = frame[ROW].filter(keep).implode()
    found_before = (*issues, *unread, *misplaced, *more, *set_aside)
    issues = [found.filter(found[ROW].is_in(kept_rows)) for found in found_before]
    issues.append(rejected.drop_nulls("problem"))
    frame, fields, tags = frame.filter(keep), fields.filter(keep), tags.filter(keep)
    if layout.crawl_day:
        crawls = read_dates(frame[layout.crawl_day])["posted_on"]
        fields = fields.with_columns(crawls.alias("crawled_on"))
    offered, pay_raw = offered.filter(keep), pay_raw.filter(keep)
    values, field_issues = _values(fields, layout, pay_raw, context)
    text = plain_text(lines_of_lists(fields["text"])).fill_null("")
    of_file = [name for name in ("crawled_on",) if name in fields.columns]
    base = fields.select(ROW, "title", *of_file, employer_raw="employer", place_raw="place").with_columns(
        pay_raw.alias("pay_raw"),
        industry_raw=fields["industry"],
        text=text,
        posted_on_raw=fields["posted_on"],
    )
    vocabulary = load_vocabulary()
    base = base.with_columns(
        tags=without_profile_words(tags, vocabulary), perks=_united([perks_among(tags, vocabulary), offered])
    )
    postings = posting_table(base.hstack(values.get_columns()), context)
    texts = tables.conform(
        base.select(pl.lit(context.source_id).alias("source_id"), pl.col(ROW).alias("row"), "tags", "text"),
        tables.TEXTS,
    )
    found = issue_table([*issues, *field_issues, *_missing(fields, layout)], context)
    return CanonicalBatch(postings, texts, found, _content(frame, context), lost_characters)


def once_written(titles: pl.Series) -> pl.Series:
    """Write a title once that a page shows twice: to be seen, and to be read aloud.

    Examples
    --------
    >>> once_written(pl.Series(["Nurse\\rNurse with verification", "Nurse\\rChef"])).to_list()
    ['Nurse', 'Nurse\\rChef']
    """
    found = titles.str.contains(r"\S\s*[\r\n]+\s*\S").fill_null(False)
    positions = found.arg_true()
    texts = [_first_if_all_alike(title) for title in titles.gather(positions)]
    return titles.clone().scatter(positions, pl.Series(texts, dtype=pl.String)) if texts else titles


def _first_if_all_alike(title: str) -> str:
    first, *others = [line.strip() for line in title.splitlines() if line.strip()]
    alike = all(line.removesuffix(VERIFIED).strip() == first for line in others)
    return first if alike else title


def _prepared(raw: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    missing = [name for name in layout.used_columns() if name not in raw.columns]
    frame = raw.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    names = [name for name in frame.columns if name != ROW]
    if layout.guarded:
        cells = (column_named(name) for name in names)
        frame = frame.with_columns(
            pl.when(cell.str.contains(GUARD)).then(cell.str.slice(1)).otherwise(cell) for cell in cells
        )
    return without_list_notation(frame) if layout.cells == "list" else frame


def _role(role: str, columns: Mapping[str, Sequence[Alternative]]) -> pl.Expr:
    alternatives = [_alternative(one) for one in columns.get(role, ())]
    return pl.coalesce(alternatives) if alternatives else pl.lit(None, dtype=pl.String)


def _judged_parts(
    frame: pl.DataFrame, columns: Mapping[str, Sequence[Alternative]]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Blank what is no part of a place before parts are joined, as it could not be told afterwards."""
    issues = []
    for name in dict.fromkeys(name for one in _joined_places(columns) for name in one.columns):
        wrong = wrong_kinds(frame.select(_filled(trimmed(column_named(name))).alias(name))[name], "place")
        if wrong.null_count() == wrong.len():
            continue
        shown = frame.select(ROW, value=column_named(name), wrong=pl.lit(wrong)).drop_nulls("wrong")
        problem = pl.format("not a place but {}", pl.col("wrong").replace(NAMES_OF_KINDS))
        issues.append(issue_rows(shown.select(ROW, "value", problem=problem), name, "blanked"))
        kept = pl.when(pl.lit(wrong).is_null()).then(column_named(name))
        frame = frame.with_columns(kept.alias(name))
    return frame, issues


def _joined_places(columns: Mapping[str, Sequence[Alternative]]) -> list[Alternative]:
    return [one for one in columns.get("place", ()) if len(one.columns) > 1 and not one.template]


def _with_places_of_lists(
    fields: pl.DataFrame, frame: pl.DataFrame, columns: Mapping[str, Sequence[Alternative]]
) -> pl.DataFrame:
    """Join place by place where a record names several: 北京;上海 with 海淀区;浦东新区."""
    joined = _joined_places(columns)
    several = fields["place"].str.contains(JOINER, literal=True).fill_null(False)
    if not joined or not several.any():
        return fields
    names = list(dict.fromkeys(name for one in joined for name in one.columns))
    cells = frame.select(_filled(trimmed(column_named(name))).alias(name) for name in names)
    places = fields["place"].to_list()
    whole = [[row[names.index(name)] for name in joined[0].columns] for row in cells.rows()]
    for at in several.arg_true():
        parts = [part.split(JOINER) for part in whole[at] if part]
        if places[at] == joined[0].joiner.join(dict.fromkeys(part for part in whole[at] if part)):
            places[at] = joined_places(parts, joined[0].joiner)
    return fields.with_columns(place=pl.Series(places, dtype=pl.String))


def joined_places(parts: Sequence[Sequence[str]], joiner: str) -> str:
    """Join the parts of several places, each with its own; a list of all of them where nobody can tell.

    Examples
    --------
    >>> joined_places([["北京", "上海"], ["海淀区", "浦东新区"]], "·")
    '北京·海淀区;上海·浦东新区'
    >>> joined_places([["广东"], ["广州", "深圳"]], "·"), joined_places([["北京", "上海"], ["海淀区"]], "·")
    ('广东·广州;广东·深圳', '北京;上海;海淀区')
    """
    most = max(map(len, parts), default=0)
    counts = [len(part) for part in (parts if joiner == DOWN else parts[::-1])]
    if sorted(counts) != counts or set(counts) - {1, most}:
        return JOINER.join(dict.fromkeys(item for part in parts for item in part))
    rows = [[part[at if len(part) > 1 else 0].strip() for part in parts] for at in range(most)]
    return JOINER.join(dict.fromkeys(joiner.join(dict.fromkeys(row)) for row in rows))


def _alternative(alternative: Alternative) -> pl.Expr:
    cells = {name: _filled(trimmed(column_named(name))) for name in alternative.columns}
    if alternative.template:
        return _formatted(alternative.template, cells)
    if len(cells) == 1:
        return cells[alternative.columns[0]]
    filled = pl.concat_list(list(cells.values())).list.drop_nulls()
    parts = filled.list.unique(maintain_order=True)
    if alternative.joiner == DOWN:
        # 吉林 in the province's column and in the city's is the city.
        shared = pl.Series(sorted(named_twice()))
        parts = pl.when(filled.list.first().is_in(shared.implode())).then(filled).otherwise(parts)
    return pl.when(parts.list.len() > 0).then(parts.list.join(alternative.joiner))


def _filled(cell: pl.Expr) -> pl.Expr:
    # Only short cells are compared, so that texts cost nothing.
    empty = pl.Series(load_vocabulary().empty)
    short = pl.when(cell.str.len_bytes() <= empty.str.len_bytes().max()).then(cell)
    return pl.when(~short.is_in(empty.implode()).fill_null(False)).then(cell)


def _pay_as_written(frame: pl.DataFrame, columns: Mapping[str, Sequence[Alternative]]) -> pl.Series | None:
    """Pay without the unit or money that the layout adds to the cells, which nobody wrote in them."""
    pay = columns.get("pay", ())
    if not any(one.template for one in pay):
        return None
    bare = [replace(one, template=one.template[one.template.find("{") :]) for one in pay]
    bare = [replace(one, template=one.template[: one.template.rfind("}") + 1]) for one in bare]
    return one_line(tables.selected(frame, pay=_role("pay", {"pay": bare}))["pay"])


def _formatted(template: str, cells: dict[str, pl.Expr]) -> pl.Expr:
    # pl.format knows only {}, in order; a null in any part makes the whole null, as it should be.
    pattern, ordered, rest = "", [], template
    while rest:
        before, brace, after = rest.partition("{")
        pattern += before
        if not brace:
            break
        name, _, rest = after.partition("}")
        pattern += "{}"
        ordered.append(cells[name])
    return pl.format(pattern, *ordered)


def _rejected(frame: pl.DataFrame, fields: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Records that are no posting; ``problem`` is null for the others."""
    used = [name for name in layout.used_columns() if name in frame.columns]
    others = [name for name in frame.columns if name != ROW]
    is_header = pl.all_horizontal((trimmed(column_named(name)) == name).fill_null(False) for name in used[:4])
    nameless = pl.Series(fields["title"].is_null() & fields["employer"].is_null())
    # Whole records are looked through only where one may be empty, and shown only where one is rejected.
    empty = pl.lit(False) if not nameless.any() else pl.all_horizontal(
        trimmed(column_named(name)).is_null() for name in others
    )  # fmt: skip
    only = layout.only or {}
    wrong = pl.any_horizontal(
        ~column_named(name).str.contains(pattern).fill_null(False) for name, pattern in only.items()
    ) if only else pl.lit(False)  # fmt: skip
    problem = (
        pl.when(pl.lit(nameless) & empty).then(pl.lit("empty record"))
        .when(is_header).then(pl.lit("the header again"))
        .when(wrong).then(pl.lit("another kind of record, no posting"))
        .when(pl.lit(nameless)).then(pl.lit(NAMELESS))
    )  # fmt: skip
    judged_rows = frame.select(ROW, problem=problem)
    bare = judged_rows["problem"] == NAMELESS
    if bare.any():
        furniture = pl.Series([False] * frame.height).scatter(
            bare.arg_true(), page_furniture(frame.filter(bare))
        )
        judged_rows = judged_rows.with_columns(
            problem=pl.when(furniture).then(pl.lit(FURNITURE)).otherwise("problem")
        )
    shown = pl.concat_str([trimmed(column_named(name)) for name in used], separator=" | ", ignore_nulls=True)
    hit = pl.Series(judged_rows["problem"].is_not_null())
    values = frame.filter(hit).select(pl.col(ROW), shown.str.slice(0, SHOWN).fill_null("").alias("value"))
    return judged_rows.join(values, on=ROW, how="left", maintain_order="left").select(
        pl.col(ROW),
        pl.lit("").alias("column"),
        pl.col("value").fill_null(""),
        pl.col("problem"),
        pl.lit("rejected").alias("action"),
    )


def _lost_characters(frame: pl.DataFrame) -> tuple[int, list[pl.DataFrame]]:
    total, issues = 0, []
    names = (name for name in frame.columns if name != ROW)
    for name in columns_where(frame, names, contains(LOST)):
        counts = column_named(name).str.count_matches(LOST, literal=True)
        hit = frame.select(ROW, column_named(name).alias("value"), counts.alias("lost")).filter(
            pl.col("lost") > 0
        )
        total += int(hit["lost"].sum())
        problem = pl.format("{} lost character(s)", "lost")
        issues.append(issue_rows(hit.select(ROW, "value", problem.alias("problem")), name, "kept"))
    return total, issues


def _tags(
    frame: pl.DataFrame, fields: pl.DataFrame, layout: Layout
) -> tuple[pl.Series, pl.DataFrame, list[pl.DataFrame]]:
    """Collect the tags; fill what a profile column says about the employer; put slid values back."""
    vocabulary = load_vocabulary()
    parts = [_lists(frame, layout.tags)]
    issues: list[pl.DataFrame] = []
    if layout.profile:
        profile = split_profile(frame[layout.profile], vocabulary)
        parts.append(profile["tags"])
        fields = fields.with_columns(
            pl.coalesce(pl.col(role), trimmed(pl.lit(profile[role]))).alias(role)
            for role in ("ownership", "company_size", "industry")
        )
    if layout.sliding:
        fields, languages, issues = _slid_back(fields, layout)
        parts.append(languages)
    return separated(_united(parts)), fields, issues


def _lists(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Collect the items of several columns of lists."""
    cells = [tables.selected(frame, _filled(column_named(name)).alias(name))[name] for name in columns]
    parts = [split_tags(one_line(unescaped_tags(cell), joiner="\n")) for cell in cells]
    nothing = pl.Series([[]], dtype=pl.List(pl.String))
    return _united(parts) if parts else nothing.new_from_index(0, frame.height)


def _perks(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Collect what the employer offers; what is told in sentences is not cut at its commas."""
    listed = [_lists(frame, [name]) for name in columns]
    told = [one_line(tables.selected(frame, _filled(trimmed(column_named(name))))[name]) for name in columns]
    lists = []
    for items, cells in zip(listed, told, strict=True):
        long = items.list.eval(pl.element().str.len_chars()).list.mean() > LONGEST_PERK
        long |= cells.str.contains(r"[。！!]\s*\S")
        table = pl.DataFrame({"items": items, "cell": cells, "long": long})
        sentence = pl.concat_list("cell")
        lists.append(table.select(items=pl.when("long").then(sentence).otherwise("items"))["items"])
    return _united(lists) if lists else _lists(frame, ())


def _united(parts: Sequence[pl.Series]) -> pl.Series:
    joined = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(parts)])
    return joined.select(pl.concat_list(pl.all()).list.unique(maintain_order=True).alias("items"))["items"]


def _slid_back(fields: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.Series, list[pl.DataFrame]]:
    """Move a level of education out of experience; keep a language in either as a tag."""
    vocabulary = load_vocabulary()
    levels = list(vocabulary.education)
    experience, education = pl.col("experience"), pl.col("education")
    slid = experience.str.to_lowercase().is_in(levels).fill_null(False)
    language_cell = pl.when(education.str.contains(vocabulary.languages)).then(education)
    other_language = pl.when(experience.str.contains(vocabulary.languages)).then(experience)
    language = pl.coalesce(language_cell, other_language)
    moved = fields.with_columns(
        experience=pl.when(~slid & other_language.is_null()).then(experience),
        education=pl.when(slid).then(experience).when(language_cell.is_null()).then(education),
        language=language,
    )
    tags = moved.select(
        pl.when(pl.col("language").is_not_null())
        .then(pl.concat_list("language"))
        .otherwise(pl.lit([], dtype=pl.List(pl.String)))
        .alias("tags")
    )["tags"]
    hit = moved.select(ROW, value="language", problem=pl.lit(NO_EDUCATION_BUT_LANGUAGE)).drop_nulls("value")
    return moved.drop("language"), tags, [issue_rows(hit, layout.sliding[1], "blanked")]


def _values(
    fields: pl.DataFrame, layout: Layout, pay_raw: pl.Series, context: Context
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Read every cell that means more than its text; an issue shows pay as it was written."""
    pay = read_pay(fields["pay"])
    posted = _days(fields, context)
    urls = read_urls(fields["url"])
    read = {"pay": pay, "posted_on": posted, "url": urls}
    for role in ("education", "experience", "openings", "company_size", "ownership", "credit_code"):
        read[role] = read_words(fields[role], role).with_columns(action=pl.lit("blanked"))
    issues = []
    for role, values in read.items():
        if not values["problem"].is_not_null().any():
            continue
        cells = (pay_raw if role == "pay" else fields[role]).alias("value")
        hit = values.select(fields[ROW], cells, "problem", "action").drop_nulls("problem")
        issues.append(issue_rows(hit, _column_name(role, layout)))
    columns = [
        column for values in read.values() for column in values.drop("problem", "action").get_columns()
    ]
    return pl.DataFrame(columns), issues


def _days(fields: pl.DataFrame, context: Context) -> pl.DataFrame:
    if "crawled_on" not in fields.columns:
        return read_dates(fields["posted_on"], context.crawled_on, context.days)
    return read_dates_of_crawls(fields["posted_on"], fields["crawled_on"], context.crawled_on, context.days)


def _column_name(role: str, layout: Layout) -> str:
    columns = layout.role_columns(role)
    return columns[0] if columns else layout.profile or role


def _missing(fields: pl.DataFrame, layout: Layout) -> list[pl.DataFrame]:
    """Rows without title, employer or place; where there is no such column, the file says so once."""
    found = []
    for role, problem in (("title", NO_TITLE), ("employer", NO_EMPLOYER), ("place", NO_PLACE)):
        if role not in layout.columns:
            continue
        hit = fields.filter(pl.col(role).is_null()).select(ROW, value=pl.lit(""), problem=pl.lit(problem))
        found.append(issue_rows(hit, _column_name(role, layout), "kept"))
    return found


def issue_table(parts: Sequence[pl.DataFrame], context: Context) -> pl.DataFrame:
    """Put the issues of one batch together, sorted by record and column."""
    frame = pl.concat([part.select(*RAW_ISSUES).cast(pl.Schema(RAW_ISSUES)) for part in parts])
    frame = frame.sort(ROW, "column", "problem", maintain_order=True)
    return tables.conform(
        frame.rename({ROW: "row"}).with_columns(
            source_id=pl.lit(context.source_id), path=pl.lit(context.path), sheet=pl.lit(context.sheet)
        ),
        tables.ISSUES,
    )


def posting_table(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Give values their identity: the posting's page, else employer, title, place, day and pay."""
    text, day = pl.col("text"), pl.col("posted_on").cast(pl.String)
    by_row = _identity(
        pl.lit("row"), *map(pl.col, ("employer_raw", "title", "place_raw")), day, pl.col("pay_raw")
    )
    key = pl.lit(posting_key(frame["url"]))
    by_page = pl.when(key != "").then(_identity(pl.lit("url"), key))
    identities = stable_hashes(frame.select(pl.coalesce(by_page, by_row).alias("identity"))["identity"])
    own_day = pl.col("crawled_on") if "crawled_on" in frame.columns else pl.lit(None, dtype=pl.Date)
    return tables.conform(
        frame.rename({ROW: "row"}).with_columns(
            source_id=pl.lit(context.source_id),
            posting_id=identities,
            text_hash=stable_hashes(
                frame.select(pl.when(text != "").then(_identity(text)).alias("text"))["text"]
            ),
            crawled_on=pl.coalesce(own_day, pl.lit(context.crawled_on, dtype=pl.Date)),
        ),
        tables.POSTINGS,
    )


def _identity(*parts: pl.Expr) -> pl.Expr:
    cells = [part.fill_null("").str.replace_all(SEPARATOR, " ", literal=True) for part in parts]
    return pl.concat_str(cells, separator=SEPARATOR)


def _content(frame: pl.DataFrame, context: Context) -> pl.Series:
    """One hash a record over the cells under the file's headers, the same in every batch of the file."""
    cells = [
        column_named(name) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in context.headers
    ]
    return frame.select(pl.col(ROW), *cells).drop(ROW).hash_rows()
