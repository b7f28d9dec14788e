"""The Python door: one object per workspace whose methods are the commands, answering in pandas.

Each method calls the same function as the command of its name; nothing is computed here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphcli.workspace.errors import unknown_name
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import State, StoreAddress
from graphcli.workspace.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from graphcli.graph.analysis.network import CSRGraph
    from graphcli.graph.tables import GraphTables


def open_workspace(path: str | Path = "workforce") -> Workspace:
    """Open a workspace folder; it is created by the first ``load``.

    Examples
    --------
    >>> open_workspace("workforce")
    Workspace('workforce')
    """
    return Workspace(path)


def selection_of(filters: Mapping[str, Any]) -> Selection:
    """Make a selection of keyword arguments.

    Raises
    ------
    UsageError
        There is no such filter; the nearest names are given.

    Examples
    --------
    >>> selection_of({"tier": "broad"}).tier
    'broad'
    """
    for name in filters:
        if name not in Selection.__dataclass_fields__:
            raise unknown_name("filter", name, Selection.__dataclass_fields__)
    source = filters.get("source", ())
    several = (source,) if isinstance(source, str) else tuple(source)
    return Selection(**{**filters, "source": several})


class Workspace:
    """A workspace and the questions it answers.

    Every method that answers with rows returns a pandas frame whose ``attrs`` hold ``parameters``,
    ``notes`` and ``run_id``. ``**filters`` are the shared filters of the command line by the names of
    ``Selection``: ``tier="broad"``, ``city="杭州"``, ``date_from=date(2025, 1, 1)``, ``source="zhaopin"``.

    Parameters
    ----------
    path
        The folder that holds the tables and the graph.
    """

    def __init__(self, path: str | Path = "workforce") -> None:
        self.folder = WorkspaceFolder(Path(path))
        self._state = State(self.folder, quiet=True, verbose=False, color=False)

    def __repr__(self) -> str:
        return f"Workspace({str(self.folder.root)!r})"

    def load(self, paths: str | Path | Iterable[str | Path], **options: Any) -> pd.DataFrame:
        """Load files, folders or globs; ``options`` are those of ``graphcli.loaders.load.load``."""
        from graphcli.loaders.load import load

        several = [paths] if isinstance(paths, (str, Path)) else list(paths)
        return load(self.folder, several, **options).to_pandas()

    def forget(self, source: str) -> None:
        """Take a source out again."""
        from graphcli.loaders.load import forget

        forget(self.folder, source)

    def issues(self, source: str | None = None) -> pd.DataFrame:
        """List every cell and row that was not read cleanly."""
        from graphcli.loaders.audit import issues

        return issues(self.folder, source).to_pandas()

    def import_list(
        self, path: str | Path, *, name: str | None = None, as_of: str | None = None
    ) -> pd.DataFrame:
        """Import an affiliation list; a malformed one names the row and imports nothing."""
        from graphcli.loaders.lists.listing import import_result

        return import_result(self.folder, Path(path), name, as_of).to_pandas()

    def check_definitions(self) -> pd.DataFrame:
        """Check every file in the workspace's reference folder, and list what is defined."""
        from graphcli.loaders.definitions.check import check_definitions

        return check_definitions(self.folder.reference_folder).to_pandas()

    def unknown_tags(self, *, minimum: int = 1) -> pd.DataFrame:
        """List the tags of the postings that no skill matches."""
        from graphcli.loaders.definitions.skills.unknown_tags import unknown_tags

        return unknown_tags(self.folder, minimum=minimum).to_pandas()

    def import_labels(
        self, path: str | Path, *, name: str | None = None, presets: Iterable[str] = ()
    ) -> pd.DataFrame:
        """Keep a filled-in sheet of labels and measure tiers, skills and presets on it."""
        from graphcli.loaders.definitions.labels import import_labels
        from graphcli.loaders.definitions.measure import measure

        return measure(self.folder, import_labels(self.folder, Path(path), name), tuple(presets)).to_pandas()

    def graph(self, **filters: Any) -> GraphTables:
        """Return the graph as tables: node frames by label and edge frames by type."""
        from graphcli.graph.build import graph_for

        return graph_for(self.folder, selection_of(filters))

    def postings(
        self, *, search: str | None = None, sample: int | None = None, seed: int = 0, **filters: Any
    ) -> pd.DataFrame:
        """List canonical postings; a sample comes with its texts and with columns to label it in."""
        from graphcli.graph.looking import postings

        selection = selection_of(filters)
        return postings(self.folder, selection, search=search, sample=sample, seed=seed).to_pandas()

    def employers(self, *, search: str | None = None, **filters: Any) -> pd.DataFrame:
        """List employers with their counts."""
        from graphcli.graph.looking import employers

        return employers(self.folder, selection_of(filters), search=search).to_pandas()

    def cities(self, **filters: Any) -> pd.DataFrame:
        """List cities with their counts and shares."""
        from graphcli.graph.looking import cities

        return cities(self.folder, selection_of(filters)).to_pandas()

    def skills(self, **filters: Any) -> pd.DataFrame:
        """List skills with their counts."""
        from graphcli.graph.looking import skills

        return skills(self.folder, selection_of(filters)).to_pandas()

    def sectors(self, *, divisions: bool = False, **filters: Any) -> pd.DataFrame:
        """List sectors with their counts; ``divisions``: those of GB/T 4754 instead of its sections."""
        from graphcli.graph.looking import sectors

        return sectors(self.folder, selection_of(filters), divisions=divisions).to_pandas()

    def show(self, name: str, **filters: Any) -> pd.DataFrame:
        """Show one employer, city, region or skill."""
        from graphcli.graph.show import show

        return show(self.folder, name, selection_of(filters)).to_pandas()

    def evidence(self, *references: str, **filters: Any) -> pd.DataFrame:
        """Show the posting and list rows behind references such as ``employer:…`` or ``edge:TYPE:…:…``."""
        from graphcli.graph.evidence import evidence

        return evidence(self.folder, references, selection_of(filters)).to_pandas()

    def claims(
        self, *, as_of: str = "today", employer: str | None = None, from_texts: bool = False
    ) -> pd.DataFrame:
        """List dated affiliation claims, or (``from_texts``) weak hints of posting texts, which are none."""
        from graphcli.loaders.resolve.listing import claims, hints_from_texts

        if from_texts:
            return hints_from_texts(self.folder, employer=employer).to_pandas()
        return claims(self.folder, as_of=as_of, employer=employer).to_pandas()

    def possibly_same(self) -> pd.DataFrame:
        """List pairs of employers whose names may mean one, the heaviest first; none of them is joined."""
        from graphcli.loaders.resolve.reviewing import possible

        return possible(self.folder).to_pandas()

    def judge(self, verdict: str, first: str, second: str, *, by: str = "", note: str = "") -> pd.DataFrame:
        """Judge two names of employers ``same``, ``different`` or ``unsure``; it holds over every rule."""
        from graphcli.loaders.resolve.employers.judging import judge

        return judge(self.folder, verdict, first, second, by=by, note=note).to_pandas()

    def undo_judgement(self, first: str, second: str, *, by: str = "", note: str = "") -> pd.DataFrame:
        """Take the latest judgement about two names back."""
        from graphcli.loaders.resolve.employers.judging import undo

        return undo(self.folder, first, second, by=by, note=note).to_pandas()

    def clusters(self, by: str = "", *, of: str = "employers", **options: Any) -> pd.DataFrame:
        """Find clusters: filters, and the options of ``graphcli.graph.analysis.clusters.clusters``.

        As the command does, it keeps a snapshot that ``show``, ``page`` and the filter ``cluster`` use.
        """
        from graphcli.graph.analysis.answers import clusters_answer
        from graphcli.graph.analysis.clusters import MIN_SIZE

        filters, rest = _split(options)
        settings = {"min_size": MIN_SIZE, "members": False, "match": None, **rest}
        return clusters_answer(
            self._state, filters, StoreAddress(None), no_build=False, write=False, of=of, by=by, **settings
        ).to_pandas()

    def central(self, measure: str = "pagerank", *, of: str = "employers", **options: Any) -> pd.DataFrame:
        """Rank central nodes: filters, and the options of ``graphcli.graph.analysis.central.central``."""
        from graphcli.graph.analysis.answers import central_answer

        filters, rest = _split(options)
        settings = {"top": None, "measure": measure, "of": of, **rest}
        return central_answer(
            self._state, filters, StoreAddress(None), no_build=False, write=False, **settings
        ).to_pandas()

    def network(self, of: str = "employers", *, by: str = "", **options: Any) -> CSRGraph:
        """Return the network that clusters stand on, as a graph that networkx functions take."""
        from graphcli.graph.analysis.network import network
        from graphcli.graph.build import graph_for

        filters, rest = _split(options)
        return network(graph_for(self.folder, filters), of, by, **rest)

    def query(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        uri: str | None = None,
        write: bool = False,
        timeout: float = 60.0,
    ) -> pd.DataFrame:
        """Run Cypher text on the embedded store, or on the Neo4j at ``uri``.

        Name and password for a Neo4j are those of ``NEO4J_USERNAME`` and ``NEO4J_PASSWORD``.

        Raises
        ------
        UsageError
            The statement is wrong, or writes without ``write=True``.
        """
        from graphcli.graph.stores.contract import open_store
        from graphcli.graph.stores.fresh import follow_workspace
        from graphcli.queries.run import run_text

        address = _address(uri)
        if uri is None:
            follow_workspace(self.folder, no_build=False)
        with open_store(address, self.folder, read_only=not write) as store:
            return run_text(
                store, self.folder, query, parameters or {}, write=write, timeout=timeout
            ).to_pandas()

    def push(self, uri: str | None = None, *, postings: bool = False, prune: bool = False) -> pd.DataFrame:
        """Bring the graph into the embedded store, or into the Neo4j at ``uri``, as a difference."""
        from graphcli.graph.stores.fresh import push_workspace

        return push_workspace(self.folder, _address(uri), postings=postings, prune=prune).to_pandas()

    def page(self, path: str | Path = "page.html", *, title: str | None = None, **filters: Any) -> Path:
        """Write the interactive page and return where it is."""
        from graphcli.graph.build import graph_for
        from graphcli.graph.page.write import TITLE, write_page

        graph = graph_for(self.folder, selection_of(filters))
        return write_page(self.folder, graph, Path(path), title=title or TITLE).path


def _split(options: Mapping[str, Any]) -> tuple[Selection, dict[str, Any]]:
    filters = {name: value for name, value in options.items() if name in Selection.__dataclass_fields__}
    return selection_of(filters), {name: value for name, value in options.items() if name not in filters}


def _address(uri: str | None) -> StoreAddress:
    if uri is None:
        return StoreAddress(None)
    return StoreAddress(
        uri,
        os.environ.get("NEO4J_USERNAME", "neo4j"),
        os.environ.get("NEO4J_PASSWORD"),
        os.environ.get("NEO4J_DATABASE"),
    )
