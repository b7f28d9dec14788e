"""What only reads passes, everything else is refused and changes nothing, on every engine."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_fixtures import market

from graphcli.graph.stores.push import push
from graphcli.queries.guard import check, check_words, tokens
from graphcli.queries.run import run_text
from graphcli.workspace.errors import UsageError

REFUSED = [
    "CREATE (n:Foo)",
    "create (n:Foo {a: 1}) RETURN n.a AS a",
    "MATCH (n:Employer) SET n.name = 'x'",
    "MATCH (n:Employer) SET n:Other RETURN count(n) AS c",
    "MATCH (n:Employer) REMOVE n.name",
    "MATCH (n:Employer) DETACH DELETE n",
    "MATCH (n:Employer) DETACH DELETE n // MATCH (n) RETURN n",
    "/* only reading */ MATCH (n:Employer) /* really */ DETACH /**/ DELETE n",
    "// a comment\nMERGE (n:Foo {a: 1}) RETURN n.a AS a",
    "MATCH (n:Employer) MERGE (n)-[:LIKES]->(n)",
    "MATCH (n:Employer) FOREACH (x IN [1] | SET n.q = x)",
    "UNWIND [1, 2] AS x CREATE (:Foo {x: x})",
    "CALL { CREATE (n:Foo) RETURN n } RETURN n.a AS a",
    "MATCH (n:Employer) CALL (n) { SET n.q = 1 } RETURN count(n) AS c",
    "MATCH (n:Employer) CALL (n) { SET n.q = 1 } IN TRANSACTIONS OF 10 ROWS",
    "MATCH (n:Employer) CALL { WITH n RETURN 1 AS one } IN TRANSACTIONS RETURN one",
    "RETURN 1 AS a; CREATE (n:Foo)",
    "RETURN 1 AS a;\n\nMATCH (n) DETACH DELETE n;",
    "PROFILE MATCH (n:Employer) SET n.q = 1",
    "PROFILE MATCH (n:Employer) RETURN n.id AS id",
    "EXPLAIN MATCH (n:Employer) RETURN n.id AS id",
    "CYPHER runtime=slotted MATCH (n:Employer) SET n.q = 1",
    "USE system SHOW USERS",
    "USE neo4j MATCH (n) RETURN count(n) AS c",
    "CALL { USE neo4j MATCH (n) RETURN count(n) AS c } RETURN c",
    "SHOW DATABASES",
    "SHOW USERS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
    "CREATE INDEX foo FOR (n:Foo) ON (n.a)",
    "DROP CONSTRAINT graphcli_employer_key",
    "CREATE USER mallory SET PASSWORD 'secret123'",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "WITH 1 AS a LOAD CSV FROM 'http://127.0.0.1:9/x' AS line RETURN line",
    "MATCH (n:Employer) LOAD/**/CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "CALL { LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line } RETURN line",
    "CALL dbms.listConfig() YIELD name RETURN name",
    "CALL dbms.components()",
    "CALL db.createLabel('Foo')",
    "CALL `db`.`createLabel`('Foo')",
    "CALL /* */ db . createLabel('Foo')",
    "CALL apoc.load.json('http://127.0.0.1/') YIELD value RETURN value",
    "CALL tx.setMetaData({a: 1})",
    "MATCH (n:Employer) CALL db.createProperty('a') RETURN n.id AS id",
    "RETURN apoc.load.json('x') AS x",
    "RETURN `apoc`.`load`.`json`('x') AS x",
    "RETURN [1..apoc.load.json('x')] AS x",
    "RETURN {a: apoc.util.sleep(1)} AS x",
    "RETURN graph.byName('system') AS x",
    "RETURN file() AS x",
    "RETURN '\\u0027' AS a, 1 AS b",
    "\\u0043REATE (n:Foo)",
    "MATCH (n) WHERE n.name = 'it''s' DELETE n",
    "RETURN 'unfinished AS x",
    "RETURN 1 AS x /* unfinished",
    "MATCH (n:Employer RETURN n",
    "RETURN nope AS x",
    "",
    "   // nothing\n ; ",
]

ALLOWED = [
    ("RETURN 1 AS one", [{"one": 1}]),
    ("RETURN 1 AS one;", [{"one": 1}]),
    ("MATCH (n:Employer) RETURN count(n) AS c", [{"c": 20}]),
    ("match (n:Employer) where n.id = $id return n.postings as p", [{"p": 13}]),
    ("RETURN 'CREATE (n) DELETE n; LOAD CSV' AS text", [{"text": "CREATE (n) DELETE n; LOAD CSV"}]),
    ("RETURN 1 AS `set` // DELETE everything", [{"set": 1}]),
    ("WITH {create: 1, set: 2, call: 3} AS m RETURN m.create + m.set + m.call AS total", [{"total": 6}]),
    ("OPTIONAL MATCH (n:Nothing) RETURN n.id AS id", [{"id": None}]),
    ("UNWIND range(1, 3) AS x WITH x WHERE (x > 1) AND (x IN [2, 3]) RETURN sum(x) AS s", [{"s": 5}]),
    (
        "MATCH (n:Employer {id: $id}) CALL (n) { MATCH (n)-[r:HIRES_IN]->(c:City) RETURN count(c) AS cities }"
        " RETURN cities AS cities",
        [{"cities": 1}],
    ),
    ("RETURN EXISTS { MATCH (n:Employer) } AS yes, COUNT { MATCH (c:City) } AS n", [{"yes": True, "n": 5}]),
    (
        "RETURN reduce(s = 0, x IN [1, 2, 3] | s + x) AS s, any(x IN [1] WHERE x = 1) AS b",
        [{"s": 6, "b": True}],
    ),
    (
        "RETURN toString(date('2021-04-30')) AS d, date('2021-04-30') AS same",
        [{"d": "2021-04-30", "same": "2021-04-30"}],
    ),
    (
        "CALL db.labels() YIELD label WITH label WHERE label = 'City' RETURN label AS label",
        [{"label": "City"}],
    ),
    ("RETURN CASE WHEN (1 = 1) THEN (2) ELSE (3) END AS two", [{"two": 2}]),
    (
        "MATCH (n:Employer {id: $id}) RETURN n {.id, .kind} AS map",
        [{"map": {"id": "e03", "kind": "employer"}}],
    ),
    (
        "MATCH p = (c:City {adcode: '110000'})-[:IN_PROVINCE]->(:Province) RETURN length(p) AS hops",
        [{"hops": 1}],
    ),
    (
        "MATCH p = shortestPath((a:City {adcode: '110000'})-[*..3]-(b:Province {adcode: '110000'}))"
        " RETURN length(p) AS n",
        [{"n": 1}],
    ),
]


def everything(store):
    nodes = store.read("MATCH (n) RETURN count(n) AS n, sum(size(keys(n))) AS k, sum(size(labels(n))) AS l")
    edges = store.read("MATCH ()-[r]->() RETURN count(r) AS n, sum(size(keys(r))) AS k")
    return nodes, edges, sorted(store.constraints())


def test_statements_that_do_more_than_reading_are_refused_and_change_nothing(place):
    with place.open() as store:
        push(market(), store, "s1")
        before = everything(store)
        for text in REFUSED:
            with pytest.raises(UsageError) as refusal:
                run_text(store, place.folder, text, {})
            assert "\n" not in str(refusal.value)
        assert everything(store) == before


def test_statements_that_read_give_the_same_rows_everywhere(place):
    with place.open() as store:
        push(market(), store, "s1")
    with place.open(read_only=True) as store:
        for text, rows in ALLOWED:
            given = {"id": "e03"} if "$id" in text else {}
            assert run_text(store, place.folder, text, given).frame.to_dicts() == rows, text


def test_nodes_relationships_and_paths_come_as_plain_values(place):
    with place.open() as store:
        push(market(), store, "s1")
        text = (
            "MATCH p = (c:City {adcode: '110000'})-[r:PART_OF {scheme: 'cset3'}]->(g:Region)"
            " RETURN g AS node, r AS relationship, p AS path, [g] AS nodes, {inner: g} AS map"
        )
        row = run_text(store, place.folder, text, {}).frame.to_dicts()[0]
    region = row["node"]
    assert region["id"] == "cset3/bth"
    assert region["scope"] == "s1"
    assert row["relationship"]["partial"] is False
    assert [part.get("adcode", part.get("id")) for part in row["path"]] == ["110000", None, "cset3/bth"]
    assert row["nodes"] == [region]
    assert row["map"] == {"inner": region}


def test_a_read_only_store_refuses_writes_itself(place):
    with place.open() as store:
        push(market(), store, "s1")
    with place.open(read_only=True) as store:
        with pytest.raises(UsageError):
            store.write("CREATE (n:Foo)")
        with pytest.raises(UsageError):
            store.read("CREATE (n:Foo)")
        assert store.read("MATCH (n:Foo) RETURN count(n) AS c") == [{"c": 0}]


def test_a_write_happens_where_it_was_asked_for(place):
    with place.open() as store:
        push(market(), store, "s1")
        run_text(store, place.folder, "CREATE (n:Note {text: $text})", {"text": "hello"}, write=True)
        assert store.read("MATCH (n:Note) RETURN n.text AS text") == [{"text": "hello"}]


@pytest.mark.parametrize("text", [text for text, _ in ALLOWED])
def test_reading_words_pass_without_a_store(text):
    check_words(text)


NAMES = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){1,3}", fullmatch=True)
SPACES = st.sampled_from(["", " ", "\n", "/* x */", " // y\n", "\t"])


@given(NAMES, st.lists(SPACES, min_size=8, max_size=8), st.booleans())
def test_no_spelling_hides_a_procedure_or_a_function(name, spaces, quoted):
    if name in {"point.distance"}:
        return
    parts = [f"`{part}`" if quoted else part for part in name.split(".")]
    spelled = f"{spaces[0]}.{spaces[1]}".join(parts)
    for text in (
        f"CALL {spaces[2]} {spelled}{spaces[3]}('x')",
        f"RETURN {spaces[4]}{spelled}{spaces[5]}({spaces[6]}1) AS x",
        f"MATCH (n:Employer) {spaces[7]} CALL {spelled} YIELD x RETURN x",
    ):
        with pytest.raises(UsageError):
            check_words(text)


@given(st.text())
def test_strings_are_one_word_whatever_they_hold(content):
    escaped = content.replace("\\", "\\\\").replace("'", "\\'")
    words = list(tokens(f"RETURN '{escaped}' AS x"))
    assert [word.kind for word in words] == ["name", "string", "name", "name"]


@given(st.text(max_size=200))
def test_any_text_is_judged_without_breaking(text):
    with contextlib.suppress(UsageError):
        check_words(text)


def test_check_plans_before_it_lets_pass(embedded_place):
    with embedded_place.open() as store, pytest.raises(UsageError, match="write"):
        check(store, "MATCH (n:Employer) SET n.q = 1 RETURN n.q AS q")
