"""Stores that do not answer, go away, are held by somebody else, or were killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from store_fixtures import CURRENT_LINE, LTS, Place, assert_same_graph, large, market, server

from graphcli.graph.stores import neo4j_store
from graphcli.graph.stores import push as pushing
from graphcli.graph.stores.contract import QueryTimeoutError, open_store
from graphcli.graph.stores.doctor import doctor
from graphcli.graph.stores.push import push
from graphcli.workspace.errors import StoreUnreachableError, UsageError, WorkspaceLockedError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress

DYING = Path(__file__).with_name("push_and_die.py")
SLOW = (
    "UNWIND range(1, 3000) AS x UNWIND range(1, 3000) AS y UNWIND range(1, 3000) AS z"
    " WITH x * y * z AS q WHERE q % 7 = 3 RETURN count(q) AS n"
)


def size(graph):
    return sum(len(frame) for frame in (*graph.nodes.values(), *graph.edges.values()))


def die_in_the_middle(place: Place, after: int, way: str) -> None:
    """Run a push in a process of its own that is killed after so many steps."""
    outcome = subprocess.run(
        [sys.executable, DYING, place.folder.root, place.address.uri or "embedded", str(after), way],
        env={**os.environ, "NEO4J_PASSWORD": place.address.password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.stdout.strip() == "dying", outcome.stderr[-2000:]
    assert outcome.returncode == -9


def push_again(place: Place) -> None:
    graph = large()
    with place.open() as store:
        result = push(graph, store, "s1")
        assert int(result.frame["removed"].sum()) == 0
        assert_same_graph(graph, store.read_graph("s1"))
        assert int(push(graph, store, "s1").frame["unchanged"].sum()) == size(graph)
    with place.open(read_only=True) as store:
        doubles = (
            "MATCH (n) WITH labels(n) AS l, coalesce(n.id, n.adcode) AS k, count(n) AS c"
            " WHERE c > 1 RETURN k AS k"
        )
        assert store.read(doubles) == []


def test_a_push_killed_in_the_middle_is_finished_by_the_next(place):
    die_in_the_middle(place, 19, "transactions")
    with place.open(read_only=True) as store:
        there = store.read("MATCH (n:Employer) RETURN count(n) AS n")[0]["n"]
        # Whole batches only, and the last ones not yet.
        assert there % 250 == 0
    push_again(place)


def test_a_bulk_build_killed_in_the_middle_leaves_the_old_graph(embedded_place, monkeypatch):
    monkeypatch.setattr(pushing, "REBUILD_ROWS", 1_000)
    before = market()
    with embedded_place.open() as store:
        push(before, store, "s1")
    die_in_the_middle(embedded_place, 7, "bulk")
    with embedded_place.open(read_only=True) as store:
        assert_same_graph(before, store.read_graph("s1"))
    with embedded_place.open() as store:
        push(large(), store, "s1", prune=True)
        assert_same_graph(large(), store.read_graph("s1"))
    assert len(list(embedded_place.folder.store_folder.glob("*-*"))) == 1


def test_analysis_properties_survive_a_fresh_build(embedded_place, monkeypatch):
    monkeypatch.setattr(pushing, "REBUILD_ROWS", 1_000)
    graph = large()
    with embedded_place.open() as store:
        push(graph, store, "s1")
        store.write("MATCH (e:Employer) WHERE e.id < 'x000100' SET e.cluster = 3, e.pagerank = 0.5")
        store.write("MATCH (:Employer {id: 'x000001'})-[r:HIRES_IN]->(:City) SET r.note = 'mine'")
        changed = graph.nodes["Employer"].with_columns(postings=pl.col("postings") + 1)
        edges = graph.edges["HIRES_IN"].with_columns(postings=pl.col("postings") + 1)
        after = type(graph).of({**graph.nodes, "Employer": changed}, {"HIRES_IN": edges})
        before = [path.name for path in embedded_place.folder.store_folder.glob("generation-*")]
        assert int(push(after, store, "s1").frame["updated"].sum()) == 6_000
        assert [path.name for path in embedded_place.folder.store_folder.glob("generation-*")] != before
        assert_same_graph(after, store.read_graph("s1"))
        assert store.read(
            "MATCH (e:Employer) WHERE e.cluster = 3 AND e.pagerank = 0.5 RETURN count(e) AS n"
        ) == [{"n": 100}]
        assert store.read("MATCH (:Employer)-[r:HIRES_IN {note: 'mine'}]->(:City) RETURN count(r) AS n") == [
            {"n": 3}
        ]


def test_a_store_with_foreign_content_is_not_built_afresh(embedded_place, monkeypatch):
    monkeypatch.setattr(pushing, "REBUILD_ROWS", 1_000)
    with embedded_place.open() as store:
        store.write("CREATE (:Note {text: 'mine'})")
        push(large(), store, "s1")
        assert store.read("MATCH (n:Note) RETURN n.text AS t") == [{"t": "mine"}]
        assert_same_graph(large(), store.read_graph("s1"))


HOLDING = """
import sys, time
from pathlib import Path
from graphcli.graph.stores.contract import open_store
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress
folder = WorkspaceFolder(Path(sys.argv[1]))
with open_store(StoreAddress(None), folder, read_only=sys.argv[2] == "read") as store:
    print(store.read("MATCH (n) RETURN count(n) AS n")[0]["n"], flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(embedded_place):
    """A second process that has the embedded store open."""
    with embedded_place.open() as store:
        push(market(), store, "s1")
    running = []

    def hold(how):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDING, embedded_place.folder.root, how],
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 20
        return process

    yield hold
    for process in running:
        process.kill()
        process.wait()


def test_a_writer_is_named_to_whoever_comes_second(embedded_place, holder, monkeypatch):
    from graphcli.graph.stores import embedded

    monkeypatch.setattr(embedded, "LOCK_WAIT_SECONDS", 0.2)
    process = holder("write")
    for read_only in (True, False):
        with (
            pytest.raises(WorkspaceLockedError, match=f"process {process.pid}"),
            embedded_place.open(read_only),
        ):
            pass


def test_readers_do_not_keep_each_other_out(embedded_place, holder):
    holder("read")
    with embedded_place.open(read_only=True) as store:
        assert_same_graph(market(), store.read_graph("s1"))


def test_a_store_that_was_not_closed_is_repaired(embedded_place, holder):
    process = holder("write")
    process.kill()
    process.wait()
    with embedded_place.open(read_only=True) as store:
        assert_same_graph(market(), store.read_graph("s1"))


def test_a_store_that_was_never_written_says_so(embedded_place):
    with embedded_place.open(read_only=True) as store:
        with pytest.raises(UsageError, match="graphcli push"):
            store.read("RETURN 1 AS one")
        with pytest.raises(UsageError, match="graphcli push"):
            store.read_graph()
    assert not embedded_place.folder.root.exists()


def test_statements_have_a_time_limit(place):
    with place.open() as store:
        store.write("CREATE (:Note {a: 1})")
    with place.open(read_only=True) as store:
        began = time.monotonic()
        with pytest.raises(QueryTimeoutError, match="--timeout"):
            store.read(SLOW, timeout=1)
        assert time.monotonic() - began < 15
        assert store.read("RETURN 1 AS one", timeout=30) == [{"one": 1}]


def test_a_wrong_password_is_said_in_one_line(neo4j_place):
    wrong = StoreAddress(neo4j_place.address.uri, "neo4j", "wrong-secret-9")
    with pytest.raises(StoreUnreachableError, match="NEO4J_PASSWORD") as refusal:
        open_store(wrong, neo4j_place.folder, read_only=True)
    assert "wrong-secret-9" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    nobody = StoreAddress(neo4j_place.address.uri, "neo4j", None)
    with pytest.raises(StoreUnreachableError, match="NEO4J_PASSWORD"):
        open_store(nobody, neo4j_place.folder, read_only=True)


def test_a_database_that_does_not_exist_is_named(neo4j_place):
    there = neo4j_place.address
    wrong = StoreAddress(there.uri, there.username, there.password, "nothere")
    with pytest.raises(StoreUnreachableError, match=r"nothere.*--database"):
        open_store(wrong, neo4j_place.folder, read_only=True)


@pytest.mark.parametrize(
    "uri", ["bolt://127.0.0.1:9", "neo4j://127.0.0.1:9", "neo4j://no-such-host.invalid:7687"]
)
def test_a_wrong_address_is_said_in_one_line(folder, uri, monkeypatch):
    monkeypatch.setattr(neo4j_store, "RETRY_SECONDS", 1.0)
    with pytest.raises(StoreUnreachableError, match="doctor --wait") as refusal:
        open_store(StoreAddress(uri, "neo4j", "secret-123"), folder, read_only=True)
    assert "secret-123" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:7474",
        "localhost:7687",
        "",
        "bolt://",
        "neo4j://neo4j:secret-123@localhost:7687",
        "file:///etc",
    ],
)
def test_an_address_of_another_form_is_refused(folder, uri):
    with pytest.raises(UsageError) as refusal:
        open_store(StoreAddress(uri, "neo4j", "secret-123"), folder, read_only=True)
    assert "secret-123" not in str(refusal.value)


def test_a_server_that_goes_away_in_the_middle_of_a_push(neo4j_place, monkeypatch):
    if neo4j_place.address.uri == os.environ.get("NEO4J_TEST_URI"):
        pytest.skip("the server of NEO4J_TEST_URI is not ours to kill")
    ours = server(LTS if neo4j_place.kind == "neo4j-lts" else CURRENT_LINE)
    monkeypatch.setattr(neo4j_store, "RETRY_SECONDS", 1.0)
    monkeypatch.setattr(pushing, "BATCH_ROWS", 250)
    with neo4j_place.open() as store:
        write, left = store.write, [12]

        def write_and_kill(*arguments, **names):
            left[0] -= 1
            if left[0] == 0:
                ours.kill()
            return write(*arguments, **names)

        store.write = write_and_kill
        with pytest.raises(StoreUnreachableError, match="does not answer"):
            push(large(), store, "s1")
    with pytest.raises(StoreUnreachableError):
        doctor(WorkspaceFolder(neo4j_place.folder.root), neo4j_place.address)
    ours.start()
    push_again(neo4j_place)


def test_doctor_waits_for_the_store_and_says_what_is_there(place):
    with place.open() as store:
        push(market(), store, "s1")
    frame = doctor(place.folder, place.address, wait=5).frame
    lines = {row["item"]: row for row in frame.to_dicts()}
    assert lines["store"]["status"] == "ok"
    assert "1 graph" in lines["store"]["value"]
    assert lines["embedded engine"]["value"].startswith("ArcadeDB")
