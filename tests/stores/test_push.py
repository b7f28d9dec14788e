"""One contract for every store: what is pushed comes back, and a push is exactly the difference."""

from __future__ import annotations

import polars as pl
import pytest
from store_fixtures import assert_same_graph, market, without

from graphcli.graph.stores.push import push
from graphcli.workspace.errors import UsageError


def totals(result):
    return {name: int(result.frame[name].sum()) for name in ("created", "updated", "unchanged", "removed")}


def size(graph):
    return sum(len(frame) for frame in (*graph.nodes.values(), *graph.edges.values()))


def test_pushed_graph_comes_back_exactly(place):
    graph = market()
    with place.open() as store:
        result = push(graph, store, "s1")
        assert totals(result) == {"created": size(graph), "updated": 0, "unchanged": 0, "removed": 0}
        assert_same_graph(graph, store.read_graph("s1"))
    with place.open(read_only=True) as store:
        assert_same_graph(graph, store.read_graph())
