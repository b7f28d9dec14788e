"""Which postings an analysis stands on: the filters every analytical command shares, as one value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

TIERS = ("none", "broad", "technical", "narrow")
DEDUPE_RULES = ("none", "exact", "url", "month")
GROUPS = ("defense", "surveillance", "both", "none")


@dataclass(frozen=True)
class Selection:
    """The shared filters. Empty means no restriction.

    Attributes
    ----------
    preset, tier
        What counts as an AI posting, and which postings are kept (``all`` keeps every posting).
    scheme, region, city, sector, skill, employer, exclude, cluster
        Keep only postings there; ``exclude`` leaves one employer out.
    group
        ``defense``, ``surveillance``, ``both`` or ``none``: by the employers' claims as of ``as_of``.
    date_from, date_to
        First and last day; undated postings are left out and counted when one of them is given.
    as_of
        ``posting``, ``today``, ``ever`` or an ISO date.
    source
        Board, source id or glob over paths; several mean any of them.
    dedupe
        ``none``, ``exact``, ``url`` or ``month``.
    openings
        Weigh postings by the number of openings.
    min_count
        Cells with fewer postings are marked as small.
    """

    preset: str = "tiers"
    tier: str = "all"
    scheme: str = "cset3"
    region: str | None = None
    city: str | None = None
    sector: str | None = None
    skill: str | None = None
    employer: str | None = None
    exclude: str | None = None
    cluster: str | None = None
    group: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    as_of: str = "today"
    source: tuple[str, ...] = ()
    dedupe: str = "url"
    openings: bool = False
    min_count: int = 0

    def restricts_postings(self) -> bool:
        """Whether an answer needs the postings themselves and not only the stored graph."""
        plain = Selection(preset=self.preset, scheme=self.scheme, as_of=self.as_of, min_count=self.min_count)
        return self != plain

    def parameters(self) -> dict[str, object]:
        """The filters as they are printed in an answer's ``parameters``."""
        raw = asdict(self)
        raw["from"], raw["to"] = raw.pop("date_from"), raw.pop("date_to")
        return {
            key: value.isoformat()
            if isinstance(value, date)
            else list(value)
            if isinstance(value, tuple)
            else value
            for key, value in raw.items()
        }
