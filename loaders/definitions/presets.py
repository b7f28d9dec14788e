"""Definitions of an AI posting by other hands, as data, so that a finding can be checked under each of them.

Fixed presets judge a posting by its own skills or title and are stored with it. An adaptive one weighs
skills by the postings at hand and is therefore computed on a selection, never stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy
from graphcli.loaders.definitions.tiers.clauses import ascii_pattern
from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import hash_lines
from graphcli.workspace.result import Result

DEFINITIONS = "graphcli.loaders.definitions"
REFERENCE = "graphcli.loaders.reference"


@dataclass(frozen=True)
class Preset:
    """One definition.

    Attributes
    ----------
    kind
        ``tiers``, ``skills`` (at least so many of the skills), ``titles`` (a pattern in the title) or
        ``adaptive`` (weights from the postings at hand).
    skills
        Skill ids, groups expanded, sorted.
    titles
        One regular expression over folded titles, empty where titles do not matter.
    threshold
        Mean weight above which an adaptive preset counts a posting.
    """

    name: str
    title: str
    title_en: str
    kind: str
    source: str
    as_of: str
    url: str = ""
    note: str = ""
    tiers: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    titles: str = ""
    at_least: int = 1
    threshold: float = 0.0
    groups: tuple[str, ...] = field(default=())

    @property
    def adaptive(self) -> bool:
        """Whether it must see all postings before it can judge one."""
        return self.kind == "adaptive"

    @property
    def members(self) -> str:
        """What it counts, in words."""
        if self.tiers:
            return ", ".join(self.tiers)
        if self.titles:
            return "titles"
        groups = f"{', '.join(self.groups)}: " if self.groups else ""
        return f"{groups}{len(self.skills)} skills"

    @property
    def fingerprint(self) -> str:
        """Hash of what decides membership."""
        parts = (self.name, self.kind, *self.tiers, *self.skills, self.titles)
        return hash_lines([*parts, str(self.at_least), str(self.threshold)])


def load_presets(
    reference_folder: Path | None = None, *, skills: pl.DataFrame | None = None
) -> dict[str, Preset]:
    """Read the presets, the user's (``presets.yaml`` in the reference folder) merged over ours.

    Parameters
    ----------
    skills
        The table of the taxonomy where it is already read, as reading it takes most of the time.

    Raises
    ------
    DataContractError
        A file breaks the schema, or a preset names a skill or group that does not exist.
    """
    schema = read_schema(REFERENCE, "schemas", "presets.json")
    table = load_taxonomy(reference_folder).table if skills is None else skills
    paths = [shipped(DEFINITIONS, "presets.yaml")]
    if reference_folder is not None and (reference_folder / "presets.yaml").is_file():
        paths.append(reference_folder / "presets.yaml")
    presets: dict[str, Preset] = {}
    for path in paths:
        for content in read_yaml(path, schema)["presets"]:
            presets[content["name"]] = _preset(content, table, path)
    return dict(sorted(presets.items()))


def babina(postings: pl.DataFrame, preset: Preset) -> pl.Series:
    """Judge postings by the skills they share with AI postings among themselves.

    With w_s the share of the postings with skill s that also have one of the preset's AI skills, a posting
    counts where the mean of w_s over its skills exceeds the threshold. Postings without skills do not count.

    Parameters
    ----------
    postings
        Column skills (list of skill ids).
    preset
        An adaptive preset.

    Returns
    -------
    polars.Series
        One truth value per posting, in the order of the input.
    """
    rows = postings.select(pl.col("skills").fill_null([])).with_row_index("row")
    named = pl.col("skills").list.set_intersection(list(preset.skills)).list.len() > 0
    exploded = rows.with_columns(ai=named).explode("skills").drop_nulls("skills")
    weights = exploded.with_columns(weight=pl.col("ai").cast(pl.Float64).mean().over("skills"))
    means = weights.group_by("row").agg(pl.col("weight").mean())
    judged = rows.join(means, on="row", how="left", maintain_order="left")
    return judged.select(ai=(pl.col("weight") > preset.threshold).fill_null(False))["ai"]


def presets_result(reference_folder: Path | None = None) -> Result:
    """List the presets as an answer."""
    rows = [
        (item.name, item.kind, item.members, item.source, item.title_en, item.title, item.note, item.as_of)
        for item in load_presets(reference_folder).values()
    ]
    columns = ["name", "kind", "members", "source", "title", "title_zh", "note", "as_of"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return Result("presets", frame)


def _preset(content: Mapping[str, Any], table: pl.DataFrame, path: Path) -> Preset:
    groups, skills, without = (tuple(content.get(key, ())) for key in ("groups", "skills", "without"))
    _check_known(path, content["name"], "group", groups, set(table["group"]))
    _check_known(path, content["name"], "skill", (*skills, *without), set(table["id"]))
    of_groups = table.filter(pl.col("group").is_in(groups))["id"].to_list()
    titles = "|".join(f"(?:{pattern})" for pattern in content.get("titles", ()))
    _check_pattern(path, content["name"], titles)
    return Preset(
        name=content["name"],
        title=content["title"],
        title_en=content["title_en"],
        kind=content["kind"],
        source=content["source"],
        as_of=content["as_of"],
        url=content.get("url", ""),
        note=content.get("note", ""),
        tiers=tuple(content.get("tiers", ())),
        skills=tuple(sorted((set(of_groups) | set(skills)) - set(without))),
        titles=ascii_pattern(titles),
        at_least=content.get("at_least", 1),
        threshold=content.get("threshold", 0.0),
        groups=groups,
    )


def _check_known(path: Path, preset: str, kind: str, names: tuple[str, ...], valid: set[str]) -> None:
    unknown = sorted(set(names) - valid)
    if unknown:
        raise DataContractError(
            f"{path.name}: preset {preset!r} names no {kind} of ours: {', '.join(unknown)}"
        )


def _check_pattern(path: Path, preset: str, pattern: str) -> None:
    try:
        re.compile(pattern)
        pl.Series([""]).str.contains(ascii_pattern(pattern))
    except (re.error, pl.exceptions.PolarsError) as error:
        raise DataContractError(f"{path.name}: preset {preset!r}: titles are no pattern ({error})") from None
