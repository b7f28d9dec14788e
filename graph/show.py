"""One employer, city, region, skill or sector on one screen, each line with where it comes from."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from graphcli.graph.build import graph_from
from graphcli.graph.filters import region_codes
from graphcli.graph.flagging import claims_held
from graphcli.graph.freshness import Current, Say, current, reference_folder
from graphcli.graph.material import Selected
from graphcli.graph.names import (
    look_alikes,
    match_city,
    match_employers,
    match_rows,
    match_sector,
    similar_employers,
)
from graphcli.graph.select import selected_from
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection
from graphcli.workspace.wording import counted

KINDS = ("employer", "city", "region", "skill", "sector")
TOP = 10
NO_CLAIMS = "none known; absence from a list clears nobody"


class Line(NamedTuple):
    """One line of the screen: what, its value, where it comes from, and the reference that leads there."""

    field: str
    value: str
    source: str = ""
    ref: str = ""


@dataclass(frozen=True)
class View:
    """What every screen is drawn from."""

    state: Current
    selection: Selection
    selected: Selected
    graph: GraphTables

    def name_of(self, label: str, key: str) -> str:
        """Name of a node, or its key where it has none."""
        frame = self.graph.nodes[label]
        found = frame.filter(pl.col(frame.columns[0]) == key)["name"].drop_nulls()
        return str(found[0]) if len(found) else key


def show(
    folder: WorkspaceFolder,
    name: str,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """Describe one thing by its name, alias, id or reference.

    Raises
    ------
    UsageError
        Nothing, or more than one employer, is called so.
    """
    state = current(folder, no_build=no_build, say=say)
    kind, key, others = find_thing(name, state, selection.scheme)
    view = View(state, selection, selected_from(state, selection), graph_from(state, selection))
    screens: dict[str, Callable[[View, str], Iterable[Line]]] = {
        "employer": employer_lines,
        "city": city_lines,
        "region": region_lines,
        "skill": skill_lines,
        "sector": sector_lines,
    }
    lines = [Line("kind", kind, "", f"{kind}:{key}"), *screens[kind](view, key)]
    frame = pl.DataFrame(lines, schema=dict.fromkeys(Line._fields, pl.String), orient="row")
    also = tuple(f"{name!r} is also {other}" for other in others)
    made_by = {**view.selected.parameters, "name": name, "found": f"{kind}:{key}"}
    return Result("show", frame, made_by, (*also, *view.selected.notes), view.selected.run_id)


def find_thing(name: str, state: Current, scheme: str) -> tuple[str, str, list[str]]:
    """Find what a name means: its kind, its key, and the references of what else is called so."""
    text = name.strip()
    kind, _, rest = text.partition(":")
    wanted = (kind,) if kind in KINDS and rest else KINDS
    text = rest if kind in KINDS and rest else text
    found = [(kind, key) for kind in wanted for key in matches(kind, text, state, scheme)]
    if not found:
        raise nothing_called(text, state)
    kind, key = found[0]
    same = [other for known, other in found if known == kind]
    if len(same) > 1:
        raise UsageError(
            f"several have the name {text!r}; choose one: {', '.join(f'{kind}:{k}' for k in same)}"
        )
    return kind, key, [f"{other}:{key}" for other, key in found[1:]]


def matches(kind: str, text: str, state: Current, scheme: str) -> list[str]:
    """Keys of one kind that a text names exactly."""
    facts, material = state.facts, state.material
    if kind == "employer":
        return match_employers(text, material.employers, material.employer_names)
    if kind == "city":
        return match_city(text, facts)
    if kind == "region":
        here = facts.regions.filter((pl.col("scheme") == scheme) | (pl.col("id") == text))
        return match_rows(text, here, "id", ("region", "name", "name_en"))
    if kind == "sector":
        return match_sector(text, facts)
    return match_rows(text, facts.skills, "id", ("name", "name_en"))


def nothing_called(text: str, state: Current) -> UsageError:
    """Build the error that names what is nearest."""
    facts, material = state.facts, state.material
    near = similar_employers(text, material.employers, material.employer_names)
    names = {
        str(value)
        for frame in (facts.cities, facts.regions, facts.skills, facts.sectors)
        for column in ("name", "name_en")
        for value in frame[column].drop_nulls()
    }
    near += difflib.get_close_matches(text, sorted(names), 3, 0.6)
    if near:
        hint = f"did you mean {', '.join(dict.fromkeys(near))}?"
    else:
        hint = "graphcli employers --search TEXT finds names that hold a text"
    return UsageError(f"no employer, city, region, skill or sector called {text!r}; {hint}")


def employer_lines(view: View, key: str) -> Iterable[Line]:
    """Screen of an employer."""
    material = view.state.material
    record = material.employers.filter(pl.col("employer_id") == key).row(0, named=True)
    mine = view.selected.frame.filter(pl.col("employer_id") == key)
    ref = f"employer:{key}"
    yield from heading(record["name"], record["name_en"], key, ref)
    yield Line("type", record["kind"] or "", "names", ref)
    yield from counts(mine, view, ref)
    yield rank_line(view.graph.nodes["Employer"], "id", key, "employers", ref)
    yield from claim_lines(view, key)
    yield from hint_lines(view, key)
    if record["parent_id"]:
        parent = record["parent_id"]
        yield Line("parent", employer_name(view, parent), "reference", f"edge:SUBSIDIARY_OF:{key}:{parent}")
    yield from sector_line(view, key)
    yield from top_cities(mine, view, lambda city: f"edge:HIRES_IN:{key}:{city}")
    yield from top_skills(mine, view, lambda skill: f"edge:REQUIRES:{key}:{skill}")
    yield from analysis_lines(view, key)
    names = material.employer_names.filter(pl.col("employer_id") == key).sort(
        "postings", "employer_raw", descending=[True, False]
    )
    for raw, method, score, postings in names.select(
        "employer_raw", "method", "score", "postings"
    ).iter_rows():
        sure = "" if score is None else f", certainty {score:.2f}"
        yield Line("written as", raw, f"{counted(postings or 0, 'row')}, {method}{sure}", ref)
    yield from uncertain_pairs(view, key)
    for other, likeness in look_alikes(key, material.employer_names):
        value = f"{employer_name(view, other)} (likeness {likeness:.2f})"
        yield Line("look-alike", value, "names; never merged by the tool", f"employer:{other}")


def city_lines(view: View, key: str) -> Iterable[Line]:
    """Screen of a city."""
    facts = view.state.facts
    record = facts.cities.filter(pl.col("adcode") == key).row(0, named=True)
    here = places_of(view.selected.frame).filter(pl.col("adcode") == key)
    ref = f"city:{key}"
    yield from heading(record["name"], record["name_en"], key, ref)
    province = facts.provinces.filter(pl.col("adcode") == record["province"])["name"]
    if len(province):
        yield Line("province", province[0], "GB/T 2260", f"edge:IN_PROVINCE:{key}:{record['province']}")
    yield from counts(here, view, ref)
    yield rank_line(view.graph.nodes["City"], "adcode", key, "cities", ref)
    regions = facts.memberships.filter(pl.col("adcode") == key).join(facts.regions, on="id", how="left")
    for region, name, partial in regions.sort("id").select("id", "name", "partial").iter_rows():
        part = " (only a part of the city)" if partial else ""
        yield Line("region", f"{name}{part}", region, f"edge:PART_OF:{key}:{region}")
    yield from top_employers(here, view, lambda employer: f"edge:HIRES_IN:{employer}:{key}")
    yield from top_skills(here, view, lambda skill: f"skill:{skill}")


def region_lines(view: View, key: str) -> Iterable[Line]:
    """Screen of a region of a scheme."""
    facts = view.state.facts
    record = facts.regions.filter(pl.col("id") == key).row(0, named=True)
    codes = region_codes(key, facts)
    here = places_of(view.selected.frame).filter(pl.col("adcode").is_in(codes))
    ref = f"region:{key}"
    yield from heading(record["name"], record["name_en"], key, ref)
    yield Line("scheme", record["scheme"], "region scheme", ref)
    yield from counts(here, view, ref)
    members = facts.memberships.filter(pl.col("id") == key).join(facts.cities, on="adcode").sort("adcode")
    names = [
        f"{name} (part)" if partial else name
        for name, partial in members.select("name", "partial").iter_rows()
    ]
    yield Line("members", ", ".join(names), f"{len(names)} cities", ref)
    yield from top_cities(here, view, lambda city: f"city:{city}")
    yield from top_employers(here, view, lambda employer: f"employer:{employer}")
    yield from top_skills(here, view, lambda skill: f"skill:{skill}")


def skill_lines(view: View, key: str) -> Iterable[Line]:
    """Screen of a skill."""
    record = view.state.facts.skills.filter(pl.col("id") == key).row(0, named=True)
    wanting = view.selected.frame.filter(pl.col("skills").list.contains(key))
    ref = f"skill:{key}"
    yield from heading(record["name"], record["name_en"], key, ref)
    yield Line("group", record["group_name"] or record["group"] or "", "skill taxonomy", ref)
    yield from counts(wanting, view, ref)
    yield rank_line(view.graph.nodes["Skill"], "id", key, "skills", ref)
    yield from top_employers(wanting, view, lambda employer: f"edge:REQUIRES:{employer}:{key}")
    yield from top_cities(wanting, view, lambda city: f"city:{city}")
    yield from (line for line in top_skills(wanting, view, lambda skill: f"skill:{skill}") if line.ref != ref)


def sector_lines(view: View, key: str) -> Iterable[Line]:
    """Screen of a sector."""
    record = view.state.facts.sectors.filter(pl.col("id") == key).row(0, named=True)
    held = claims_held(view.state.material, view.selection.as_of)
    claimed = held.filter(pl.col("kind") == key)["employer_id"].unique().to_list()
    mine = view.selected.frame.filter(
        (pl.any_horizontal(pl.col("sector", "division") == key)).fill_null(False)
        | pl.col("employer_id").is_in(claimed).fill_null(False)
    )
    ref = f"sector:{key}"
    yield from heading(record["name"], record["name_en"], key, ref)
    yield Line("type", record["type"] or "", "GB/T 4754 or claims", ref)
    yield from counts(mine, view, ref)
    yield from top_employers(mine, view, lambda employer: f"employer:{employer}")
    yield from top_cities(mine, view, lambda city: f"city:{city}")
    yield from top_skills(mine, view, lambda skill: f"skill:{skill}")


def heading(name: str | None, name_en: str | None, key: str, ref: str) -> Iterable[Line]:
    """Lines that every screen begins with."""
    yield Line("name", name or key, "", ref)
    if name_en:
        yield Line("English name", name_en, "reference", ref)
    yield Line("id", key, "", ref)


def counts(rows: pl.DataFrame, view: View, ref: str) -> Iterable[Line]:
    """Lines with counts, share, span of days and boards."""
    n, ai = rows.height, int(rows["ai"].sum())
    boards = where_from(rows, view.state.material.sources)
    yield Line("postings", f"{n:,}", boards, ref)
    yield Line("AI postings", f"{ai:,} ({percent(ai, n)})", f"preset {view.selection.preset}", ref)
    weight, total = float(rows["weight"].sum()), view.selected.counts["weight"]
    yield Line("share", percent(weight, total), "of all selected postings", ref)
    days = rows["posted_on"].drop_nulls().sort().to_list()
    if days:
        yield Line("posted", f"{days[0]} to {days[-1]}", f"{n - len(days):,} undated", ref)


def uncertain_pairs(view: View, key: str) -> Iterable[Line]:
    """Employers that may be this one; people decide, the tool does not join them."""
    pairs = view.state.material.possibly_same
    mine = pairs.filter((pl.col("employer_id") == key) | (pl.col("other_id") == key))
    order = mine.sort("score", "employer_id", "other_id", descending=[True, False, False])
    for pair in order.iter_rows(named=True):
        name = pair["other_name"] if pair["employer_id"] == key else pair["name"]
        why = f"{pair['method']}, certainty {pair['score']:.2f}; graphcli resolve --judge decides"
        ref = f"edge:POSSIBLY_SAME:{pair['employer_id']}:{pair['other_id']}"
        yield Line("possibly same", name, why, ref)


def percent(part: float, whole: float) -> str:
    """A share in words, or a dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def where_from(rows: pl.DataFrame, sources: pl.DataFrame) -> str:
    """Boards that the rows come from, with their counts."""
    boards = (
        rows.join(sources.select("source_id", "board"), on="source_id", how="left")
        .group_by(pl.col("board").fill_null("unknown board"))
        .len()
        .sort("len", "board", descending=[True, False])
    )
    return ", ".join(f"{board} {n:,}" for board, n in boards.iter_rows())


def rank_line(nodes: pl.DataFrame, key_column: str, key: str, plural: str, ref: str) -> Line:
    """Rank of a node by postings; equals share the better rank."""
    mine = nodes.filter(pl.col(key_column) == key)["postings"]
    if mine.is_empty():
        return Line("rank", "no posting in this selection", "by postings", ref)
    better = nodes.filter(pl.col("postings") > mine[0]).height
    return Line("rank", f"{better + 1:,} of {nodes.height:,} {plural}", "by postings", ref)


def claim_lines(view: View, key: str) -> Iterable[Line]:
    """Claims of an employer, each with its source and days."""
    claims = view.state.material.claims.filter(pl.col("employer_id") == key).sort(
        "kind", "valid_from", "claim_id"
    )
    if claims.is_empty():
        yield Line(
            "claims", NO_CLAIMS, f"lists as of {view.state.material.newest_edition}", f"employer:{key}"
        )
    for claim in claims.iter_rows(named=True):
        since = f" from {claim['listed_from']}" if claim["listed_from"] else ""
        until = f" to {claim['listed_to']}" if claim["listed_to"] else ""
        value = f"{claim['kind']}, {claim['basis']}: {claim['affiliation']}{since}{until}"
        source = " ".join(part for part in (claim["source"], claim["url"]) if part)
        yield Line("claim", value, source, f"claim:{claim['claim_id']}")


def hint_lines(view: View, key: str) -> Iterable[Line]:
    """What the employer's own postings hint at, told apart from claims by its name, words and source."""
    from graphcli.loaders.resolve.claims.text_hint_rules import load_hint_rules
    from graphcli.loaders.resolve.claims.text_hints import hints

    material = view.state.material
    rules = load_hint_rules(reference_folder(view.state.folder))
    found = hints(view.state.folder, material.employers, material.employer_names, rules, key)
    for hint in found.iter_rows(named=True):
        said = f"{hint['postings']:,} of {counted(hint['with_text'], 'posting')} with a text"
        value = f"{hint['kind']}, weak and not counted: {hint['states']} ({hint['phrases']})"
        source = f"from texts: {said}, score {hint['score']:.2f}"
        yield Line("weak hint", value, source, f"hint:{key}:{hint['kind']}")


def sector_line(view: View, key: str) -> Iterable[Line]:
    """Industry of an employer, and the division of it that most of its postings name."""
    edges = view.graph.edges["IN_SECTOR_Employer"].filter(pl.col("start") == key)
    mine = view.selected.frame.filter(pl.col("employer_id") == key)["division"].drop_nulls().unique()
    parts = view.state.facts.sectors.filter(pl.col("id").is_in(mine.implode()))
    within = "".join(f", {name} ({part})" for part, name in parts.select("id", "name").iter_rows())
    for sector, postings in edges.select("end", "postings").iter_rows():
        value = f"{view.name_of('Sector', sector)} ({sector}){within}"
        names = f"{counted(postings, 'posting')} {'names' if postings == 1 else 'name'} it"
        yield Line("industry", value, names, f"edge:IN_SECTOR:{key}:{sector}")


def analysis_lines(view: View, key: str) -> Iterable[Line]:
    """Cluster and centrality of an employer in the last runs of ``clusters`` and ``central``."""
    from graphcli.graph.analysis.snapshot import (
        latest_central,
        latest_clusters,
        latest_membership,
        latest_run,
    )

    folder = view.state.folder
    members, labels, ranks = latest_membership(folder), latest_clusters(folder), latest_central(folder)
    if members is not None and labels is not None:
        mine = members.filter(pl.col("id") == key).join(labels.select("cluster", "label"), on="cluster")
        for cluster, label in mine.select("cluster", "label").iter_rows():
            ref = f"cluster:{latest_run(folder)}:{cluster}"
            yield Line("cluster", f"{cluster}: {label}", "last run of graphcli clusters", ref)
    if ranks is not None:
        for rank in ranks.filter(pl.col("id") == key)["rank"]:
            value = f"{rank:,} of {ranks.height:,} employers"
            yield Line("centrality", value, "last run of graphcli central", f"employer:{key}")


def employer_name(view: View, key: str) -> str:
    """Name of an employer, also of one without a posting in the selection."""
    found = view.state.material.employers.filter(pl.col("employer_id") == key)["name"].drop_nulls()
    return str(found[0]) if len(found) else key


def places_of(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each posting and place, each weighing its part."""
    return (
        rows.filter(pl.col("adcodes").list.len() > 0)
        .with_columns(pl.col("weight") / pl.col("adcodes").list.len(), adcode="adcodes")
        .explode("adcode")
    )


def top_cities(rows: pl.DataFrame, view: View, ref: Callable[[str], str]) -> Iterable[Line]:
    """The cities that most of the rows name."""
    placed = rows if "adcode" in rows.columns else places_of(rows)
    cities = placed.join(view.state.facts.cities.select("adcode"), on="adcode", how="semi")
    return top_lines(cities, "adcode", "city", lambda key: view.name_of("City", key), ref)


def top_skills(rows: pl.DataFrame, view: View, ref: Callable[[str], str]) -> Iterable[Line]:
    """The skills that most of the rows require."""
    wants = rows.select("posting_id", skill="skills").explode("skill").drop_nulls("skill")
    return top_lines(wants, "skill", "skill", lambda key: view.name_of("Skill", key), ref)


def top_employers(rows: pl.DataFrame, view: View, ref: Callable[[str], str]) -> Iterable[Line]:
    """The employers that post most of the rows, with the basis of their claims."""
    flags = {
        key: ", ".join(
            f"{kind}: {basis}" for kind, basis in (("defense", defense), ("surveillance", watch)) if basis
        )
        for key, defense, watch in rows.select("employer_id", "defense", "surveillance").unique().iter_rows()
    }

    def name(key: str) -> str:
        return f"{employer_name(view, key)} [{flags[key]}]" if flags.get(key) else employer_name(view, key)

    return top_lines(rows.drop_nulls("employer_id"), "employer_id", "employer", name, ref)


def top_lines(
    rows: pl.DataFrame, column: str, field: str, name: Callable[[str], str], ref: Callable[[str], str]
) -> Iterable[Line]:
    """Lines of the most frequent keys, ties by the smallest key."""
    top = rows.group_by(column).len().sort("len", column, descending=[True, False])
    for key, n in top.head(TOP).iter_rows():
        yield Line(field, name(key), counted(n, "posting"), ref(key))
    if top.height > TOP:
        yield Line(field, f"… and {top.height - TOP:,} more", "", "")
