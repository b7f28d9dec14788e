"""Postings for an answer: brings the workspace up to date, then selects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import polars as pl

from graphcli.graph.freshness import Current, Say, current, reference_folder
from graphcli.graph.material import Selected
from graphcli.graph.select_rows import select_rows
from graphcli.workspace.errors import unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.selection import Selection

__all__ = ["Selected", "select_postings", "selected_from"]


def select_postings(
    folder: WorkspaceFolder,
    selection: Selection,
    *,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Selected:
    """Select postings of a workspace, joined with employers, places, sectors and flags.

    Raises
    ------
    UsageError
        Nothing is loaded, or a filter names something that does not exist.
    """
    return selected_from(current(folder, no_build=no_build, say=say), selection)


def selected_from(state: Current, selection: Selection) -> Selected:
    """Select from a workspace that was already brought up to date and read."""
    selected = select_rows(
        state.material,
        state.facts,
        selection,
        cluster_members(state.folder, selection.cluster),
        adaptive_preset(state, selection),
    )
    if selection.cluster is None:
        return selected
    # A bare number means another cluster after the next run, so the run is named.
    keys = {**named(selected), "cluster": cluster_reference(state.folder, selection.cluster)}
    return replace(selected, parameters={**selected.parameters, "keys": keys})


def named(selected: Selected) -> Mapping[str, str]:
    """Keys that the names in the filters were read as."""
    keys = selected.parameters["keys"]
    assert isinstance(keys, dict)
    return keys


def cluster_reference(folder: WorkspaceFolder, cluster: str) -> str:
    """Full reference of a cluster that is given by number or by reference."""
    from graphcli.graph.analysis.snapshot import latest_run

    return cluster if ":" in cluster else f"cluster:{latest_run(folder)}:{cluster.strip()}"


def cluster_members(folder: WorkspaceFolder, cluster: str | None) -> frozenset[str] | None:
    """Employers of the cluster that a filter names, from the snapshot of the last ``clusters`` run."""
    if cluster is None:
        return None
    from graphcli.graph.analysis import snapshot

    return frozenset(snapshot.cluster_members(folder, cluster))


def adaptive_preset(state: Current, selection: Selection) -> Callable[[pl.DataFrame], pl.Series] | None:
    """How a preset judges that weighs skills by the postings at hand; ``None`` for all others.

    Raises
    ------
    UsageError
        There is no such preset.
    """
    if selection.preset == "tiers":
        return None
    from graphcli.loaders.definitions.presets import babina, load_presets

    presets = load_presets(reference_folder(state.folder))
    if selection.preset not in presets:
        raise unknown_name("preset", selection.preset, presets)
    preset = presets[selection.preset]
    return partial(babina, preset=preset) if preset.adaptive else None
