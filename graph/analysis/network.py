"""Networks that networkx's functions take: arrays inside, networkx's names outside."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graphcli.graph.analysis.incidence import incidence, node_table
from graphcli.graph.analysis.projection import MAX_PRODUCTS, NEIGHBOURS, project
from graphcli.graph.tables import GraphTables

if TYPE_CHECKING:
    import networkx as nx

BACKEND = "graphcli"


class CSRGraph:
    """A graph that cannot be changed, as one sparse matrix; networkx's functions dispatch to our arrays.

    ``nx.pagerank(G)`` and the functions that ``backend_info`` names run without conversion. For the
    others, set ``nx.config.fallback_to_nx = True`` or call :meth:`to_networkx`.

    Parameters
    ----------
    ids
        Node keys; row i of the matrix is ``ids[i]``.
    adjacency
        Entry (i, j) is the weight of the edge from i to j; symmetric unless ``directed``.
    attributes
        Node attributes: name → one value for each node.
    weight
        Name of the edge attribute that the entries are.
    graph
        Attributes of the graph itself, such as the parameters that made it.
    """

    __networkx_backend__ = BACKEND

    def __init__(
        self,
        ids: Sequence[Hashable],
        adjacency: sparse.csr_array,
        *,
        attributes: Mapping[str, Sequence[Any]] | None = None,
        weight: str = "weight",
        directed: bool = False,
        graph: Mapping[str, Any] | None = None,
    ) -> None:
        self.ids = tuple(ids)
        self.adjacency_matrix = adjacency
        self.attributes = dict(attributes or {})
        self.weight = weight
        self.graph = dict(graph or {})
        self._directed = directed
        self._index = {key: index for index, key in enumerate(self.ids)}
        if directed:
            self._succ = self._adj

    def matrix(self, weight: str | None) -> sparse.csr_array:
        """Return the matrix of an edge attribute; every edge weighs 1 where it is not ours."""
        if weight == self.weight:
            return self.adjacency_matrix
        plain = sparse.csr_array(self.adjacency_matrix, copy=True)
        plain.data = np.ones(plain.nnz)
        return plain

    def vector(self, values: Mapping[Hashable, float], default: float = 0.0) -> NDArray[np.float64]:
        """Put a value for each node in the order of the matrix."""
        return np.array([values.get(key, default) for key in self.ids], dtype=np.float64)

    def by_node(self, values: NDArray[Any]) -> dict[Hashable, Any]:
        """Name the entries of a vector by their nodes."""
        return dict(zip(self.ids, values.tolist(), strict=True))

    def index_of(self, node: Hashable) -> int:
        """Row of a node."""
        return self._index[node]

    @property
    def has_self_loops(self) -> bool:
        """Whether any node is linked to itself."""
        return bool(self.adjacency_matrix.diagonal().any())

    def to_networkx(self) -> nx.Graph[Any]:
        """Copy into a plain ``networkx.Graph`` (or ``DiGraph``)."""
        import networkx as nx

        copy: nx.Graph[Any] = nx.DiGraph() if self._directed else nx.Graph()
        copy.graph.update(self.graph)
        copy.add_nodes_from(self._node.items())
        entries = self.adjacency_matrix.tocoo()
        keep = slice(None) if self._directed else entries.row <= entries.col
        copy.add_weighted_edges_from(
            (
                (self.ids[row], self.ids[column], value)
                for row, column, value in zip(
                    entries.row[keep].tolist(),
                    entries.col[keep].tolist(),
                    entries.data[keep].tolist(),
                    strict=True,
                )
            ),
            weight=self.weight,
        )
        return copy

    # What networkx's own views and functions ask a graph for.

    @property
    def _adj(self) -> _Adjacency:
        return _Adjacency(self)

    @property
    def _node(self) -> dict[Hashable, dict[str, Any]]:
        columns = self.attributes.items()
        return {key: {name: values[index] for name, values in columns} for index, key in enumerate(self.ids)}

    @property
    def adj(self) -> _Adjacency:
        """Node → neighbour → edge attributes."""
        return self._adj

    @property
    def nodes(self) -> Any:
        """View of the nodes, as networkx gives it."""
        from networkx.classes.reportviews import NodeView

        return NodeView(self)  # type: ignore[arg-type]

    @property
    def edges(self) -> Any:
        """View of the edges, as networkx gives it."""
        from networkx.classes.reportviews import EdgeView, OutEdgeView

        return OutEdgeView(self) if self._directed else EdgeView(self)  # type: ignore[arg-type]

    @property
    def degree(self) -> Any:
        """View of the degrees, as networkx gives it."""
        from networkx.classes.reportviews import DegreeView, OutDegreeView

        return OutDegreeView(self) if self._directed else DegreeView(self)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """Name of the graph."""
        return str(self.graph.get("name", ""))

    def is_directed(self) -> bool:
        """Whether edges have a direction."""
        return self._directed

    def is_multigraph(self) -> bool:
        """Say no: two nodes have at most one edge."""
        return False

    def number_of_nodes(self) -> int:
        """Count the nodes."""
        return len(self.ids)

    order = number_of_nodes

    def number_of_edges(self) -> int:
        """Count the edges."""
        stored = int(self.adjacency_matrix.nnz)
        if self._directed:
            return stored
        rows = np.repeat(np.arange(len(self.ids)), np.diff(self.adjacency_matrix.indptr))
        loops = int((rows == self.adjacency_matrix.indices).sum())
        return (stored + loops) // 2

    def size(self, weight: str | None = None) -> float:
        """Count the edges, or sum their weights."""
        if weight is None:
            return self.number_of_edges()
        matrix = self.matrix(weight)
        total = float(matrix.sum())
        return total if self._directed else (total + float(matrix.diagonal().sum())) / 2

    def has_node(self, node: Hashable) -> bool:
        """Whether there is such a node."""
        return node in self._index

    def has_edge(self, start: Hashable, end: Hashable) -> bool:
        """Whether the nodes are linked."""
        return start in self._index and end in self._adj[start]

    def neighbors(self, node: Hashable) -> Iterator[Hashable]:
        """Iterate over the neighbours of a node."""
        return iter(self._adj[node])

    successors = neighbors

    def get_edge_data(self, start: Hashable, end: Hashable, default: Any = None) -> Any:
        """Return an edge's attributes."""
        return self._adj[start].get(end, default) if start in self._index else default

    def adjacency(self) -> Iterator[tuple[Hashable, Mapping[Hashable, dict[str, float]]]]:
        """Iterate over nodes with their neighbours."""
        return iter(self._adj.items())

    def nbunch_iter(self, nbunch: Any = None) -> Iterator[Hashable]:
        """Iterate over the nodes of a bunch that are in the graph."""
        if nbunch is None:
            return iter(self.ids)
        if isinstance(nbunch, Hashable) and nbunch in self._index:
            return iter([nbunch])
        return (node for node in nbunch if node in self._index)

    def __getitem__(self, node: Hashable) -> Mapping[Hashable, dict[str, float]]:
        return self._adj[node]

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.ids)

    def __contains__(self, node: object) -> bool:
        try:
            return node in self._index
        except TypeError:
            return False

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        kind = "directed " if self._directed else ""
        return f"<{kind}CSRGraph: {len(self):,} nodes, {self.number_of_edges():,} edges>"


class _Adjacency(Mapping[Hashable, Mapping[Hashable, dict[str, float]]]):
    """Neighbours by node, made when they are asked for."""

    def __init__(self, graph: CSRGraph) -> None:
        self._graph = graph

    def __getitem__(self, node: Hashable) -> Mapping[Hashable, dict[str, float]]:
        graph, matrix = self._graph, self._graph.adjacency_matrix
        row = graph.index_of(node)
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, values = matrix.indices[part].tolist(), matrix.data[part].tolist()
        return {
            graph.ids[column]: {graph.weight: value} for column, value in zip(columns, values, strict=True)
        }

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._graph.ids)

    def __len__(self) -> int:
        return len(self._graph.ids)


def network(
    graph: GraphTables,
    of: str = "employers",
    by: str = "",
    *,
    similarity: str = "cosine",
    neighbours: int = NEIGHBOURS,
    max_products: int = MAX_PRODUCTS,
    max_share: float = 1.0,
) -> CSRGraph:
    """Make the similarity network of a kind of node, ready for networkx's functions.

    Nodes are the keys of the graph tables (employer ids, adcodes, skill ids) with a ``name``; edges
    carry ``weight``. ``clusters`` stands on ``similarity="cosine"``, ``central`` on ``"overlap"``.
    Parameters are those of :func:`graphcli.graph.analysis.projection.project`.

    Examples
    --------
    >>> import networkx as nx
    >>> G = network(GraphTables.of({}, {}))
    >>> len(G), nx.pagerank(G)
    (0, {})
    """
    table = incidence(graph, of, by)
    projection = project(
        table,
        similarity=similarity,
        neighbours=neighbours,
        max_products=max_products,
        max_share=max_share,
    )
    names = node_table(graph, of)["name"].to_list()
    about = {"of": of, "by": table.by, "similarity": similarity, "neighbours": neighbours}
    return CSRGraph(projection.ids, projection.adjacency, attributes={"name": names}, graph=about)
