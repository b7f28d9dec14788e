"""The graph schema: labels, relationships and their properties, written here and nowhere else.

Constraints, DDL, the docs page, ``graphcli schema``, the graph tables and ``push`` are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl


@dataclass(frozen=True)
class Property:
    """One property: its name, type, and what it means (with its unit)."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str


@dataclass(frozen=True)
class NodeLabel:
    """A kind of node. ``key`` is unique within a scope; ``reference`` is its kind in the ref grammar."""

    name: str
    key: str
    reference: str
    meaning: str
    properties: tuple[Property, ...]
    optional: bool = False


@dataclass(frozen=True)
class RelationshipType:
    """A kind of relationship. Unique by (type, from, to, key); ``key`` names a property or is empty."""

    name: str
    start: str
    end: str
    meaning: str
    properties: tuple[Property, ...] = ()
    key: str = ""
    optional: bool = False

    @property
    def table(self) -> str:
        """Name of the graph table: the type, with its start label where one type has several."""
        return f"{self.name}_{self.start}" if self.name == "IN_SECTOR" else self.name


NAME: Final = Property("name", pl.String, "name in the language of the sources")
NAME_EN: Final = Property("name_en", pl.String, "English name, empty where unknown")
POSTINGS: Final = Property("postings", pl.Int64, "postings, after de-duplication")
AI_POSTINGS: Final = Property("ai_postings", pl.Int64, "postings of tier broad or inside it")
EVIDENCE: Final = Property("evidence", pl.List(pl.String), "the five smallest posting or claim ids behind it")

# Every node and relationship in a store also carries these two; they are not in the graph tables.
SCOPE: Final = Property("scope", pl.String, "identity of the workspace that owns it")
FINGERPRINT: Final = Property("fingerprint", pl.String, "hash of the schema properties, for the diff of push")

NODES: Final[tuple[NodeLabel, ...]] = (
    NodeLabel(
        "Employer",
        "id",
        "employer",
        "who hires, with all spellings of its name joined",
        (
            Property("id", pl.String, "hash of the smallest normalised name"),
            NAME,
            NAME_EN,
            Property("kind", pl.String, "employer, agency or anonymous"),
            POSTINGS,
            AI_POSTINGS,
            Property("weight", pl.Float64, "postings, or openings where they were asked for"),
            EVIDENCE,
        ),
    ),
    NodeLabel(
        "City",
        "adcode",
        "city",
        "prefecture, municipality, or county-level city without a prefecture",
        (
            Property("adcode", pl.String, "GB/T 2260 code, six digits"),
            NAME,
            NAME_EN,
            Property("lat", pl.Float64, "latitude of the city, degrees"),
            Property("lon", pl.Float64, "longitude of the city, degrees"),
            POSTINGS,
            AI_POSTINGS,
            Property("weight", pl.Float64, "postings, each split over its k cities as 1/k"),
        ),
    ),
    NodeLabel(
        "Province",
        "adcode",
        "province",
        "first-level division",
        (Property("adcode", pl.String, "GB/T 2260 code, six digits"), NAME, NAME_EN),
    ),
    NodeLabel(
        "Region",
        "id",
        "region",
        "member of a region scheme",
        (
            Property("id", pl.String, "scheme and region, such as cset3/yrd"),
            NAME,
            NAME_EN,
            Property("scheme", pl.String, "scheme the region belongs to"),
        ),
    ),
    NodeLabel(
        "Skill",
        "id",
        "skill",
        "skill of the taxonomy",
        (Property("id", pl.String, "identifier in the taxonomy"), NAME, NAME_EN, POSTINGS, AI_POSTINGS),
    ),
    NodeLabel(
        "SkillGroup",
        "id",
        "skillgroup",
        "group of skills",
        (Property("id", pl.String, "identifier in the taxonomy"), NAME, NAME_EN),
    ),
    NodeLabel(
        "Sector",
        "id",
        "sector",
        "industry section, or defense and surveillance through affiliations",
        (
            Property("id", pl.String, "GB/T 4754 section letter, or defense, surveillance, trade"),
            NAME,
            NAME_EN,
            Property("type", pl.String, "industry or affiliation"),
        ),
    ),
    NodeLabel(
        "Affiliation",
        "id",
        "affiliation",
        "what an employer is affiliated with",
        (
            Property("id", pl.String, "identifier in the reference file"),
            NAME,
            NAME_EN,
            Property("type", pl.String, "conglomerate, university, vendor or list"),
        ),
    ),
    NodeLabel(
        "Posting",
        "id",
        "posting",
        "one posting, pushed only with --with-postings",
        (
            Property("id", pl.String, "posting id"),
            Property("title", pl.String, "job title"),
            Property("url", pl.String, "address it was crawled from"),
            Property("posted_on", pl.String, "ISO date, empty where unknown"),
            Property("tier", pl.String, "none, broad, technical or narrow"),
            Property("source_id", pl.String, "source it came from"),
            Property("row", pl.Int64, "1-based record in the source"),
        ),
        optional=True,
    ),
    NodeLabel(
        "Build",
        "id",
        "build",
        "what made the graph: one node a scope, so that a store can say what its numbers stand on",
        (
            Property("id", pl.String, "always build"),
            Property("run_id", pl.String, "identity of the data and definitions behind the graph"),
            Property("parameters", pl.String, "what decided the numbers, as JSON"),
            Property("notes", pl.List(pl.String), "what a reader must know"),
        ),
        optional=True,
    ),
)

RELATIONSHIPS: Final[tuple[RelationshipType, ...]] = (
    RelationshipType(
        "HIRES_IN",
        "Employer",
        "City",
        "the employer posts jobs in the city",
        (
            POSTINGS,
            Property("weight", pl.Float64, "postings, each split over its k cities as 1/k"),
            AI_POSTINGS,
            Property("first_seen", pl.String, "first day posted, ISO, empty where unknown"),
            Property("last_seen", pl.String, "last day posted, ISO, empty where unknown"),
            EVIDENCE,
        ),
    ),
    RelationshipType("IN_PROVINCE", "City", "Province", "the city lies in the province"),
    RelationshipType(
        "PART_OF",
        "City",
        "Region",
        "the city counts in the region",
        (
            Property("scheme", pl.String, "region scheme"),
            Property("partial", pl.Boolean, "only a part of the city belongs to the region"),
        ),
        key="scheme",
    ),
    RelationshipType(
        "REQUIRES",
        "Employer",
        "Skill",
        "postings of the employer require the skill",
        (POSTINGS, Property("share", pl.Float64, "share of the employer's postings, 0 to 1"), EVIDENCE),
    ),
    RelationshipType("IN_GROUP", "Skill", "SkillGroup", "the skill belongs to the group"),
    RelationshipType("IN_SECTOR", "Employer", "Sector", "industry the postings name", (POSTINGS, EVIDENCE)),
    RelationshipType(
        "AFFILIATED_WITH",
        "Employer",
        "Affiliation",
        "a dated claim by a named source",
        (
            Property("claim_id", pl.String, "claim id"),
            Property("kind", pl.String, "defense, surveillance or trade"),
            Property(
                "basis", pl.String, "listed, parent, subsidiary, institute, university, vendor, supplier"
            ),
            Property("source", pl.String, "list that claims it"),
            Property("listed_from", pl.String, "ISO date with the source's precision"),
            Property("listed_to", pl.String, "ISO date, empty while it holds"),
            Property("valid_from", pl.String, "first day on which the claim holds, ISO"),
            Property("valid_to", pl.String, "last day on which it holds, ISO, empty while it holds"),
            Property("url", pl.String, "address of the source"),
            Property("matched_name", pl.String, "text that matched"),
            Property("method", pl.String, "rule that matched it"),
            Property("score", pl.Float64, "certainty of the match, 0 to 1"),
            EVIDENCE,
        ),
        key="claim_id",
    ),
    RelationshipType("IN_SECTOR", "Affiliation", "Sector", "what kind of claim the affiliation stands for"),
    RelationshipType(
        "SUBSIDIARY_OF",
        "Employer",
        "Employer",
        "the first is owned by the second",
        (Property("source", pl.String, "where it is stated"),),
    ),
    RelationshipType(
        "POSSIBLY_SAME",
        "Employer",
        "Employer",
        "the names may mean one employer; never merged by the tool",
        (
            Property("score", pl.Float64, "how likely the names mean one employer, 0 to 1"),
            Property("method", pl.String, "likeness that was found between the names"),
        ),
    ),
    RelationshipType(
        "POSTED", "Employer", "Posting", "the employer posted it; only with --with-postings", optional=True
    ),
)


def node_label(name: str) -> NodeLabel:
    """Return a label's definition by its name."""
    return next(label for label in NODES if label.name == name)


def node_columns(label: NodeLabel) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Columns of the graph table of a label: its properties."""
    return {item.name: item.dtype for item in label.properties}


def relationship_columns(relationship: RelationshipType) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Columns of the graph table of a relationship: ``start``, ``end`` (node keys), then its properties."""
    ends: dict[str, pl.DataType | type[pl.DataType]] = {"start": pl.String, "end": pl.String}
    return ends | {item.name: item.dtype for item in relationship.properties}
