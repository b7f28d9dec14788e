"""Gathers a page's data: graph tables, clusters and posting rows in, ``PageData`` out."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from graphcli.graph.page import budget as budgets
from graphcli.graph.page.data import (
    KINDS,
    REST,
    Area,
    Claim,
    Coverage,
    Evidence,
    PageCluster,
    PageData,
    PageEdge,
    PageNode,
)
from graphcli.graph.page.links import Link, graph_links, typical_clusters
from graphcli.graph.schema import NODES
from graphcli.graph.tables import GraphTables

FLAG_KINDS = frozenset({"defense", "surveillance"})
LABEL_SEPARATOR = " · "
EVIDENCE_ROWS = 5
EVIDENCE_ROWS_PER_LINK = 3


@dataclass(frozen=True)
class PageOptions:
    """How a page is gathered.

    Attributes
    ----------
    budget
        Nodes to draw at most.
    scheme
        Region scheme whose regions are drawn.
    as_of
        Day on which claims are judged; ``None`` counts claims of any time as valid.
    importance
        Employer id → score that decides which employers are drawn; postings where it is empty.
    """

    title: str = "Employers, regions and sectors"
    subtitle: str = ""
    budget: int = 400
    scheme: str = "cset3"
    as_of: date | None = None
    version: str = ""
    importance: Mapping[str, float] | None = None
    parameters: Mapping[str, object] | None = None
    notes: tuple[str, ...] = ()


def gather(
    graph: GraphTables,
    members: pl.DataFrame,
    clusters: pl.DataFrame,
    postings: pl.LazyFrame,
    sources: pl.DataFrame,
    options: PageOptions | None = None,
) -> PageData:
    """Gather everything a page shows.

    Parameters
    ----------
    members
        Employer ``id`` and ``cluster`` number (null: none); ``membership`` (0 to 1) where known.
    clusters
        ``cluster``, ``label``, ``size``, and ``stability`` and ``ref`` where known.
    postings, sources
        The canonical tables; only rows that are evidence of something drawn are read.
    """
    options = options or PageOptions()
    return _Gathering(graph, members, clusters, options).page(postings, sources)


class _Gathering:
    """The steps of one gathering, with what they share."""

    def __init__(
        self, graph: GraphTables, members: pl.DataFrame, clusters: pl.DataFrame, options: PageOptions
    ) -> None:
        self.graph = graph
        self.options = options
        self.members = {f"employer:{row['id']}": row for row in members.iter_rows(named=True)}
        self.clusters = page_clusters(clusters, english_names(graph))
        self.records = dict(_records(graph, options.scheme))
        self.links = [
            link
            for link in graph_links(graph, options.scheme)
            if link.start in self.records and link.end in self.records
        ]
        self.claims = employer_claims(graph, options.as_of)
        self.cluster_of = self._cluster_of()

    def page(self, postings: pl.LazyFrame, sources: pl.DataFrame) -> PageData:
        """Put the page together."""
        candidates = self._candidates()
        clusters = self._by_employers_drawn(candidates)
        shown = [cluster.number for cluster in clusters[: budgets.SHOWN_CLUSTERS]]
        choice = budgets.choose(candidates, self.options.budget, shown)
        edges, left_out = self._edges(choice)
        nodes = self._drawn_nodes(choice, left_out) + self._summary_nodes(choice, left_out)
        nodes.sort(key=lambda node: node.ref)
        wanted = {posting for node in nodes for posting in node.evidence}
        wanted |= {posting for edge in edges for posting in edge.evidence}
        options = self.options
        return PageData(
            title=options.title,
            subtitle=options.subtitle,
            nodes=tuple(nodes),
            edges=tuple(edges),
            clusters=clusters,
            areas=self._areas(nodes),
            evidence=evidence_rows(postings, sources, wanted),
            run_id=self.graph.run_id,
            version=options.version,
            as_of=options.as_of.isoformat() if options.as_of else "",
            parameters={**self.graph.parameters, **(options.parameters or {})},
            notes=tuple(dict.fromkeys((*self.graph.notes, *options.notes))),
            coverage=self._coverage(choice),
            totals=self._totals(edges, left_out),
        )

    def _by_employers_drawn(
        self, candidates: Mapping[str, Sequence[budgets.Candidate]]
    ) -> tuple[PageCluster, ...]:
        """Clusters with the most employers drawn first: a colour is wasted on one that is hardly there."""
        drawn = budgets.choose(candidates, self.options.budget, ()).drawn
        count = Counter(self.cluster_of.get(ref) for ref in drawn if ref.startswith("employer:"))
        return tuple(sorted(self.clusters, key=lambda item: (-count[item.number], item.number)))

    def _cluster_of(self) -> dict[str, int]:
        own = {
            ref: int(row["cluster"]) for ref, row in self.members.items() if row.get("cluster") is not None
        }
        return {**typical_clusters(self.links, own), **own}

    def _candidates(self) -> dict[str, list[budgets.Candidate]]:
        linked = {ref for link in self.links for ref in (link.start, link.end)}
        by_employers: dict[str, float] = defaultdict(float)
        for link in self.links:
            by_employers[link.end] += 1
        candidates: dict[str, list[budgets.Candidate]] = {kind.key: [] for kind in KINDS if kind.key != REST}
        for ref, record in self.records.items():
            kind = ref.partition(":")[0]
            # A sector, region or affiliation that nothing here is linked to says nothing about the data.
            if kind in {"sector", "affiliation", "region"} and ref not in linked:
                continue
            importance = self._importance(ref, record)
            candidates[kind].append(
                budgets.Candidate(
                    ref,
                    by_employers[ref] if importance is None else importance,
                    any(claim.valid and claim.kind in FLAG_KINDS for claim in self.claims.get(ref, ())),
                    self.cluster_of.get(ref),
                )
            )
        return candidates

    def _importance(self, ref: str, record: Mapping[str, Any]) -> float | None:
        if ref.startswith("employer:"):
            # Postings that name no employer are no actor in the labour market, however many they are.
            if record.get("kind") == "anonymous":
                return -1.0
            if self.options.importance:
                return self.options.importance.get(record["id"], 0.0)
        value = record.get("postings")
        return None if value is None else float(value)

    def _edges(self, choice: budgets.Choice) -> tuple[list[PageEdge], dict[str, int]]:
        """Merge links between what is drawn; count the weak ones that are left out, by node."""
        merged: dict[tuple[str, str, str], list[Link]] = defaultdict(list)
        for link in self.links:
            start = choice.summary_of.get(link.start, link.start)
            end = choice.summary_of.get(link.end, link.end)
            if start != end and _is_on_page(start, choice) and _is_on_page(end, choice):
                merged[start, end, link.relation].append(link)
        edges = [_merge(ends, links) for ends, links in sorted(merged.items())]
        strongest: dict[tuple[str, str], list[PageEdge]] = defaultdict(list)
        for edge in edges:
            strongest[edge.start, edge.relation].append(edge)
        kept: list[PageEdge] = []
        left_out: dict[str, int] = defaultdict(int)
        for (start, relation), group in strongest.items():
            limit = len(group)
            if start.startswith("employer:"):
                limit = budgets.LINKS_PER_EMPLOYER.get(relation, limit)
            # Links to summaries stay: they are the count of everything that is not drawn.
            group.sort(key=lambda edge: (edge.end.startswith(REST), -edge.count, edge.end))
            singles = [edge for edge in group if not edge.end.startswith(REST)]
            for edge in singles[limit:]:
                left_out[edge.start] += edge.links
                left_out[edge.end] += edge.links
            kept += singles[:limit] + [edge for edge in group if edge.end.startswith(REST)]
        kept.sort(key=lambda edge: (edge.start, edge.end, edge.relation))
        return kept, left_out

    def _drawn_nodes(self, choice: budgets.Choice, left_out: Mapping[str, int]) -> list[PageNode]:
        areas = self._areas_by_node()
        evidence = self._evidence_by_node()
        nodes = []
        for ref in sorted(choice.drawn):
            record = self.records[ref]
            nodes.append(
                PageNode(
                    ref=ref,
                    kind=ref.partition(":")[0],
                    name=record["name"] or record["name_en"] or record["key"],
                    name_en=record["name_en"] or "",
                    cluster=self.cluster_of.get(ref),
                    postings=record.get("postings"),
                    ai_postings=record.get("ai_postings"),
                    areas=tuple(sorted(areas.get(ref, ()))),
                    latitude=record.get("lat"),
                    longitude=record.get("lon"),
                    facts=self._facts(ref, record),
                    claims=self.claims.get(ref, ()),
                    evidence=tuple(evidence.get(ref, ()))[:EVIDENCE_ROWS],
                    links_left_out=left_out.get(ref, 0),
                )
            )
        return nodes

    def _summary_nodes(self, choice: budgets.Choice, left_out: Mapping[str, int]) -> list[PageNode]:
        groups: dict[str, list[str]] = defaultdict(list)
        for ref, summary in choice.summary_of.items():
            groups[summary].append(ref)
        return [
            self._summary_node(summary, refs, left_out.get(summary, 0))
            for summary, refs in sorted(groups.items())
        ]

    def _summary_node(self, summary: str, refs: list[str], left_out: int) -> PageNode:
        _, kind, *cluster = summary.split(":")
        words = next(item for item in KINDS if item.key == kind)
        name = f"{len(refs):,} more {(words.label if len(refs) == 1 else words.plural).lower()}"
        number = int(cluster[0]) if cluster and cluster[0].isdigit() else None
        facts: list[tuple[str, str]] = []
        if kind == "employer":
            label = next((item.label for item in self.clusters if item.number == number), "")
            place = {"other": "in smaller clusters", "none": "in no cluster"}.get(cluster[0], f"in {label}")
            name = f"{name} {place}"
        values = [self.records[ref].get("postings") for ref in refs]
        if any(value is not None for value in values) and kind == "employer":
            facts.append(("Their postings", f"{sum(value or 0 for value in values):,}"))
        top = sorted(refs, key=lambda ref: (-(self.records[ref].get("postings") or 0), ref))[:5]
        facts.append(("The largest of them", " · ".join(self.records[ref]["name"] or ref for ref in top)))
        return PageNode(
            ref=summary,
            kind=REST,
            name=name,
            cluster=number,
            facts=tuple(facts),
            links_left_out=left_out,
            stands_for=len(refs),
        )

    def _facts(self, ref: str, record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        facts: list[tuple[str, str]] = []
        if record.get("kind") == "agency":
            facts.append(("Note", "staffing agency: the true employer is hidden"))
        if record.get("kind") == "anonymous":
            facts.append(("Note", "postings that do not name their employer"))
        strength = self.members.get(ref, {}).get("membership")
        if strength is not None:
            facts.append(("Cluster membership", f"{strength:.2f} of 1"))
        if record.get("type"):
            facts.append(("Type", str(record["type"])))
        if record.get("group"):
            facts.append(("Group", str(record["group"])))
        facts.append(("Reference", ref))
        return tuple(facts)

    def _areas_by_node(self) -> dict[str, set[str]]:
        of_city: dict[str, set[str]] = defaultdict(set)
        for row in self.graph.edges["IN_PROVINCE"].iter_rows(named=True):
            of_city[f"city:{row['start']}"].add(f"province:{row['end']}")
        for link in self.links:
            if link.relation == "PART_OF":
                of_city[link.start].add(link.end)
        areas: dict[str, set[str]] = defaultdict(set, of_city)
        for link in self.links:
            if link.relation == "HIRES_IN":
                areas[link.start] |= of_city.get(link.end, set())
        for ref in self.records:
            if ref.startswith("region:"):
                areas[ref] = {ref}
        return areas

    def _evidence_by_node(self) -> dict[str, list[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            if link.relation in {"HIRES_IN", "REQUIRES", "IN_SECTOR"}:
                found[link.end].update(link.evidence)
        evidence = {ref: sorted(ids) for ref, ids in found.items()}
        for ref, record in self.records.items():
            if record.get("evidence"):
                evidence[ref] = list(record["evidence"])
        return evidence

    def _areas(self, nodes: Iterable[PageNode]) -> tuple[Area, ...]:
        used = {area for node in nodes for area in node.areas}
        named = {
            f"province:{row['adcode']}": row for row in self.graph.nodes["Province"].iter_rows(named=True)
        }
        named |= {f"region:{row['id']}": row for row in self.graph.nodes["Region"].iter_rows(named=True)}
        return tuple(
            Area(ref, named[ref]["name"] or "", named[ref]["name_en"] or "")
            for ref in sorted(used & named.keys(), key=lambda ref: (ref.startswith("province:"), ref))
        )

    def _coverage(self, choice: budgets.Choice) -> tuple[Coverage, ...]:
        rows = []
        for kind in KINDS:
            prefix = f"{kind.key}:"
            drawn = sum(1 for ref in choice.drawn if ref.startswith(prefix))
            hidden = sum(1 for ref in choice.summary_of if ref.startswith(prefix))
            if drawn + hidden:
                rows.append(Coverage(kind.key, drawn, drawn + hidden))
        return tuple(rows)

    def _totals(self, edges: list[PageEdge], left_out: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
        employers = self.graph.nodes["Employer"]
        postings = int(employers["postings"].sum() or 0)
        # Exact whatever the order: a sum that differs in its last digit could round the other way.
        located = math.fsum(self.graph.edges["HIRES_IN"]["weight"].drop_nulls())
        drawn = sum(edge.links for edge in edges)
        weak = sum(count for ref, count in left_out.items() if ref.startswith("employer:"))
        return (
            ("Postings in the graph", f"{postings:,}"),
            ("of them AI postings", f"{int(employers['ai_postings'].sum() or 0):,}"),
            ("of them with a known city", f"{located:,.0f}"),
            ("of them without a city", f"{max(0.0, postings - located):,.0f}"),
            ("Links of the graph", f"{len(self.links):,}"),
            ("of them drawn, alone or summed up", f"{drawn:,}"),
            ("of them the weaker ones of an employer, left out", f"{weak:,}"),
            ("of them between nodes of one summary", f"{len(self.links) - drawn - weak:,}"),
        )


def english_names(graph: GraphTables) -> dict[str, str]:
    """English name by name, of what labels of clusters are made of."""
    names: dict[str, str] = {}
    for label in ("Sector", "City", "Skill"):
        frame = graph.nodes[label]
        names |= dict(zip(frame["name"], frame["name_en"], strict=True))
    return {name: english for name, english in names.items() if name and english}


def page_clusters(clusters: pl.DataFrame, english: Mapping[str, str]) -> tuple[PageCluster, ...]:
    """Read clusters from a frame, in the order of their numbers, with their labels put into English."""
    found = []
    for row in clusters.sort("cluster").iter_rows(named=True):
        label = row.get("label") or f"Cluster {row['cluster']}"
        translated = LABEL_SEPARATOR.join(english.get(part, part) for part in label.split(LABEL_SEPARATOR))
        found.append(
            PageCluster(
                number=int(row["cluster"]),
                label=label,
                label_en=translated,
                size=int(row["size"]),
                stability=row.get("stability"),
                ref=row.get("ref") or "",
            )
        )
    return tuple(found)


def employer_claims(graph: GraphTables, as_of: date | None) -> dict[str, tuple[Claim, ...]]:
    """Read the claims of each employer ref, those that hold as of the day first."""
    names = {row["id"]: row for row in graph.nodes["Affiliation"].iter_rows(named=True)}
    claims: dict[str, list[Claim]] = defaultdict(list)
    for row in graph.edges["AFFILIATED_WITH"].iter_rows(named=True):
        affiliation = names.get(row["end"], {})
        claims[f"employer:{row['start']}"].append(
            Claim(
                affiliation=affiliation.get("name") or row["end"],
                affiliation_en=affiliation.get("name_en") or "",
                kind=row["kind"] or "",
                basis=row["basis"] or "",
                source=row["source"] or "",
                listed_from=row["listed_from"] or "",
                listed_to=row["listed_to"] or "",
                valid=_holds(row["valid_from"], row["valid_to"], as_of),
                url=row["url"] or "",
                matched_name=row["matched_name"] or "",
                method=row["method"] or "",
                score=row["score"],
            )
        )
    return {ref: tuple(sorted(rows, key=lambda claim: not claim.valid)) for ref, rows in claims.items()}


def evidence_rows(postings: pl.LazyFrame, sources: pl.DataFrame, ids: Iterable[str]) -> dict[str, Evidence]:
    """Read the posting rows behind some posting ids; of repeats, the first by source and row."""
    wanted = pl.DataFrame({"posting_id": sorted(set(ids))}, schema={"posting_id": pl.String})
    columns = ["posting_id", "title", "posted_on", "url", "source_id", "row"]
    found = (
        postings.select(columns)
        .join(wanted.lazy(), on="posting_id", how="semi")
        .sort("posting_id", "source_id", "row")
        .group_by("posting_id", maintain_order=True)
        .agg(pl.all().first(), pl.len().alias("records"))
        .collect()
    )
    files = {row["source_id"]: _file_name(row) for row in sources.iter_rows(named=True)}
    return {
        row["posting_id"]: Evidence(
            posting_id=row["posting_id"],
            title=row["title"] or "",
            date=row["posted_on"].isoformat() if row["posted_on"] else "",
            url=row["url"] or "",
            source=files.get(row["source_id"], row["source_id"] or ""),
            row=row["row"],
            repeats=row["records"] - 1,
        )
        for row in found.iter_rows(named=True)
    }


def _file_name(source: Mapping[str, Any]) -> str:
    return " › ".join(part for part in (source["path"], source["member"], source["sheet"]) if part)


def _records(graph: GraphTables, scheme: str) -> Iterable[tuple[str, dict[str, Any]]]:
    drawn = {kind.key for kind in KINDS}
    groups = {row["start"]: row["end"] for row in graph.edges["IN_GROUP"].iter_rows(named=True)}
    named = {
        row["id"]: row["name_en"] or row["name"] for row in graph.nodes["SkillGroup"].iter_rows(named=True)
    }
    for label in NODES:
        if label.reference not in drawn:
            continue
        for row in graph.nodes[label.name].iter_rows(named=True):
            if label.name == "Region" and row["scheme"] != scheme:
                continue
            if label.name == "Skill":
                row["group"] = named.get(groups.get(row["id"], ""), "")
            yield f"{label.reference}:{row[label.key]}", {**row, "key": row[label.key]}


def _holds(valid_from: str | None, valid_to: str | None, as_of: date | None) -> bool:
    if as_of is None:
        return True
    day = as_of.isoformat()
    return (valid_from or "") <= day and (not valid_to or day <= valid_to)


def _is_on_page(ref: str, choice: budgets.Choice) -> bool:
    return ref in choice.drawn or ref.startswith(f"{REST}:")


def _merge(ends: tuple[str, str, str], links: list[Link]) -> PageEdge:
    start, end, relation = ends
    first = min((link.first_seen for link in links if link.first_seen), default="")
    last = max((link.last_seen for link in links if link.last_seen), default="")
    evidence = sorted({posting for link in links for posting in link.evidence})[:EVIDENCE_ROWS_PER_LINK]
    edge = PageEdge(start, end, relation, sum(link.count for link in links), len(links), first, last)
    # A summary link has too many postings behind it for three of them to show anything.
    is_summary = start.startswith(REST) or end.startswith(REST)
    return edge if is_summary else replace(edge, evidence=tuple(evidence))
