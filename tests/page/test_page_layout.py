"""The layout: the same graph gives the same picture, discs and nodes stay apart, and it is quick."""

from __future__ import annotations

import random
import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.graph.page.layout import layout


def invent(size: int, groups: int, links: int, seed: int):
    chance = random.Random(seed)
    group_of = [index % groups for index in range(size)]
    radii = [chance.uniform(4, 20) for _ in range(size)]
    edges = [(chance.randrange(size), chance.randrange(size), chance.uniform(0.1, 5)) for _ in range(links)]
    return group_of, radii, [edge for edge in edges if edge[0] != edge[1]]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 120), st.integers(0, 1000))
def test_places_are_finite_and_discs_stay_apart(size, groups, links, seed):
    group_of, radii, edges = invent(size, min(groups, size), links, seed)
    places, discs = layout(group_of, radii, edges)
    assert places.shape == (size, 2)
    assert np.isfinite(places).all()
    for first in range(len(discs)):
        for second in range(first):
            a, b = discs[first], discs[second]
            assert np.hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius
    for group, (x, y) in zip(group_of, places, strict=True):
        assert np.hypot(x - discs[group].x, y - discs[group].y) <= discs[group].radius + 0.5


def test_the_same_graph_gives_the_same_places():
    graph = invent(120, 5, 400, 3)
    first, _ = layout(*graph, seed=1)
    again, _ = layout(*graph, seed=1)
    other, _ = layout(*graph, seed=2)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_nodes_do_not_cover_each_other():
    group_of, radii, edges = invent(300, 4, 900, 5)
    places, _ = layout(group_of, radii, edges)
    distance = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    touch = np.add.outer(radii, radii)
    overlapping = np.triu(distance < touch * 0.95, 1).sum()
    assert overlapping <= 3


def test_four_hundred_nodes_take_less_than_five_seconds():
    graph = invent(400, 3, 2500, 5)
    started = time.process_time()
    layout(*graph)
    assert time.process_time() - started < 5


def test_an_empty_graph_has_an_empty_layout():
    places, discs = layout([], [], [])
    assert places.shape == (0, 2)
    assert discs == []
