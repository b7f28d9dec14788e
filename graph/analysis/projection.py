"""Who is like whom: the similarity network of one kind of node by another, sparse from start to end.

A plain projection of a skill that 3,000 employers require makes 4.5 million edges. Here each row keeps
its k most similar profiles, and the work is estimated before it is begun.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graphcli.graph.analysis.incidence import Incidence
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.identity import stable_hash

NEIGHBOURS = 15
# About 100 seconds on one core of 2025.
MAX_PRODUCTS = 30_000_000_000
# Candidates beyond k that are fetched so that ties at the k-th place are settled by hash, not by order.
TIE_SLACK = 16
SIMILARITY_DIGITS = 9
SIMILARITIES = ("cosine", "overlap")


@dataclass(frozen=True)
class Projection:
    """A symmetric weighted network over ``ids`` (sorted).

    Attributes
    ----------
    adjacency
        Similarities above 0 (cosines at most 1), zero diagonal, sorted indices.
    products
        Multiplications that the similarities took.
    profile
        Number of each row's profile, the same for rows that are just alike; -1 for blank rows.
    blank
        Which rows have no column (employers without a skill): they have no edge by definition.
    """

    ids: tuple[str, ...]
    adjacency: sparse.csr_array
    products: int
    profile: NDArray[np.int64]
    blank: NDArray[np.bool_]


def project(
    incidence: Incidence,
    *,
    similarity: str = "cosine",
    neighbours: int = NEIGHBOURS,
    max_products: int = MAX_PRODUCTS,
    max_share: float = 1.0,
) -> Projection:
    """Link each row with the rows of its most similar profiles.

    Profiles are TF-IDF weights ``(1 + ln n) · ln(1 + N/df)``: n postings of the row with the column, df
    of N rows have the column (Salton & Buckley 1988, doi:10.1016/0306-4573(88)90021-0). ``cosine`` is
    the product of two profiles of length 1: what they ask for, whatever their size. ``overlap`` is
    the product of the profiles as they are: how much they ask for together, so that large and broad
    rows are close to many.

    Rows with the very same profile count as one for the choice of neighbours: each row is linked to
    one row of each of its ``neighbours`` nearest other profiles and to up to ``neighbours`` of its
    own. Ties and the row within a profile are chosen by a hash of the ids, so that neither the order
    of the input nor a low id decides. The network is symmetric: a link of either side is a link.

    Parameters
    ----------
    similarity
        ``cosine`` or ``overlap``.
    neighbours
        Nearest profiles kept for each row (k).
    max_products
        Largest number of multiplications to begin.
    max_share
        Columns that more than this share of the rows have are left out; 1 keeps all. This makes the
        work smaller and changes the answer.

    Raises
    ------
    UsageError
        A parameter is out of range, or the work is estimated above ``max_products``.
    """
    if similarity not in SIMILARITIES:
        raise unknown_name("similarity", similarity, SIMILARITIES)
    if neighbours < 1:
        raise UsageError("the number of neighbours must be at least 1")
    if not 0 < max_share <= 1:
        raise UsageError("--max-share must be above 0 and at most 1")
    size = len(incidence.ids)
    profiles = weighted_profiles(without_common(incidence.counts, max_share), similarity)
    blank = np.diff(profiles.indptr) == 0
    group, first = _equal_rows(profiles)
    distinct = sparse.csr_array(profiles[first])
    products = estimate_products(distinct)
    if products > max_products:
        raise UsageError(
            f"the projection of {size:,} {incidence.of} takes {products:,} products, above the limit of "
            f"{max_products:,}; raise it with --max-products {products}, or leave out common "
            f"{incidence.by} with --max-share 0.02"
        )
    hashes = _hashes([incidence.ids[index] for index in first])
    left, right, weight = _nearest(distinct, neighbours, hashes)
    members = _Members(group, len(first))
    rows, columns, values = members.expand(left, right, weight, hashes)
    ring_rows, ring_columns = members.rings(neighbours)
    rows, columns = np.concatenate([rows, ring_rows]), np.concatenate([columns, ring_columns])
    own = np.round(profiles.multiply(profiles).sum(axis=1), SIMILARITY_DIGITS)
    values = np.concatenate([values, own[ring_rows]])
    return Projection(incidence.ids, _symmetric(rows, columns, values, size), products, group, blank)


def bipartite(table: Incidence) -> sparse.csr_array:
    """Adjacency of rows and columns together, rows first; an edge is there or not, counts do not weigh."""
    there = sparse.csr_array(table.counts, copy=True)
    there.data = np.ones_like(there.data)
    adjacency = sparse.csr_array(sparse.block_array([[None, there], [there.T, None]], format="csr"))
    adjacency.sort_indices()
    return adjacency


def estimate_products(profiles: sparse.csr_array) -> int:
    """Multiplications of the product of a matrix with its transpose: the sum of squared column counts."""
    frequency = np.bincount(profiles.indices, minlength=profiles.shape[1]).astype(np.int64)
    return int((frequency**2).sum())


def weighted_profiles(counts: sparse.csr_array, similarity: str = "cosine") -> sparse.csr_array:
    """TF-IDF profiles from posting counts, of length 1 for ``cosine``; blank rows stay zero."""
    profiles = counts.astype(np.float64, copy=True)
    profiles.eliminate_zeros()
    profiles.sort_indices()
    frequency = np.bincount(profiles.indices, minlength=profiles.shape[1])
    entries = np.diff(profiles.indptr)
    weight = np.log1p(int((entries > 0).sum()) / np.maximum(frequency, 1))
    # Estimated counts may lie below 1, where 1 + ln n would turn negative.
    term = np.where(profiles.data >= 1, 1 + np.log(np.maximum(profiles.data, 1)), profiles.data)
    profiles.data = term * weight[profiles.indices]
    if similarity == "cosine":
        length = np.sqrt(profiles.multiply(profiles).sum(axis=1))
        profiles.data = profiles.data / np.repeat(length, entries)
    return profiles


def without_common(counts: sparse.csr_array, max_share: float) -> sparse.csr_array:
    """Leave out columns that more than a share of the rows have."""
    if max_share >= 1:
        return counts
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rows = max(int((np.diff(counts.indptr) > 0).sum()), 1)
    keep = (frequency / rows <= max_share).astype(np.float64)
    kept = sparse.csr_array(counts @ sparse.diags_array(keep))
    kept.eliminate_zeros()
    return kept


def _equal_rows(profiles: sparse.csr_array) -> tuple[NDArray[np.int64], list[int]]:
    """Number the distinct rows in order of appearance; blank rows get -1."""
    group = np.full(profiles.shape[0], -1, dtype=np.int64)
    seen: dict[bytes, int] = {}
    first: list[int] = []
    pointer, indices = profiles.indptr, profiles.indices
    data = np.round(profiles.data, SIMILARITY_DIGITS)
    for row in range(profiles.shape[0]):
        part = slice(pointer[row], pointer[row + 1])
        if part.start == part.stop:
            continue
        number = seen.setdefault(indices[part].tobytes() + data[part].tobytes(), len(first))
        if number == len(first):
            first.append(row)
        group[row] = number
    return group, first


def _hashes(ids: list[str]) -> NDArray[np.uint64]:
    return np.array([int(stable_hash(key), 16) for key in ids], dtype=np.uint64)


def _pair_hash(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix two hashes without regard to their order (the finaliser of splitmix64)."""
    mixed = (one ^ other) + (one + other) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    final: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return final


def _nearest(
    profiles: sparse.csr_array, neighbours: int, hashes: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """For each row its most similar other rows: similarity first, then the hash of the pair."""
    from sparse_dot_topn import sp_matmul_topn

    size = profiles.shape[0]
    if size < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    wanted = min(size, neighbours + 1 + TIE_SLACK)
    matrix = sparse.csr_matrix(profiles)
    found = sp_matmul_topn(matrix, matrix.T.tocsr(), top_n=wanted, threshold=0.0, n_threads=1).tocoo()
    keep = found.row != found.col
    left, right = found.row[keep].astype(np.int64), found.col[keep].astype(np.int64)
    value = np.round(found.data[keep], SIMILARITY_DIGITS)
    order = np.lexsort((right, _pair_hash(hashes[left], hashes[right]), -value, left))
    left, right, value = left[order], right[order], value[order]
    rank = np.arange(len(left)) - np.searchsorted(left, left)
    best = (rank < neighbours) & (value > 0)
    return left[best], right[best], value[best]


class _Members:
    """Rows by the distinct profile they have."""

    def __init__(self, group: NDArray[np.int64], groups: int) -> None:
        held = np.flatnonzero(group >= 0)
        self.rows = held[np.argsort(group[held], kind="stable")]
        self.size = np.bincount(group[held], minlength=groups)
        self.start = np.concatenate([[0], np.cumsum(self.size)[:-1]]).astype(np.int64)

    def expand(
        self,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        weight: NDArray[np.float64],
        hashes: NDArray[np.uint64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Turn links between profiles into links between rows, spread evenly over the target's rows."""
        repeat = self.size[left]
        place = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
        offset = (_pair_hash(hashes[left], hashes[right]) % np.uint64(2**31)).astype(np.int64)
        left, right, offset = (np.repeat(part, repeat) for part in (left, right, offset))
        rows = self.rows[self.start[left] + place]
        columns = self.rows[self.start[right] + (place + offset) % self.size[right]]
        return rows, columns, np.repeat(weight, repeat)

    def rings(self, neighbours: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Link the rows of one profile with up to about ``neighbours`` of each other, all alike."""
        rows, columns = [], []
        for number in np.flatnonzero(self.size > 1):
            part = self.rows[self.start[number] : self.start[number] + self.size[number]]
            for step in _ring_steps(len(part), (neighbours + 1) // 2):
                rows.append(part)
                columns.append(np.roll(part, -step))
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate(rows), np.concatenate(columns)


def _ring_steps(size: int, wanted: int) -> list[int]:
    """Steps to both sides around a ring of ``size`` rows: near and far ones, so that no arc is a group."""
    furthest = size // 2
    if furthest <= wanted:
        return list(range(1, furthest + 1))
    steps = set(np.unique(np.geomspace(1, furthest, wanted).round().astype(int)).tolist())
    unused = (step for step in range(1, furthest + 1) if step not in steps)
    return sorted(steps.union(next(unused) for _ in range(wanted - len(steps))))


def _symmetric(
    rows: NDArray[np.int64], columns: NDArray[np.int64], values: NDArray[np.float64], size: int
) -> sparse.csr_array:
    """Keep the larger weight of both directions, and of links that were found twice."""
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    order = np.lexsort((-values, high, low))
    low, high, values = low[order], high[order], values[order]
    new = np.ones(len(low), dtype=bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    low, high, values = low[new], high[new], values[new]
    ends = (np.concatenate([low, high]).astype(np.int32), np.concatenate([high, low]).astype(np.int32))
    adjacency = sparse.csr_array((np.concatenate([values, values]), ends), shape=(size, size))
    adjacency.sort_indices()
    return adjacency
