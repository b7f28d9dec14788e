"""One contract for every store: what is pushed comes back, and a push is exactly the difference."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from store_fixtures import HOSTILE, assert_same_graph, large, market, without

from graphcli.graph.schema import RELATIONSHIPS
from graphcli.graph.stores import push as pushing
from graphcli.graph.stores.diff import with_fingerprint
from graphcli.graph.stores.push import push
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import DataContractError, UsageError

SAY = "MATCH (n) WHERE n.scope = $scope RETURN count(n) AS n"


def totals(result):
    return {name: int(result.frame[name].sum()) for name in ("created", "updated", "unchanged", "removed")}


def counts(**given):
    return {"created": 0, "updated": 0, "unchanged": 0, "removed": 0} | given


def size(graph):
    return sum(len(frame) for frame in (*graph.nodes.values(), *graph.edges.values()))


def changed(graph, label, key, value, **columns):
    nodes = dict(graph.nodes)
    for name, new in columns.items():
        same = pl.col(key) == value
        nodes[label] = nodes[label].with_columns(pl.when(same).then(new).otherwise(pl.col(name)).alias(name))
    return GraphTables.of(nodes, graph.edges, graph.run_id)


def no_writing(store):
    def refuse(*arguments, **names):
        raise AssertionError("a push without a difference must not write")

    store.write = refuse


def test_pushed_graph_comes_back_exactly(place):
    graph = market()
    with place.open() as store:
        result = push(graph, store, "s1")
        assert totals(result) == counts(created=size(graph))
        assert_same_graph(graph, store.read_graph("s1"))
    with place.open(read_only=True) as store:
        assert_same_graph(graph, store.read_graph())
        names = {row["name"] for row in store.read("MATCH (e:Employer) RETURN e.name AS name")}
        assert names >= set(HOSTILE)


def test_counts_are_by_label_and_type(place):
    graph = market()
    with place.open() as store:
        frame = push(graph, store, "s1").frame
    assert frame.columns == ["label_or_type", "created", "updated", "unchanged", "removed"]
    created = dict(frame.select("label_or_type", "created").iter_rows())
    assert created["Employer"] == 20
    assert created["IN_SECTOR"] == 23
    assert created["AFFILIATED_WITH"] == 7
    assert "Posting" not in created


def test_second_push_is_all_zeros_and_writes_nothing(place):
    graph = market()
    with place.open() as store:
        push(graph, store, "s1")
    with place.open() as store:
        no_writing(store)
        assert totals(push(graph, store, "s1")) == counts(unchanged=size(graph))
    with place.open(read_only=True) as store:
        assert totals(push(graph, store, "s1")) == counts(unchanged=size(graph))


def test_push_is_exactly_the_difference(place):
    graph = market()
    after = changed(graph, "Employer", "id", "e05", postings=999, name_en=pl.lit(None, dtype=pl.String))
    after = without(after, "Employer", "id", pl.col("id") != "e19")
    after = GraphTables.of(
        {
            **after.nodes,
            "City": pl.concat(
                [after.nodes["City"], after.nodes["City"][:1].with_columns(adcode=pl.lit("429004"))]
            ),
        },
        {**after.edges, "POSSIBLY_SAME": after.edges["POSSIBLY_SAME"].with_columns(score=0.5)},
    )
    gone = size(graph) + 1 - size(after)
    with place.open() as store:
        push(graph, store, "s1")
        dry = push(after, store, "s1", dry_run=True)
        result = push(after, store, "s1")
        assert_frame_equal(dry.frame, result.frame)
        assert totals(result) == counts(created=1, updated=2, removed=gone, unchanged=size(graph) - 2 - gone)
        assert_same_graph(after, store.read_graph("s1"))
        assert totals(push(after, store, "s1")) == counts(unchanged=size(after))


def test_foreign_nodes_edges_and_properties_stay(place):
    graph = market()
    with place.open() as store:
        push(graph, store, "s1")
        for text in (
            "MATCH (e:Employer {id: 'e03'}) SET e.cluster = 7, e.pagerank = 0.25",
            "MATCH (:Employer {id: 'e03'})-[r:HIRES_IN]->(:City) SET r.note = 'mine'",
            "CREATE (:City {adcode: '110000', name: 'my own'})",
            "CREATE (:City {scope: 'somebody', adcode: '110000', name: 'theirs'})",
            "MATCH (e:Employer {id: 'e03'}) CREATE (:Note {text: 'x'})-[:ABOUT]->(e)",
            "MATCH (e:Employer {id: 'e03'}), (c:City {scope: 's1', adcode: '510100'})"
            " CREATE (e)-[:HIRES_IN {note: 'mine'}]->(c)",
        ):
            store.write(text)
        after = changed(graph, "Employer", "id", "e03", postings=1234)
        assert totals(push(after, store, "s1"))["updated"] == 1
        assert_same_graph(after, store.read_graph("s1"))
        read = store.read(
            "MATCH (:Note)-[:ABOUT]->(e:Employer) RETURN e.cluster AS c, e.pagerank AS p, e.postings AS n"
        )
        assert read == [{"c": 7, "p": 0.25, "n": 1234}]
        notes = "MATCH (:Employer)-[r:HIRES_IN]->(:City) WHERE r.note = 'mine' RETURN count(r) AS n"
        mine = store.read(notes)
        names = "MATCH (c:City {adcode: '110000'}) RETURN c.name AS name ORDER BY name"
        assert [row["name"] for row in store.read(names)] == ["my own", "theirs", "北京"]
        push(GraphTables.of({}, {}), store, "s1", prune=True)
        assert store.read(SAY, {"scope": "s1"}) == [{"n": 0}]
        assert [row["name"] for row in store.read(names)] == ["my own", "theirs"]
        assert store.read("MATCH (n:Note)-[:ABOUT]->(e:Employer) RETURN e.id AS id") == [{"id": "e03"}]
        assert mine[0]["n"] >= 2


def test_a_node_that_somebody_needs_comes_back_with_what_hangs_on_it(place):
    graph = market()
    with place.open() as store:
        push(graph, store, "s1")
        store.write(
            "MATCH (e:Employer {id: 'e19'}) SET e.cluster = 7 CREATE (:Note {text: 'x'})-[:ABOUT]->(e)"
        )
        result = push(without(graph, "Employer", "id", pl.col("id") != "e19"), store, "s1")
        assert "1 nodes left the graph but stay" in result.notes[0]
        assert_same_graph(without(graph, "Employer", "id", pl.col("id") != "e19"), store.read_graph("s1"))
        assert (
            totals(push(without(graph, "Employer", "id", pl.col("id") != "e19"), store, "s1"))["removed"] == 0
        )
        push(graph, store, "s1")
        assert_same_graph(graph, store.read_graph("s1"))
        found = store.read(
            "MATCH (:Note)-[:ABOUT]->(e:Employer) RETURN e.id AS id, e.scope AS s, e.cluster AS c"
        )
        assert found == [{"id": "e19", "s": "s1", "c": 7}]
        assert store.read("MATCH (e:Employer {id: 'e19'}) RETURN count(e) AS n") == [{"n": 1}]


def test_two_scopes_live_side_by_side(place):
    first, second = market(), without(market(), "Employer", "id", pl.col("id") < "e10")
    with place.open() as store:
        push(first, store, "s1")
        assert totals(push(second, store, "s2")) == counts(created=size(second))
        assert totals(push(first, store, "s1")) == counts(unchanged=size(first))
        smaller = without(second, "Employer", "id", pl.col("id") < "e08")
        push(smaller, store, "s2")
        assert_same_graph(first, store.read_graph("s1"))
        assert_same_graph(smaller, store.read_graph("s2"))
        with pytest.raises(UsageError, match="s1, s2"):
            store.read_graph()
        with pytest.raises(UsageError, match="no scope"):
            store.read_graph("s3")


def test_a_push_that_removes_most_of_the_scope_is_refused(place):
    graph = market()
    small = without(graph, "Employer", "id", pl.col("id") == "e00")
    with place.open() as store:
        push(graph, store, "s1")
        no_writing(store)
        with pytest.raises(UsageError, match=rf"remove \d+ of the {size(graph)} .*--prune"):
            push(small, store, "s1")
        del store.write
        assert_same_graph(graph, store.read_graph("s1"))
        push(small, store, "s1", prune=True)
        assert_same_graph(small, store.read_graph("s1"))


def test_dry_run_counts_and_writes_nothing(place):
    graph = market()
    with place.open(read_only=True) as store:
        assert totals(push(graph, store, "s1", dry_run=True)) == counts(created=size(graph))
    with place.open() as store:
        assert store.read("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]


def test_many_batches_and_progress(place, monkeypatch):
    monkeypatch.setattr(pushing, "PROGRESS_ROWS", 2_000)
    graph, said = large(), []
    with place.open() as store:
        store.rebuild = lambda graph, scope: False
        push(graph, store, "s1", say=said.append)
        assert_same_graph(graph, store.read_graph("s1"))
    assert said[0].endswith(f"of {size(graph):,}")
    assert len(said) >= 2


def test_large_first_push_gives_the_same_graph(place, monkeypatch):
    monkeypatch.setattr(pushing, "REBUILD_ROWS", 1_000)
    graph = large()
    with place.open() as store:
        assert totals(push(graph, store, "s1")) == counts(created=size(graph))
        assert_same_graph(graph, store.read_graph("s1"))
        assert totals(push(graph, store, "s1")) == counts(unchanged=size(graph))


def test_constraints_keep_a_key_unique_within_its_scope(place):
    from graphcli.workspace.errors import GraphcliError

    with place.open() as store:
        push(market(), store, "s1")
        with pytest.raises(GraphcliError, match="exists already"):
            store.write("CREATE (:City {scope: 's1', adcode: '110000'})")


def bad_graphs():
    graph = market()
    twice = pl.concat([graph.nodes["City"], graph.nodes["City"][:1]])
    yield "two City", GraphTables.of({**graph.nodes, "City": twice}, graph.edges)
    nameless = graph.nodes["Skill"].with_columns(id=pl.when(pl.col("id") != "sql").then("id"))
    yield "has no id", GraphTables.of({**graph.nodes, "Skill": nameless}, graph.edges)
    lost = graph.nodes["Skill"].filter(pl.col("id") != "sql")
    yield "Skill that does not exist", GraphTables.of({**graph.nodes, "Skill": lost}, graph.edges)
    double = pl.concat([graph.edges["REQUIRES"], graph.edges["REQUIRES"][:1]])
    yield "same ends", GraphTables.of(graph.nodes, {**graph.edges, "REQUIRES": double})
    keyless = graph.edges["AFFILIATED_WITH"].with_columns(claim_id=pl.lit(None, dtype=pl.String))
    yield (
        "no start, end or claim_id",
        GraphTables.of(graph.nodes, {**graph.edges, "AFFILIATED_WITH": keyless}),
    )


@pytest.mark.parametrize(
    ("words", "graph"), list(bad_graphs()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_graph_that_breaks_the_schema_is_refused(embedded_place, words, graph):
    with embedded_place.open() as store, pytest.raises(DataContractError, match=words):
        push(graph, store, "s1")


def test_an_empty_workspace_has_nothing_to_push(embedded_place):
    with embedded_place.open() as store, pytest.raises(UsageError, match="load postings first"):
        push(market(), store, "")


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.one_of(st.none(), st.text(max_size=4)),
            "b": st.one_of(st.none(), st.text(max_size=4)),
            "n": st.one_of(st.none(), st.integers(-5, 5)),
            "l": st.one_of(st.none(), st.lists(st.text(max_size=3), max_size=3)),
        }
    ),
    max_size=12,
)


@given(ROWS)
def test_fingerprints_differ_exactly_where_rows_differ(rows):
    schema = {"a": pl.String, "b": pl.String, "n": pl.Int64, "l": pl.List(pl.String)}
    prints = with_fingerprint(pl.DataFrame(rows, schema=schema))["fingerprint"].to_list()
    for left, one in zip(prints, rows, strict=True):
        for right, other in zip(prints, rows, strict=True):
            assert (left == right) == (one == other)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(TEXT, min_size=1, max_size=8),
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=8, max_size=8),
)
def test_any_text_and_number_comes_back(place, names, numbers):
    graph = GraphTables.of(
        {
            "Employer": pl.DataFrame(
                {
                    "id": [f"e{n}" for n in range(len(names))],
                    "name": names,
                    "weight": numbers[: len(names)],
                    "evidence": [[name] for name in names],
                }
            )
        },
        {},
    )
    with place.open() as store:
        push(graph, store, "s1", prune=True)
        assert_same_graph(graph, store.read_graph("s1"))


def test_every_relationship_of_the_schema_is_in_the_test_graph():
    graph = market()
    missing = {
        kind.table for kind in RELATIONSHIPS if not kind.optional and graph.edges[kind.table].is_empty()
    }
    assert not missing
