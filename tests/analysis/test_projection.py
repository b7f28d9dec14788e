"""The similarity network against brute force, its ties, its limit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graphcli.graph.analysis.incidence import Incidence, incidence
from graphcli.graph.analysis.projection import estimate_products, project, weighted_profiles
from graphcli.workspace.errors import UsageError

COUNTS = st.integers(1, 12).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0, 0, 0, 1, 2, 7]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=14,
    )
)


def table(rows) -> Incidence:
    counts = sparse.csr_array(np.array(rows, dtype=float))
    ids = tuple(f"e{index:02}" for index in range(counts.shape[0]))
    return Incidence("employers", "skills", ids, tuple(map(str, range(counts.shape[1]))), counts)


def slow_similarity(rows, similarity):
    """TF-IDF products by the formula, without any matrix."""
    size = len(rows)
    filled = sum(1 for row in rows if any(row))
    frequency = [sum(1 for row in rows if row[column]) for column in range(len(rows[0]))]
    profile = [
        [(1 + math.log(n)) * math.log(1 + filled / frequency[c]) if n else 0.0 for c, n in enumerate(row)]
        for row in rows
    ]
    if similarity == "cosine":
        profile = [[x / (math.hypot(*row) or 1) for x in row] for row in profile]
    return [
        [sum(a * b for a, b in zip(profile[i], profile[j], strict=True)) for j in range(size)]
        for i in range(size)
    ]


@given(COUNTS, st.sampled_from(["cosine", "overlap"]))
@settings(max_examples=60, deadline=None)
def test_with_room_for_all_every_similar_pair_of_different_profiles_is_linked_at_its_similarity(
    rows, similarity
):
    expected = slow_similarity(rows, similarity)
    found = project(table(rows), similarity=similarity, neighbours=50).adjacency.toarray()
    profiles = weighted_profiles(table(rows).counts, similarity).toarray().round(9)
    for i in range(len(rows)):
        assert found[i, i] == 0
        for j in range(i):
            if found[i, j]:
                assert found[i, j] == pytest.approx(expected[i][j], abs=1e-8)
            sizes = [sum((profiles == profiles[x]).all(axis=1)) for x in (i, j)]
            if sizes == [1, 1] and expected[i][j] > 1e-6:
                assert found[i, j] > 0
            if expected[i][j] < 1e-12:
                assert found[i, j] == 0


@given(COUNTS, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_the_network_is_symmetric_and_nobody_chooses_more_than_k(rows, neighbours):
    found = project(table(rows), neighbours=neighbours)
    matrix = found.adjacency
    assert (matrix != matrix.T).nnz == 0
    assert (matrix.data > 0).all()
    # k chosen by each row, and a ring of at most k + 1 within a profile.
    assert matrix.nnz / 2 <= len(rows) * (2 * neighbours + 1)
    assert found.blank.tolist() == [not any(row) for row in rows]


def test_the_nearest_are_kept():
    rows = [[9, 9, 9, 0], [9, 9, 8, 0], [9, 0, 0, 1], [0, 0, 3, 9], [0, 0, 0, 9]]
    best = project(table(rows), neighbours=1).adjacency.toarray()
    full = np.array(slow_similarity(rows, "cosine"))
    np.fill_diagonal(full, 0)
    for i in range(len(rows)):
        assert best[i, int(full[i].argmax())] > 0


def test_rows_of_one_profile_are_alike_and_none_becomes_a_hub():
    rows = [[1, 0, 0]] * 200 + [[1, 1, 0]] * 3 + [[0, 1, 1]] * 3
    degree = np.diff(project(table(rows), neighbours=6).adjacency.indptr)
    assert degree[:200].min() >= 6
    assert degree[:200].max() <= 12


def test_renaming_the_columns_changes_nothing(planted):
    straight = incidence(planted)
    turned = Incidence(
        straight.of,
        straight.by,
        straight.ids,
        straight.by_ids[::-1],
        sparse.csr_array(straight.counts[:, ::-1]),
    )
    one, other = project(straight).adjacency, project(turned).adjacency
    assert (abs(one - other) > 1e-8).nnz == 0


def test_the_work_is_estimated_exactly_and_refused_with_the_figure():
    rows = [[1, 1, 0], [1, 0, 1], [1, 2, 0]]
    assert estimate_products(table(rows).counts) == 3**2 + 2**2 + 1
    with pytest.raises(UsageError, match=r"takes 14 products.*--max-products 14.*--max-share"):
        project(table(rows), max_products=13)
    assert project(table(rows), max_products=14).products == 14


def test_common_columns_are_left_out_only_on_demand():
    rows = [[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0]]
    assert project(table(rows)).adjacency[0, 2] > 0 or project(table(rows)).adjacency[0, 3] > 0
    reduced = project(table(rows), max_share=0.6).adjacency.toarray()
    assert not reduced[:2, 2:].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"neighbours": 0}, "at least 1"),
        ({"max_share": 0.0}, "--max-share"),
        ({"similarity": "cosin"}, "did you mean cosine"),
    ],
)
def test_wrong_parameters_name_the_way_out(options, message):
    with pytest.raises(UsageError, match=message):
        project(table([[1]]), **options)


def test_kinds_without_a_relationship_are_estimated_through_employers(planted):
    found = incidence(planted, "cities", "skills")
    assert found.estimated
    requires = incidence(planted, "employers", "skills").counts
    # Every employer here has a city, so no posting is lost and none is counted twice.
    assert found.counts.sum() == pytest.approx(requires.sum())


def test_a_kind_is_not_compared_with_itself(planted):
    with pytest.raises(UsageError, match="compare them by one of"):
        incidence(planted, "skills", "skills")
    with pytest.raises(UsageError, match="did you mean employers"):
        incidence(planted, "employer", "skills")
