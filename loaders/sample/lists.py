"""Writes the made-up affiliation lists in the format of the user's own lists."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from graphcli.loaders.sample.world import World
from graphcli.workspace.files import write_text

COLUMNS = (
    "id", "name_zh", "name", "aliases", "pattern", "affiliation_id", "affiliation", "affiliation_type",
    "kind", "basis", "parent", "source", "listed_from", "listed_to", "url", "as_of", "certainty",
)  # fmt: skip


def write_lists(world: World, folder: Path) -> list[Path]:
    """Write one CSV for each made-up list and return their paths."""
    return [_write_list(world, key, folder / f"{key}.csv") for key in sorted(world.definition["lists"])]


def _write_list(world: World, key: str, path: Path) -> Path:
    entry = world.definition["lists"][key]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    members = [employer for employer in world.employers if key in employer.claims]
    for number, employer in enumerate(members, start=1):
        writer.writerow(
            {
                "id": f"{key}-{number:02d}",
                "name_zh": employer.name,
                "affiliation_id": key,
                "affiliation": f"{entry['affiliation']} {entry['affiliation_en']}",
                "affiliation_type": entry["type"],
                "kind": entry["kind"],
                "basis": entry["basis"],
                "source": f"{entry['name']} ({entry['name_en']}), invented",
                "listed_from": entry["listed_from"],
                "as_of": entry["listed_from"],
                "certainty": "sure",
            }
        )
    write_text(path, buffer.getvalue())
    return path
