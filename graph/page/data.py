"""What a page holds, as plain values: everything the reader can see is in ``PageData`` and nothing else.

It knows neither tables nor HTML, so that a page can be tested with a graph written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# A node of this kind stands for all nodes of one kind that the budget left no room for.
REST = "rest"


@dataclass(frozen=True)
class NodeKind:
    """A kind of node: how it is called and which shape it is drawn in."""

    key: str
    label: str
    plural: str
    shape: str


KINDS: tuple[NodeKind, ...] = (
    NodeKind("employer", "Employer", "Employers", "dot"),
    NodeKind("city", "City", "Cities", "square"),
    NodeKind("region", "Region", "Regions", "hexagon"),
    NodeKind("sector", "Sector", "Sectors", "diamond"),
    NodeKind("affiliation", "Affiliation", "Affiliations", "star"),
    NodeKind("skill", "Skill", "Skills", "triangle"),
    NodeKind(REST, "Summary", "Summaries of the rest", "triangleDown"),
)


@dataclass(frozen=True)
class Relation:
    """A kind of link: its words read from either end, and what its number counts."""

    key: str
    forward: str
    backward: str
    counts: str


RELATIONS: tuple[Relation, ...] = (
    Relation("HIRES_IN", "Hires in", "Hiring here", "postings"),
    Relation("REQUIRES", "Requires", "Required by", "postings"),
    Relation("IN_SECTOR", "In sector", "In this sector", "postings"),
    Relation("AFFILIATED_WITH", "Affiliated with", "Affiliated here", "claims"),
    Relation("SUBSIDIARY_OF", "Subsidiary of", "Subsidiaries", "statements"),
    Relation("POSSIBLY_SAME", "Possibly the same as", "Possibly the same as", "likeness"),
    Relation("PART_OF", "Part of region", "Cities of the region", "memberships"),
    Relation("CLAIM_KIND", "Stands for", "Affiliations of this kind", "affiliations"),
)


@dataclass(frozen=True)
class Evidence:
    """One posting behind a number: where it stands in which file.

    Attributes
    ----------
    date
        ISO day posted, empty where unknown.
    source, row
        File (with its member or sheet) and 1-based record in it.
    repeats
        Further records with the same posting id.
    """

    posting_id: str
    title: str
    date: str
    url: str
    source: str
    row: int | None
    repeats: int = 0


@dataclass(frozen=True)
class Claim:
    """A dated claim by a named source about an employer; ``valid`` says whether it holds as of the page."""

    affiliation: str
    affiliation_en: str
    kind: str
    basis: str
    source: str
    listed_from: str
    listed_to: str
    valid: bool
    url: str
    matched_name: str
    method: str
    score: float | None


@dataclass(frozen=True)
class PageNode:
    """A node of the page.

    Attributes
    ----------
    ref
        Reference in the tool's grammar, such as ``employer:ab12``.
    cluster
        Number of the cluster an employer belongs to; for other kinds, of the one it is typical of.
    areas
        Regions (``region:cset3/yrd``) and provinces (``province:310000``) it counts in.
    facts
        Further lines for the details panel: what, value.
    evidence
        Posting ids, keys of ``PageData.evidence``.
    links_left_out
        Links of this node that the page does not draw.
    stands_for
        Number of graph nodes it stands for: 1, more for a node of kind ``rest``.
    """

    ref: str
    kind: str
    name: str
    name_en: str = ""
    cluster: int | None = None
    postings: int | None = None
    ai_postings: int | None = None
    areas: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    facts: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[str, ...] = ()
    links_left_out: int = 0
    stands_for: int = 1


@dataclass(frozen=True)
class PageEdge:
    """A link; ``count`` is what its relation counts, ``links`` the links of the graph it stands for."""

    start: str
    end: str
    relation: str
    count: float
    links: int = 1
    first_seen: str = ""
    last_seen: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageCluster:
    """A cluster of employers.

    Attributes
    ----------
    number
        By size, from 1.
    label, label_en
        What is over-represented in it, as the sources write it and in English where known.
    size
        Employers in the whole graph.
    stability
        Mean best overlap between runs of other seeds, 0 to 1.
    """

    number: int
    label: str
    size: int
    label_en: str = ""
    stability: float | None = None
    ref: str = ""


@dataclass(frozen=True)
class Area:
    """A region of the scheme or a province, for the region filter."""

    ref: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Coverage:
    """How much of the graph one kind of node shows: drawn alone, and all there are."""

    kind: str
    drawn: int
    all: int


@dataclass(frozen=True)
class PageData:
    """Everything a page shows. Nodes are sorted by ref, edges by start, end and relation.

    Clusters stand in the order in which they get the colours: the one with most employers drawn first.

    Attributes
    ----------
    as_of
        Day on which claims are judged valid or not, ISO.
    parameters
        What made the numbers: filters, definitions, cluster settings, layout seed.
    notes
        Sentences a reader must know, from every stage.
    coverage
        What is drawn and what is only counted, by kind.
    totals
        Figures of the whole graph for the about panel: what, value.
    """

    title: str
    subtitle: str
    nodes: tuple[PageNode, ...]
    edges: tuple[PageEdge, ...]
    clusters: tuple[PageCluster, ...] = ()
    areas: tuple[Area, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    run_id: str = ""
    version: str = ""
    as_of: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    totals: tuple[tuple[str, str], ...] = ()
    seed: int = 1
