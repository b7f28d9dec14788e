"""How well tiers, presets and skills agree with labels: scores, and each miss with the words that decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.definitions.labels import LABEL_COLUMNS, Labelled
from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.presets import Preset, babina, load_presets
from graphcli.loaders.definitions.tiers.explain import explain
from graphcli.loaders.definitions.tiers.rules import TierRules, load_rules
from graphcli.workspace import tables
from graphcli.workspace.errors import unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.selection import TIERS
from graphcli.workspace.wording import counted

Say = Callable[[str], None]
COLUMNS: tables.Schema = {
    "finding": pl.String,
    "definition": pl.String,
    "title": pl.String,
    "summary": pl.String,
    "n": pl.Int64,
    "positives": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "f1": pl.Float64,
    "kappa": pl.Float64,
    "labelled": pl.String,
    "found": pl.String,
    "words": pl.String,
    "row": pl.Int64,
    "posting_id": pl.String,
    "ref": pl.String,
}
# The summary says the same in words that fit a screen.
HIDDEN = tuple(name for name in COLUMNS if name not in {"finding", "definition", "title", "summary"})
SCORE, MISS = "score", "miss"
WORDS_SHOWN = 5
JUDGED = ("title", "tags", "text", "employer_raw", "tier", "skills", "presets")


@dataclass(frozen=True)
class Agreement:
    """Counts of a definition against labels: both, only the definition, only the label, neither."""

    both: int
    found: int
    labelled: int
    neither: int

    @property
    def n(self) -> int:
        """Number of judgements compared."""
        return self.both + self.found + self.labelled + self.neither

    @property
    def precision(self) -> float | None:
        """Share of what was found that is labelled so; unknown where nothing was found."""
        return _share(self.both, self.both + self.found)

    @property
    def recall(self) -> float | None:
        """Share of what is labelled that was found; unknown where nothing is labelled."""
        return _share(self.both, self.both + self.labelled)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return _share(2 * self.both, 2 * self.both + self.found + self.labelled)

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (Cohen); unknown where chance alone agrees."""
        agreed = self.both + self.neither
        chance = (self.both + self.found) * (self.both + self.labelled) + (self.neither + self.found) * (
            self.neither + self.labelled
        )
        return _share(agreed * self.n - chance, self.n * self.n - chance)


def agreement(labelled: Sequence[bool], found: Sequence[bool]) -> Agreement:
    """Count how two series of judgements agree.

    Examples
    --------
    >>> counted = agreement([True, True, False, False], [True, False, True, False])
    >>> counted.precision, counted.recall, counted.f1, counted.kappa
    (0.5, 0.5, 0.5, 0.0)
    """
    pairs = list(zip(found, labelled, strict=True))
    kinds = ((True, True), (True, False), (False, True), (False, False))
    return Agreement(*(pairs.count(kind) for kind in kinds))


def measure(
    folder: WorkspaceFolder, sample: Labelled, presets: Sequence[str] = (), say: Say = lambda message: None
) -> Result:
    """Measure the definitions in force on a labelled sample.

    Parameters
    ----------
    presets
        Also measure these: a posting counts as AI by ``label_ai``, else by ``label_tier``.

    Returns
    -------
    Result
        Rows of ``finding`` score (one a definition) and then miss (one a posting that was judged otherwise),
        with the words that decided.

    Raises
    ------
    UsageError
        There is no such preset.
    """
    from graphcli.loaders.load import refresh_definitions

    known = load_presets(folder.reference_folder)
    for name in presets:
        if name not in known:
            raise unknown_name("preset", name, known)
    refresh_definitions(folder, say)
    judged = _judged(folder, sample.rows)
    outside = judged.filter(~pl.col("here")).height
    gone = sample.rows.height - judged.height
    rows = [*_tiers(judged, load_rules(folder.reference_folder)), *_skills(judged)]
    for name in dict.fromkeys(presets):
        rows += _preset(folder, judged, known[name])
    ordered = sorted(rows, key=lambda row: row["finding"] == MISS)
    frame = pl.DataFrame(ordered, schema=dict(COLUMNS), orient="row")
    notes = list(sample.notes)
    if outside:
        notes.append(f"{counted(outside, 'row')} not of this workspace, judged by the words in the file")
    if gone:
        notes.append(f"{counted(gone, 'row')} no longer in this workspace, left out")
    misses = frame.filter(finding=MISS).height
    notes.append(
        f"{counted(misses, 'miss', 'misses')}; tiers are nested: a technical posting is a broad one too"
    )
    parameters = {"sample": sample.name, "preset": list(presets)}
    identity = folder.manifest().stages.get("definitions", "")
    return Result("labels", frame, parameters, tuple(notes), identity, hidden=HIDDEN)


def overview(found: Iterable[Labelled]) -> Result:
    """List the labelled samples: how many postings, and how many of them have which label."""
    columns = {"name": pl.String, "postings": pl.Int64, **dict.fromkeys(LABEL_COLUMNS, pl.Int64)}
    rows = [(one.name, one.rows.height, *(one.rows[name].count() for name in LABEL_COLUMNS)) for one in found]
    return Result("labels", pl.DataFrame(rows, schema=columns, orient="row"))


def _judged(folder: WorkspaceFolder, labels: pl.DataFrame) -> pl.DataFrame:
    """Put beside each label what the definitions say: from the workspace, or from the words in the file."""
    ids = labels.select("posting_id").drop_nulls().lazy()
    postings = folder.scan_all("postings", tables.POSTINGS).join(ids, on="posting_id", how="semi")
    texts = folder.scan_all("texts", tables.TEXTS)
    stored = (
        postings.join(texts, on=["source_id", "row"], how="left")
        .sort("posting_id", "source_id", "row")
        .unique("posting_id", keep="first", maintain_order=True)
        .select("posting_id", *JUDGED)
        .collect()
    )
    labelled = labels.select("row", "posting_id", *LABEL_COLUMNS)
    here = labelled.join(stored, on="posting_id").with_columns(here=pl.lit(True))
    # Also a posting whose source was taken out again.
    outside = labels.join(stored, on="posting_id", how="anti").filter(pl.col("title").is_not_null())
    if outside.height:
        question = outside.select(
            pl.col("title", "text", "employer_raw").fill_null(""), pl.col("tags").fill_null([])
        )
        answers = load_matcher(folder.reference_folder).annotate(question)
        own = (
            pl.concat([outside, answers], how="horizontal")
            .with_columns(here=pl.lit(False))
            .select(here.columns)
        )
        here = pl.concat([here, own], how="vertical_relaxed")
    return here.sort("row")


def _tiers(judged: pl.DataFrame, rules: TierRules) -> Iterator[dict[str, object]]:
    rows = judged.filter(pl.col("label_tier").is_not_null())
    if not rows.height:
        return
    labelled, found = (
        [TIERS.index(tier) for tier in rows[name].fill_null(TIERS[0])] for name in ("label_tier", "tier")
    )
    for number, tier in enumerate(TIERS[1:], start=1):
        counted = agreement([one >= number for one in labelled], [one >= number for one in found])
        yield _score(f"tier {tier}", counted)
    for row in rows.iter_rows(named=True):
        if row["label_tier"] != (row["tier"] or TIERS[0]):
            yield _miss(row, "tiers", row["label_tier"], row["tier"], _deciding(row, rules))


def _deciding(row: dict[str, object], rules: TierRules) -> str:
    title, text, employer = (str(row[name] or "") for name in ("title", "text", "employer_raw"))
    tags = row["tags"]
    entries = explain(title, tags if isinstance(tags, list) else [], text, employer, rules=rules)
    decided = [entry for entry in entries if entry["tier"] == row["tier"]]
    said = [f"{entry['word']} ({entry['zone']}: {entry['convention']})" for entry in decided]
    return "; ".join(list(dict.fromkeys(said))[:WORDS_SHOWN]) or "no word of the definition"


def _skills(judged: pl.DataFrame) -> Iterator[dict[str, object]]:
    rows = judged.filter(pl.col("label_skills").is_not_null())
    if not rows.height:
        return
    pairs = [(row, set(row["label_skills"]), set(row["skills"] or ())) for row in rows.iter_rows(named=True)]
    both, found, labelled = (
        sum(len(part) for part in parts)
        for parts in zip(*((one & two, two - one, one - two) for _, one, two in pairs), strict=True)
    )
    counted = Agreement(both, found, labelled, 0)
    # Skills that neither names are without number, so chance agreement has no meaning here.
    yield _score("skills", counted) | {"n": rows.height, "kappa": None}
    for row, one, two in pairs:
        if one != two:
            yield _miss(row, "skills", _joined(one - two), _joined(two - one), "labelled alone, found alone")


def _preset(folder: WorkspaceFolder, judged: pl.DataFrame, preset: Preset) -> Iterator[dict[str, object]]:
    truth = pl.coalesce(pl.col("label_ai"), pl.col("label_tier") != TIERS[0])
    rows = judged.with_columns(truth=truth, answer=_answers(folder, judged, preset))
    rows = rows.filter(pl.col("truth").is_not_null() & pl.col("answer").is_not_null())
    if not rows.height:
        return
    yield _score(f"preset {preset.name}", agreement(rows["truth"].to_list(), rows["answer"].to_list()))
    for row in rows.filter(pl.col("truth") != pl.col("answer")).iter_rows(named=True):
        said = {True: "AI", False: "not AI"}
        yield _miss(
            row, f"preset {preset.name}", said[row["truth"]], said[row["answer"]], _counted(row, preset)
        )


def _answers(folder: WorkspaceFolder, judged: pl.DataFrame, preset: Preset) -> pl.Series:
    """Whether the preset counts each posting; null where it cannot say."""
    if preset.adaptive:
        every = folder.scan_all("postings", tables.POSTINGS).select("posting_id", "skills")
        distinct = every.unique("posting_id", keep="first", maintain_order=True).collect()
        counted = distinct.select("posting_id").with_columns(babina(distinct, preset).alias("answer"))
        joined = judged.select("posting_id").join(counted, on="posting_id", how="left", maintain_order="left")
        return joined["answer"]
    counts = (
        pl.col("tier").is_in(preset.tiers) if preset.tiers else pl.col("presets").list.contains(preset.name)
    )
    return judged.select(answer=counts.fill_null(False))["answer"]


def _counted(row: dict[str, object], preset: Preset) -> str:
    if preset.titles:
        return f"title {row['title']}"
    skills = row["skills"] if isinstance(row["skills"], list) else []
    if preset.tiers:
        return f"tier {row['tier']}"
    fit = [skill for skill in skills if skill in preset.skills]
    return _joined(fit) if fit else f"no skill of the preset; found {_joined(skills) or 'none'}"


def _score(definition: str, counted: Agreement) -> dict[str, object]:
    return _empty() | {
        "finding": SCORE,
        "definition": definition,
        "summary": _summary(counted),
        "n": counted.n,
        "positives": counted.both + counted.labelled,
        "precision": counted.precision,
        "recall": counted.recall,
        "f1": counted.f1,
        "kappa": counted.kappa,
    }


def _miss(
    row: dict[str, object], definition: str, labelled: str, found: str, words: str
) -> dict[str, object]:
    identity = row["posting_id"]
    return _empty() | {
        "finding": MISS,
        "definition": definition,
        "title": row["title"],
        "summary": f"labelled {labelled or '–'}, found {found or '–'}: {words}",
        "labelled": labelled or None,
        "found": found or None,
        "words": words,
        "row": row["row"],
        "posting_id": identity,
        "ref": f"posting:{identity}" if identity else None,
    }


def _summary(counted: Agreement) -> str:
    measures = {"precision": counted.precision, "recall": counted.recall, "F1": counted.f1}
    said = [f"{name} {'–' if value is None else format(value, '.3f')}" for name, value in measures.items()]
    return f"{', '.join(said)}; {counted.both + counted.labelled:,} labelled so"


def _empty() -> dict[str, object]:
    return dict.fromkeys(COLUMNS)


def _joined(texts: Iterable[str]) -> str:
    return ";".join(sorted(texts))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
