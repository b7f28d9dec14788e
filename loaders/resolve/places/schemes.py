"""Region schemes: named ways to divide China's cities into regions, kept as data with their sources.

A partition divides all postings: its regions, then ``other``, then ``unlocated``. An overlay marks zones
that may overlap with anything. Boundaries are those of named plans, so each scheme has a date.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.loaders.resolve.places.resolving import city_table, province_table
from graphcli.workspace.errors import DataContractError, unknown_name
from graphcli.workspace.result import Result

REFERENCE = "graphcli.loaders.reference"
DEFAULT_SCHEME = "cset3"
OTHER = "other"


@dataclass(frozen=True)
class Member:
    """A city, or a whole province, that belongs to a region; ``partial`` where only a part of it does."""

    adcode: str
    partial: bool = False


@dataclass(frozen=True)
class Region:
    """One region of a scheme with its members, sorted by code."""

    id: str
    name: str
    name_en: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Scheme:
    """A partition or an overlay, with the document its boundaries come from and that document's date."""

    name: str
    title: str
    title_en: str
    kind: str
    source: str
    as_of: str
    regions: tuple[Region, ...]
    note: str = ""
    own: bool = False

    def region(self, region_id: str) -> Region:
        """Return a region by its id or its name in either language.

        Raises
        ------
        UsageError
            There is none; the message suggests near ones.
        """
        wanted = region_id.casefold()
        for region in self.regions:
            if wanted in {region.id.casefold(), region.name.casefold(), region.name_en.casefold()}:
                return region
        raise unknown_name(f"region of {self.name}", region_id, [region.id for region in self.regions])

    def region_of(self, adcode: str) -> list[tuple[str, bool]]:
        """List the regions that a city, or a whole province, lies in, with whether it does so in part.

        A province lies in a region only where all of its cities do, none of them in part.
        """
        return [
            (region.id, inside[adcode])
            for region in self.regions
            if adcode in (inside := _inside(region.members))
        ]


@functools.lru_cache(maxsize=256)
def _inside(members: tuple[Member, ...]) -> Mapping[str, bool]:
    """Map each city, and each province that lies wholly inside, to whether it belongs in part only."""
    by_province = _cities_by_province()
    inside: dict[str, bool] = {}
    for member in members:
        for city in by_province.get(member.adcode, (member.adcode,)):
            inside[city] = member.partial
    for province, cities in by_province.items():
        if all(inside.get(city) is False for city in cities):
            inside[province] = False
    return dict(sorted(inside.items()))


@functools.cache
def _cities_by_province() -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for adcode, province in city_table().select("adcode", "province").iter_rows():
        grouped.setdefault(province, []).append(adcode)
    return {province: tuple(cities) for province, cities in sorted(grouped.items())}


def load_schemes(reference_folder: Path | None = None) -> dict[str, Scheme]:
    """Read our schemes, and the user's over them.

    Parameters
    ----------
    reference_folder
        The workspace's folder ``reference``; its ``schemes/*.yaml`` win over ours of the same name.

    Raises
    ------
    DataContractError
        A file breaks the schema, names a code that does not exist or calls it by another name, or a
        partition puts a city into two regions.
    """
    schemes = _read_folder(shipped(REFERENCE, "schemes"), own=False)
    if reference_folder is not None:
        schemes.update(_read_folder(reference_folder / "schemes", own=True))
    return dict(sorted(schemes.items()))


def scheme_called(name: str, schemes: Mapping[str, Scheme]) -> Scheme:
    """Return a scheme by name, or fail with the nearest names."""
    if name not in schemes:
        raise unknown_name("scheme", name, schemes)
    return schemes[name]


def region_memberships(scheme: Scheme) -> pl.DataFrame:
    """List which region each city lies in, and each province that lies wholly inside one.

    Returns
    -------
    polars.DataFrame
        adcode, region, partial; sorted by adcode and region. What is in no region is not listed.
    """
    rows = [
        (adcode, region.id, partial)
        for region in scheme.regions
        for adcode, partial in _inside(region.members).items()
    ]
    columns = {"adcode": pl.String, "region": pl.String, "partial": pl.Boolean}
    return pl.DataFrame(sorted(rows), schema=columns, orient="row")


def _read_folder(folder: Path, *, own: bool) -> dict[str, Scheme]:
    schema = read_schema(REFERENCE, "schemas", "scheme.json")
    schemes: dict[str, Scheme] = {}
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    for path in paths:
        scheme = _to_scheme(path, read_yaml(path, schema), own=own)
        if scheme.name in schemes:
            raise DataContractError(f"{path.name}: the scheme {scheme.name!r} stands in another file too")
        schemes[scheme.name] = scheme
    return schemes


def _to_scheme(path: Path, content: Mapping[str, Any], *, own: bool) -> Scheme:
    regions = tuple(
        Region(item["id"], item["name"], item["name_en"], _members(path, item["members"]))
        for item in content["regions"]
    )
    ids = [region.id for region in regions]
    if len(set(ids)) < len(ids):
        raise DataContractError(f"{path.name}: two regions have the same id")
    if content["kind"] == "partition":
        _check_disjoint(path, regions)
    plain = {key: content[key] for key in ("name", "title", "title_en", "kind", "source", "as_of")}
    return Scheme(**plain, regions=regions, note=content.get("note", ""), own=own)


def _members(path: Path, items: Iterable[Mapping[str, Any]]) -> tuple[Member, ...]:
    names = _names()
    members = []
    for item in items:
        adcode, name = item["adcode"], item["name"]
        if adcode not in names:
            raise DataContractError(
                f"{path.name}: {adcode} ({name}) is no city or province; counties belong to their city's code"
            )
        if name not in names[adcode]:
            raise DataContractError(f"{path.name}: {adcode} is {min(names[adcode])}, not {name}")
        members.append(Member(adcode, item.get("partial", False)))
    if len({member.adcode for member in members}) < len(members):
        raise DataContractError(f"{path.name}: a region lists the same member twice")
    return tuple(sorted(members, key=lambda member: member.adcode))


@functools.cache
def _names() -> Mapping[str, frozenset[str]]:
    frame = pl.concat([city_table().select("adcode", "name", "name_en"), province_table()]).unique()
    return {code: frozenset({name, name_en}) for code, name, name_en in frame.iter_rows()}


def _check_disjoint(path: Path, regions: Iterable[Region]) -> None:
    seen: dict[str, str] = {}
    for region in regions:
        for adcode in _inside(region.members):
            if adcode in seen:
                raise DataContractError(
                    f"{path.name}: {adcode} lies in {seen[adcode]} and in {region.id}, "
                    "but a partition's regions may not overlap; make it kind: overlay"
                )
            seen[adcode] = region.id


def list_schemes(schemes: Mapping[str, Scheme]) -> Result:
    """Answer the question which schemes there are."""
    rows = [
        {
            "name": scheme.name,
            "kind": scheme.kind,
            "members": sum(len(region.members) for region in scheme.regions),
            "source": scheme.source,
            "as_of": scheme.as_of,
            "regions": ";".join(region.id for region in scheme.regions),
            "title": scheme.title,
            "title_en": scheme.title_en,
            "origin": "own" if scheme.own else "built-in",
        }
        for scheme in schemes.values()
    ]
    notes = (f"{DEFAULT_SCHEME} is the default; graphcli schemes NAME lists the members of one",)
    return Result(
        "schemes", pl.DataFrame(rows), notes=notes, hidden=("regions", "title", "title_en", "origin")
    )


def scheme_members(scheme: Scheme) -> Result:
    """Answer the question what belongs to one scheme."""
    names = pl.concat([city_table().select("adcode", "name", "name_en"), province_table()]).unique("adcode")
    members = pl.DataFrame(
        [
            (region.id, region.name, member.adcode, member.partial)
            for region in scheme.regions
            for member in region.members
        ],
        schema=["region", "region_name", "adcode", "partial"],
        orient="row",
    )
    kind = pl.when(pl.col("adcode").is_in(city_table()["adcode"].implode())).then(pl.lit("city"))
    frame = members.join(names, on="adcode", how="left", maintain_order="left").select(
        "region",
        "adcode",
        "name",
        "name_en",
        "partial",
        "region_name",
        ref=pl.concat_str(kind.otherwise(pl.lit("province")), pl.lit(":"), "adcode"),
    )
    parameters = {"scheme": scheme.name, "kind": scheme.kind, "source": scheme.source, "as_of": scheme.as_of}
    notes = tuple(note for note in (f"source: {scheme.source} ({scheme.as_of})", scheme.note) if note)
    return Result("schemes", frame, parameters=parameters, notes=notes)
