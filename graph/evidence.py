"""From a reference to the rows behind it: every number leads to file, row and hash of what it was read from.

A node or an edge gives exactly the postings that its count counts, so that the number can be checked by
counting; a posting gives every row it was read from, repeats too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from graphcli.graph.filters import in_any, region_codes
from graphcli.graph.flagging import claims_held
from graphcli.graph.freshness import Current, Say, current, reference_folder
from graphcli.graph.material import LOCATED, Material
from graphcli.graph.schema import RELATIONSHIPS
from graphcli.graph.select import cluster_members, selected_from
from graphcli.graph.select_rows import join_entities, majority_division, majority_sector
from graphcli.loaders.reference.files import shipped
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.references import PART_COUNTS, Reference, parse_reference
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection
from graphcli.workspace.tables import ISSUES, Schema, empty

COLUMNS: Schema = {
    "kind": pl.String,
    "id": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "sha256": pl.String,
    "value": pl.String,
    "url": pl.String,
    "ref": pl.String,
    "of": pl.String,
}
VALUE_SEPARATOR = " | "
# A hash of 64 digits would leave no room for what the row says.
HIDDEN = ("ref", "of", "sha256")


def evidence(
    folder: WorkspaceFolder,
    references: Sequence[str],
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List the posting rows and list rows behind references.

    Parameters
    ----------
    references
        In the grammar of ``workspace/references.py``; a bare id is taken where only one thing has it.
    selection
        The filters under which the number was made.

    Returns
    -------
    Result with columns kind, id, file, row (1-based record), sha256 (of the file), value, url, and ``of``,
    the reference that the row stands behind.

    Raises
    ------
    UsageError
        A reference is malformed or names nothing.
    """
    state = current(folder, no_build=no_build, say=say)
    tracer = Tracer(state, selection)
    frames = [tracer.trace(text) for text in references]
    frame = pl.concat(frames) if frames else empty(COLUMNS)
    made_by = {**tracer.selected.parameters, "references": list(references)}
    notes = (*tracer.selected.notes, *repeats_note(state.material, frame))
    return Result("evidence", frame, made_by, notes, state.material.run_id, hidden=HIDDEN)


def repeats_note(material: Material, frame: pl.DataFrame) -> tuple[str, ...]:
    """Say how many further rows repeat the postings that are shown."""
    shown = frame.filter(pl.col("kind") == "posting").select(posting_id="id").unique()
    if shown.is_empty():
        return ()
    rows = material.postings.join(shown.lazy(), on="posting_id", how="semi").select(pl.len()).collect().item()
    more = rows - frame.filter(pl.col("kind") == "posting").select("file", "row").unique().height
    if more <= 0:
        return ()
    return (f"{more:,} more rows repeat these postings; graphcli evidence posting:ID lists them",)


class Tracer:
    """Finds what stands behind references, over one selection of postings."""

    def __init__(self, state: Current, selection: Selection) -> None:
        self.state = state
        self.selection = selection
        self.selected = selected_from(state, selection)
        self.rows = self.selected.frame
        self.claims = state.material.claims

    def trace(self, text: str) -> pl.DataFrame:
        """Rows behind one reference, sorted by kind, id, file and row."""
        reference = self.parse(text)
        find: Callable[..., pl.DataFrame] = getattr(self, f"_{reference.kind}")
        found = find(*reference.parts)
        if found.is_empty():
            raise UsageError(f"nothing stands behind {reference} under these filters; check the id and them")
        ordered = found.sort("kind", "id", "file", "row", nulls_last=True, descending=[True, *[False] * 3])
        return ordered.with_columns(of=pl.lit(str(reference))).select(list(COLUMNS))

    def parse(self, text: str) -> Reference:
        """Read a reference, or a bare id that only one kind of thing has."""
        if text.partition(":")[0] in PART_COUNTS:
            return parse_reference(text)
        kinds = [kind for kind, ids in self._known_ids().items() if text in ids()]
        if len(kinds) == 1:
            return Reference(kinds[0], (text,))
        if kinds:
            choices = " or ".join(f"{kind}:{text}" for kind in kinds)
            raise UsageError(f"{text!r} is the id of several things; write {choices}")
        return parse_reference(text)

    def _known_ids(self) -> dict[str, Callable[[], set[str]]]:
        facts, material = self.state.facts, self.state.material

        def posting_ids() -> set[str]:
            return set(material.postings.select("posting_id").unique().collect().to_series())

        return {
            "employer": lambda: set(material.employers["employer_id"]),
            "city": lambda: set(facts.cities["adcode"]),
            "skill": lambda: set(facts.skills["id"]),
            "sector": lambda: set(facts.sectors["id"]),
            "region": lambda: set(facts.regions["id"]),
            "claim": lambda: set(self.claims["claim_id"]),
            "affiliation": lambda: set(self.claims["affiliation_id"]),
            "posting": posting_ids,
        }

    def _posting(self, posting_id: str) -> pl.DataFrame:
        return self._all_rows(pl.col("posting_id") == posting_id)

    def _row(self, source_id: str, row: str) -> pl.DataFrame:
        if not row.isdecimal():
            raise UsageError(f"row:{source_id}:{row}: the last part is the number of a record")
        kept = self._all_rows((pl.col("source_id") == source_id) & (pl.col("row") == int(row)))
        # A rejected record is no posting, yet issues names it, and row 0 for a file as a whole.
        return issue_evidence(self.state, source_id, int(row)) if kept.is_empty() else kept

    def _place(self, place: str) -> pl.DataFrame:
        return self._postings(pl.col("place_raw") == place)

    def _employer(self, employer_id: str) -> pl.DataFrame:
        claims = self.claims.filter(pl.col("employer_id") == employer_id)
        return pl.concat([self._postings(pl.col("employer_id") == employer_id), self._claim_rows(claims)])

    def _city(self, adcode: str) -> pl.DataFrame:
        return self._postings(in_city(adcode))

    def _province(self, adcode: str) -> pl.DataFrame:
        cities = self.state.facts.cities.filter(pl.col("province") == adcode)["adcode"].to_list()
        return self._postings(in_any([*cities, adcode]))

    def _region(self, region: str) -> pl.DataFrame:
        return self._postings(in_any(region_codes(region, self.state.facts)))

    def _skill(self, skill: str) -> pl.DataFrame:
        return self._postings(pl.col("skills").list.contains(skill))

    def _skillgroup(self, group: str) -> pl.DataFrame:
        skills = self.state.facts.skills.filter(pl.col("group") == group)["id"].to_list()
        return self._postings(pl.col("skills").list.eval(pl.element().is_in(skills)).list.any())

    def _sector(self, sector: str) -> pl.DataFrame:
        # The employers that the list of sectors counts: by majority in these postings, or by held claims.
        held = claims_held(self.state.material, self.selection.as_of).filter(pl.col("kind") == sector)
        by_industry = majority_sector(self.rows).filter(pl.col("sector") == sector)
        by_division = majority_division(self.rows).filter(pl.col("division") == sector)
        named = [frame["employer_id"] for frame in (held, by_industry, by_division)]
        members = pl.concat(named).unique().sort()
        return pl.concat(
            [self._postings(pl.col("employer_id").is_in(members.to_list())), self._claim_rows(held)]
        )

    def _affiliation(self, affiliation: str) -> pl.DataFrame:
        return self._claim_rows(self.claims.filter(pl.col("affiliation_id") == affiliation))

    def _claim(self, claim: str) -> pl.DataFrame:
        return self._claim_rows(self.claims.filter(pl.col("claim_id") == claim))

    def _hint(self, employer_id: str, kind: str) -> pl.DataFrame:
        return hint_evidence(employer_id, kind, self.state)

    def _cluster(self, run: str, number: str) -> pl.DataFrame:
        members = cluster_members(self.state.folder, f"cluster:{run}:{number}") or frozenset()
        return self._postings(pl.col("employer_id").is_in(sorted(members)))

    def _cell(self, *parts: str) -> pl.DataFrame:
        raise UsageError(
            f"no exhibit made cell:{':'.join(parts)}; ask for a posting, node, edge, claim or cluster"
        )

    def _edge(self, kind: str, start: str, end: str, key: str = "") -> pl.DataFrame:
        if kind not in {relationship.name for relationship in RELATIONSHIPS}:
            raise unknown_name("relationship", kind, [relationship.name for relationship in RELATIONSHIPS])
        from_postings = {
            "HIRES_IN": in_city(end),
            "REQUIRES": pl.col("skills").list.contains(end),
            "IN_SECTOR": pl.col("industry") == end,
            "POSTED": pl.col("posting_id") == end,
        }
        from_claims = {
            "AFFILIATED_WITH": (pl.col("employer_id") == start) & (pl.col("affiliation_id") == end),
            "IN_SECTOR": (pl.col("affiliation_id") == start) & (pl.col("kind") == end),
        }
        found = [empty(COLUMNS), reference_rows(kind, start, end, self.state)]
        if kind in from_postings:
            found.append(self._postings((pl.col("employer_id") == start) & from_postings[kind]))
        if kind in from_claims:
            claims = self.claims.filter(from_claims[kind])
            found.append(self._claim_rows(claims.filter(pl.col("claim_id") == key) if key else claims))
        return pl.concat(found)

    def _postings(self, condition: pl.Expr) -> pl.DataFrame:
        return posting_evidence(self.rows.filter(condition.fill_null(False)), self.state.material.sources)

    def _all_rows(self, condition: pl.Expr) -> pl.DataFrame:
        material = self.state.material
        rows = join_entities(
            Material(**{**vars(material), "postings": material.postings.filter(condition)}), material.sources
        )
        return posting_evidence(rows, material.sources)

    def _claim_rows(self, claims: pl.DataFrame) -> pl.DataFrame:
        return claim_evidence(claims, self.state)


def in_city(adcode: str) -> pl.Expr:
    """Whether a posting names the city."""
    return pl.col("place_status").is_in(LOCATED) & pl.col("adcodes").list.contains(adcode)


def posting_evidence(rows: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Where postings were read from, and what they say of job, employer, place and day."""
    origin = sources.select("source_id", "path", "member", "sheet", "sha256")
    said = [pl.col(name) for name in ("title", "employer_raw", "place_raw")]
    said.append(pl.col("posted_on").dt.to_string("iso"))
    file = pl.concat_str(["path", "member", "sheet"], separator="#", ignore_nulls=True)
    return rows.join(origin, on="source_id", how="left").select(
        kind=pl.lit("posting"),
        id="posting_id",
        file=file.str.strip_chars_end("#"),
        row="row",
        sha256="sha256",
        value=pl.concat_str(said, separator=VALUE_SEPARATOR, ignore_nulls=True),
        url="url",
        ref=pl.concat_str(pl.lit("row"), "source_id", "row", separator=":"),
        of=pl.lit(None, pl.String),
    )


def issue_evidence(state: Current, source_id: str, row: int) -> pl.DataFrame:
    """What was wrong with a record that gave no posting, or (row 0) with its file as a whole."""
    name = f"issues/{source_id}"
    if name not in state.folder.table_names("issues/"):
        return empty(COLUMNS)
    found = state.folder.read(name, ISSUES).filter(pl.col("row").fill_null(0) == row)
    origin = state.material.sources.select("source_id", "path", "member", "sheet", "sha256")
    file = pl.concat_str(["path", "member", "sheet"], separator="#", ignore_nulls=True)
    said = [pl.col(name).replace("", None) for name in ("action", "problem", "column", "value")]
    return (
        found.drop("path", "sheet")
        .join(origin, on="source_id", how="left")
        .select(
            kind=pl.lit("issue"),
            id="source_id",
            file=file.str.strip_chars_end("#"),
            row="row",
            sha256="sha256",
            value=pl.concat_str(said, separator=VALUE_SEPARATOR, ignore_nulls=True),
            url=pl.lit(None, pl.String),
            ref=pl.lit(f"row:{source_id}:{row}"),
            of=pl.lit(None, pl.String),
        )
    )


def claim_evidence(claims: pl.DataFrame, state: Current) -> pl.DataFrame:
    """Which row of which list makes a claim, and what it says."""
    said = [
        pl.col(name) for name in ("matched_name", "affiliation", "kind", "basis", "source", "listed_from")
    ]
    file = pl.col("list_row").str.replace(r":\d+$", "")
    names = claims.select(file.unique().drop_nulls()).to_series()
    hashes = {name: list_hash(name, state.folder.root) for name in names}
    return claims.select(
        kind=pl.lit("claim"),
        id="claim_id",
        file=file,
        row=pl.col("list_row").str.extract(r":(\d+)$").cast(pl.Int64),
        sha256=file.replace_strict(hashes, default=None, return_dtype=pl.String),
        value=pl.concat_str(said, separator=VALUE_SEPARATOR, ignore_nulls=True),
        url="url",
        ref=pl.lit("claim:") + pl.col("claim_id"),
        of=pl.lit(None, pl.String),
    )


def hint_evidence(employer_id: str, kind: str, state: Current) -> pl.DataFrame:
    """The sentences of an employer's own postings behind a weak hint, repeats too, whatever the filters."""
    from graphcli.loaders.resolve.claims.text_hint_rules import load_hint_rules
    from graphcli.loaders.resolve.claims.text_hints import hint_rows

    material = state.material
    rules = load_hint_rules(reference_folder(state.folder))
    found = hint_rows(state.folder, material.employers, material.employer_names, rules, employer_id)
    origin = material.sources.select("source_id", "path", "member", "sheet", "sha256")
    file = pl.concat_str(["path", "member", "sheet"], separator="#", ignore_nulls=True)
    said = [pl.col(name) for name in ("states", "phrases", "quote")]
    return (
        found.filter(pl.col("kind") == kind)
        .group_by("source_id", "row", "posting_id", "sentence")
        .agg(
            pl.col("phrase").unique().sort().str.join("; ").alias("phrases"),
            pl.col("states").unique().sort().str.join("; "),
            pl.col("quote").sort_by("phrase").first(),
        )
        .join(origin, on="source_id", how="left")
        .join(urls_of(material, found), on=["source_id", "row"], how="left")
        .sort("row", "sentence")
        .select(
            kind=pl.lit("hint"),
            id="posting_id",
            file=file.str.strip_chars_end("#"),
            row="row",
            sha256="sha256",
            value=pl.concat_str(said, separator=VALUE_SEPARATOR, ignore_nulls=True),
            url="url",
            ref=pl.lit("posting:") + pl.col("posting_id"),
            of=pl.lit(None, pl.String),
        )
    )


def urls_of(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    """Addresses of some rows of postings."""
    wanted = rows.select("source_id", "row").unique().lazy()
    addresses = material.postings.select("source_id", "row", "url")
    return addresses.join(wanted, on=["source_id", "row"], how="semi").collect()


def list_hash(name: str, workspace: Path) -> str | None:
    """SHA-256 of an affiliation list, named as claims name it: ours, or the user's in the workspace."""
    parts = name.split("/")
    for path in (shipped("graphcli.loaders", *parts), workspace.joinpath(*parts)):
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()
    return None


def reference_rows(kind: str, start: str, end: str, state: Current) -> pl.DataFrame:
    """What a reference table says for an edge that no posting makes."""
    facts, material = state.facts, state.material
    tables = {
        "IN_PROVINCE": ("cities", facts.cities, "adcode", "province"),
        "PART_OF": ("schemes", facts.memberships, "adcode", "id"),
        "IN_GROUP": ("skills", facts.skills, "id", "group"),
        "SUBSIDIARY_OF": ("employers", material.employers, "employer_id", "parent_id"),
        "POSSIBLY_SAME": ("possibly_same", material.possibly_same, "employer_id", "other_id"),
    }
    if kind not in tables:
        return empty(COLUMNS)
    name, frame, left, right = tables[kind]
    found = frame.filter((pl.col(left) == start) & (pl.col(right) == end))
    value = pl.concat_str(pl.lit(start), pl.lit(kind), pl.lit(end), separator=" ")
    return found.select(
        kind=pl.lit("reference"),
        id=pl.lit(start),
        file=pl.lit(f"reference table {name}"),
        row=pl.lit(None, pl.Int64),
        sha256=pl.lit(None, pl.String),
        value=value,
        url=pl.lit(None, pl.String),
        ref=pl.lit(f"edge:{kind}:{start}:{end}"),
        of=pl.lit(None, pl.String),
    )
