"""The stage between loading and building: distinct strings of the postings become entities, once.

Its tables are written in one change together with the hash of everything they came from, so they are redone
when a posting file, a reference file, a judgement or the tool changes, and never otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphcli.loaders.lists.entries import PACKAGE as LISTS
from graphcli.loaders.lists.entries import lists_folder
from graphcli.loaders.reference.files import shipped
from graphcli.loaders.resolve.employers.aliases import ALIASES
from graphcli.loaders.resolve.employers.credit_codes import CODES
from graphcli.loaders.resolve.employers.judgements import FILE as JUDGEMENTS_FILE
from graphcli.loaders.resolve.employers.judgements import frame_of, judgements_of
from graphcli.loaders.resolve.names.registered import REFERENCE
from graphcli.workspace import tables
from graphcli.workspace.errors import WorkspaceLockedError
from graphcli.workspace.folder import Manifest, WorkspaceFolder, stage_inputs
from graphcli.workspace.version import __version__
from graphcli.workspace.wording import counted

STAGE = "entities"
SCHEMAS: Mapping[str, tables.Schema] = {
    "employers": tables.EMPLOYERS,
    "employer_names": tables.EMPLOYER_NAMES,
    "judgements": tables.JUDGEMENTS,
    "places": tables.PLACES,
    "industries": tables.INDUSTRIES,
    "claims": tables.CLAIMS,
    "possibly_same": tables.POSSIBLY_SAME,
}
# A reader does not wait long for a writer: the last finished tables answer at once.
LOCK_WAIT_SECONDS = 1.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Resolved:
    """The entities behind the postings; ``stale`` says that their inputs have changed since."""

    employers: pl.DataFrame
    employer_names: pl.DataFrame
    judgements: pl.DataFrame
    places: pl.DataFrame
    industries: pl.DataFrame
    claims: pl.DataFrame
    possibly_same: pl.DataFrame
    stale: bool = False


def ensure_resolved(
    folder: WorkspaceFolder, *, no_build: bool = False, say: Say = lambda message: None
) -> Resolved:
    """Return the resolved entities, redone first where their inputs changed.

    Parameters
    ----------
    folder
        The workspace.
    no_build
        Return the last finished tables, whatever has changed since.
    say
        Receives progress and the line that the answer is stale.

    Raises
    ------
    DataContractError
        A reference file or list breaks its contract.
    WorkspaceLockedError
        Another process is writing and nothing was ever resolved here.
    """
    if is_current(folder, folder.manifest()):
        return _stored(folder)
    if no_build:
        say("stale: names and places are as of the last finished build (--no-build)")
        return _stored(folder, stale=True)
    try:
        with folder.change("resolving names and places", LOCK_WAIT_SECONDS) as change:
            # Another process may have done the work while this one waited for the lock.
            if is_current(folder, change.manifest):
                return _stored(folder)
            resolved = resolve(folder, say)
            for name, schema in SCHEMAS.items():
                change.write(name, tables.conform(getattr(resolved, name), schema))
            change.mark_stage(STAGE, _inputs(folder, change.manifest))
    except WorkspaceLockedError as error:
        if STAGE not in folder.manifest().stages:
            raise
        say(f"stale: {error}; names and places are as of the last finished build")
        return _stored(folder, stale=True)
    return resolved


def is_current(folder: WorkspaceFolder, manifest: Manifest) -> bool:
    """Whether the stored entities were made from what the workspace holds now."""
    if not any(name.startswith("postings/") for name in manifest.entries) and STAGE not in manifest.stages:
        return True
    # A workspace of an older version lacks the tables that were added since.
    if not manifest.entries.keys() >= SCHEMAS.keys():
        return False
    return manifest.stages.get(STAGE) == _inputs(folder, manifest)


def resolve(folder: WorkspaceFolder, say: Say = lambda message: None) -> Resolved:
    """Resolve the distinct strings of all postings; reads the workspace and writes nothing."""
    from graphcli.loaders.resolve.claims.matching import match_claims, with_parents
    from graphcli.loaders.resolve.employers.candidates import possibly_same
    from graphcli.loaders.resolve.employers.credit_codes import codes_in_postings
    from graphcli.loaders.resolve.employers.resolving import resolve_employers
    from graphcli.loaders.resolve.places.resolving import resolve_places
    from graphcli.loaders.resolve.sectors import resolve_sectors

    postings = folder.scan_all("postings", tables.POSTINGS)
    names = _counted(postings, "employer_raw")
    say(f"resolving {counted(names.height, 'employer name')}")
    reference = folder.reference_folder if folder.reference_folder.is_dir() else None
    judgements = judgements_of(folder)
    employers, employer_names = resolve_employers(names, reference, judgements, codes_in_postings(folder))
    places = _counted(postings, "place_raw")["place_raw"].to_list()
    say(f"resolving {counted(len(places), 'place string')}")
    industries = _counted(postings, "industry_raw")["industry_raw"].to_list()
    claims = match_claims(employers, employer_names, reference)
    employers = with_parents(employers, claims, reference)
    return Resolved(
        employers=employers,
        employer_names=employer_names,
        judgements=frame_of(judgements),
        places=resolve_places(places),
        industries=resolve_sectors(industries),
        claims=claims,
        possibly_same=possibly_same(employers, employer_names, judgements, reference),
    )


def _counted(postings: pl.LazyFrame, column: str) -> pl.DataFrame:
    return (
        postings.filter(pl.col(column).is_not_null())
        .group_by(column)
        .agg(pl.len().cast(pl.Int64).alias("postings"))
        .sort(column)
        .collect()
    )


def _stored(folder: WorkspaceFolder, stale: bool = False) -> Resolved:
    return Resolved(**{name: folder.read(name, schema) for name, schema in SCHEMAS.items()}, stale=stale)


def _inputs(folder: WorkspaceFolder, manifest: Manifest) -> str:
    digest = hashlib.sha256()
    for path in _reference_files(folder.reference_folder):
        digest.update(path.name.encode("utf-8"))
        digest.update(path.read_bytes())
    # Bytes, not judgements: to read thousands of names would slow every command down.
    judged = folder.root / JUDGEMENTS_FILE
    decided = hashlib.sha256(judged.read_bytes()).hexdigest() if judged.is_file() else ""
    extra = {"version": __version__, "reference": digest.hexdigest(), "judgements": decided}
    return stage_inputs(manifest.entries, ("postings",), extra)


def _reference_files(own: Path) -> Iterator[Path]:
    for folder in (shipped(REFERENCE), shipped(LISTS, "data"), lists_folder(own)):
        yield from sorted(folder.glob("*.csv"))
    yield from (own / name for name in (ALIASES, CODES) if (own / name).is_file())
