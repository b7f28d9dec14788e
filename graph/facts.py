"""What the graph knows besides postings: cities, provinces, region schemes, skills and sectors.

The rooms that own these facts hand them over as frames. They are gathered here once, so that the
functions that select and aggregate stay pure and can be tested on a world of three cities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphcli.workspace.tables import Schema, conform, empty

CITIES: Schema = {
    "adcode": pl.String,
    "name": pl.String,
    "name_en": pl.String,
    "province": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "pinyin": pl.String,
}
PROVINCES: Schema = {"adcode": pl.String, "name": pl.String, "name_en": pl.String}
REGIONS: Schema = {
    "id": pl.String,
    "scheme": pl.String,
    "region": pl.String,
    "name": pl.String,
    "name_en": pl.String,
}
MEMBERSHIPS: Schema = {
    "adcode": pl.String,
    "id": pl.String,
    "scheme": pl.String,
    "region": pl.String,
    "partial": pl.Boolean,
}
SKILLS: Schema = {
    "id": pl.String,
    "name": pl.String,
    "name_en": pl.String,
    "group": pl.String,
    "group_name": pl.String,
    "group_name_en": pl.String,
}
SECTORS: Schema = {"id": pl.String, "name": pl.String, "name_en": pl.String, "type": pl.String}


@dataclass(frozen=True)
class Facts:
    """Reference tables, each sorted by its key.

    Attributes
    ----------
    cities, provinces
        Places by GB/T 2260 code.
    regions
        Regions of every scheme; ``id`` is ``scheme/region``.
    memberships
        Which city, or province that lies wholly inside, counts in which region.
    skills, sectors
        The taxonomy, and the industry and affiliation sectors.
    """

    cities: pl.DataFrame
    provinces: pl.DataFrame
    regions: pl.DataFrame
    memberships: pl.DataFrame
    skills: pl.DataFrame
    sectors: pl.DataFrame

    @classmethod
    def of(cls, **frames: pl.DataFrame) -> Facts:
        """Build from any frames: missing ones become empty, columns conform, rows are sorted."""
        schemas: Mapping[str, Schema] = {
            "cities": CITIES,
            "provinces": PROVINCES,
            "regions": REGIONS,
            "memberships": MEMBERSHIPS,
            "skills": SKILLS,
            "sectors": SECTORS,
        }
        return cls(
            **{
                name: conform(frames.get(name, empty(schema)), schema).sort(list(schema)[:2])
                for name, schema in schemas.items()
            }
        )

    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables by name, for hashing."""
        return {name: value for name, value in vars(self).items() if isinstance(value, pl.DataFrame)}

    @property
    def schemes(self) -> list[str]:
        """Names of the region schemes, sorted."""
        return self.regions["scheme"].unique().sort().to_list()


def load_facts(reference_folder: Path | None = None) -> Facts:
    """Gather the shipped reference tables with the user's own merged over them."""
    from graphcli.loaders.definitions.skills.taxonomy import skill_table
    from graphcli.loaders.resolve.places.resolving import city_table, province_table
    from graphcli.loaders.resolve.places.schemes import load_schemes, region_memberships
    from graphcli.loaders.resolve.sectors import sector_table

    regions, memberships = [], []
    for name, scheme in sorted(load_schemes(reference_folder).items()):
        rows = [(f"{name}/{item.id}", name, item.id, item.name, item.name_en) for item in scheme.regions]
        regions.append(pl.DataFrame(rows, schema=dict(REGIONS), orient="row"))
        memberships.append(
            region_memberships(scheme).with_columns(
                scheme=pl.lit(name), id=pl.lit(f"{name}/") + pl.col("region")
            )
        )
    frames = {
        "cities": city_table(),
        "provinces": province_table(),
        "skills": skill_table(reference_folder),
        "sectors": sector_table(),
    }
    if regions:
        frames |= {
            "regions": pl.concat(regions),
            "memberships": pl.concat(memberships, how="diagonal"),
        }
    return Facts.of(**frames)
