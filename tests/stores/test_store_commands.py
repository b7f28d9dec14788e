"""push, query, doctor and schema as a user types them, from posting rows to answers and exit codes."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml
from store_fixtures import HOSTILE, ZHAOPIN_HEADER

from graphcli import cli
from graphcli.graph.schema import NODES, RELATIONSHIPS

pytestmark = pytest.mark.usefixtures("engine")

EMPLOYERS = ['"><script>alert(1)</script>', "=cmd()|x", "虚构甲科技有限公司", "虚构乙科技有限公司"]


def row(number: int, employer: str) -> list[str]:
    url = f"https://example.org/job/{number}.htm"
    text = "负责人脸识别算法与深度学习模型的研发"
    return [
        "算法工程师",
        "北京·海淀区",
        employer,
        "本科",
        "1-3年",
        "Python,机器学习",
        "1-2万",
        text,
        "软件",
        url,
        "100-299人",
        "2026-03-01",
    ]


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run graphcli on a workspace of this test and give exit code, stdout and stderr."""
    for name in ("NEO4J_URI", "NEO4J_PASSWORD", "NEO4J_USERNAME", "NEO4J_DATABASE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        code = cli.run(["-w", str(tmp_path / "workforce"), *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def loaded(run, tmp_path):
    """A workspace with twelve postings of four employers."""

    def write(rows):
        path = tmp_path / "jobs.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle).writerows([ZHAOPIN_HEADER, *rows])
        code, _, err = run("load", path, "--accept")
        assert code == 0, err

    write([row(number, EMPLOYERS[number % 4]) for number in range(12)])
    return write


def rows(out: str) -> list[dict[str, object]]:
    """Rows of a JSON answer; an ad hoc statement knows no references, so theirs are empty."""
    found = json.loads(out)["rows"]
    return [
        {name: value for name, value in item.items() if name != "ref" or value is not None} for item in found
    ]


def sums(out: str) -> dict[str, int]:
    rows = json.loads(out)["rows"]
    return {name: sum(item[name] for item in rows) for name in ("created", "updated", "unchanged", "removed")}


def test_push_ask_and_push_again(run, loaded, tmp_path):
    code, out, err = run("push", "--dry-run", "--format", "json")
    assert code == 0, err
    planned = sums(out)
    assert not (tmp_path / "workforce/store/CURRENT").exists()
    code, out, err = run("push", "--format", "json")
    assert code == 0, err
    assert "embedded store" in err
    assert sums(out) == planned
    assert planned["created"] > 10
    assert sums(run("push", "--format", "json")[1]) == {
        **dict.fromkeys(planned, 0),
        "unchanged": planned["created"],
    }
    code, out, err = run(
        "query", "--cypher", "MATCH (e:Employer) RETURN e.name AS name ORDER BY name", "--format", "json"
    )
    assert code == 0, err
    assert [item["name"] for item in json.loads(out)["rows"]] == sorted(EMPLOYERS)
    code, out, _ = run("query", "--cypher", "MATCH (e:Employer) RETURN e.name AS name", "--format", "csv")
    assert "'=cmd()|x" in [line[0] for line in csv.reader(io.StringIO(out))]


def test_the_embedded_store_follows_the_workspace(run, loaded):
    count = (
        "query",
        "--cypher",
        "MATCH (e:Employer {scope: $scope}) RETURN count(e) AS n",
        "--format",
        "json",
    )
    first = json.loads(run(*count)[1])
    assert first["rows"][0]["n"] == 4
    loaded([row(number, "虚构丙科技有限公司") for number in range(3)])
    code, out, err = run(*count)
    assert code == 0, err
    assert "up to date" in err
    assert rows(out) == [{"n": 1}]
    assert json.loads(out)["run_id"] != first["run_id"]


def test_postings_go_in_where_asked_and_stay(run, loaded):
    code, out, err = run("push", "--with-postings", "--format", "json")
    assert code == 0, err
    created = {item["label_or_type"]: item["created"] for item in json.loads(out)["rows"]}
    assert created["Posting"] == created["POSTED"] == 12
    loaded([row(number, EMPLOYERS[number % 4]) for number in range(13)])
    ask = (
        "MATCH (:Employer {scope: $scope})-[:POSTED]->(p:Posting) RETURN count(p) AS n, min(p.posted_on) AS d"
    )
    assert rows(run("query", "--cypher", ask, "--format", "json")[1]) == [{"n": 13, "d": "2026-03-01"}]
    assert sums(run("push", "--prune", "--format", "json")[1])["removed"] == 26


def test_a_push_that_would_remove_most_is_refused_with_figures(run, loaded):
    run("push")
    loaded([["清洁工", "拉萨", "虚构丙物业公司", *[""] * 6, "https://example.org/job/x.htm", "", ""]])
    code, _, err = run("push")
    assert code == 2
    assert "--prune" in err
    assert run("push", "--prune")[0] == 0


def test_a_statement_that_writes_is_exit_2_and_changes_nothing(run, loaded):
    run("push")
    code, out, err = run("query", "--cypher", "MATCH (n) DETACH DELETE n")
    assert (code, out) == (2, "")
    assert "--write" in err
    code, _, err = run("query", "--cypher", "MATCH (n RETURN n")
    assert code == 2
    assert "Traceback" not in err
    assert run("query", "--cypher", "CREATE (:Note {text: $t})", "-p", "t=hello", "--write")[0] == 0
    code, out, _ = run("query", "--cypher", "MATCH (n:Note) RETURN n.text AS t", "--format", "jsonl")
    assert json.loads(out)["t"] == "hello"


def test_statements_from_a_file_and_values_by_their_type(run, loaded, tmp_path):
    run("push")
    path = tmp_path / "q.cypher"
    path.write_text("RETURN $a AS a, $b AS b, $c AS c, $d AS d // 注释\n", encoding="utf-8")
    given = ["-p", "a=3", "-p", "b=北京", "-p", 'c="110000"', "-p", "d=[1,2]"]
    code, out, err = run("query", "--file", path, *given, "--format", "jsonl")
    assert code == 0, err
    assert json.loads(out).items() >= {"a": 3, "b": "北京", "c": "110000", "d": [1, 2]}.items()


def test_other_spellings_of_employers_and_cities_find_them(run, loaded):
    skills = ("query", "employer-skills", "--format", "json", "-p")
    found = rows(run(*skills, "employer=虚构甲科技有限公司")[1])
    assert found
    assert rows(run(*skills, "employer= 虚构甲科技有限公司 ")[1]) == found
    assert rows(run("query", "city-employers", "-p", "city=北京市海淀区", "--format", "json")[1])
    code, _, err = run("query", "employer-skills", "-p", "employer=虚构甲科枝有限公司")
    assert code == 2
    assert "虚构甲科技有限公司" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query"], "graphcli queries"),
        (["query", "city-rankin"], "city-ranking"),
        (["query", "city-ranking", "--cypher", "RETURN 1 AS x"], "or --cypher"),
        (["query", "city-ranking", "--write"], "only read"),
        (["query", "city-ranking", "-p", "limit"], "key=value"),
        (["query", "city-ranking", "-p", "limt=3"], "limit"),
        (["query", "city-employers", "-p", "city=北京"], ""),
        (["queries", "nothing-like-it"], "no query called"),
        (["push", "http://localhost:7474"], "neo4j://"),
    ],
)
def test_wrong_calls_are_exit_2_in_one_line(run, arguments, words):
    code, _, err = run(*arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["push", "query", "doctor"])
def test_a_store_that_does_not_answer_is_exit_4(run, loaded, monkeypatch, command):
    from graphcli.graph.stores import neo4j_store

    monkeypatch.setattr(neo4j_store, "RETRY_SECONDS", 0.5)
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:9")
    monkeypatch.setenv("NEO4J_PASSWORD", "secret-123456")
    code, _, err = run(command, *(["--cypher", "RETURN 1 AS x"] if command == "query" else []))
    assert code == 4
    assert "127.0.0.1:9" in err
    assert "secret-123456" not in err
    assert len(err.strip().splitlines()[-1]) < 400


def test_push_and_ask_a_neo4j(run, loaded, neo4j_place, monkeypatch):
    address = neo4j_place.address
    monkeypatch.setenv("NEO4J_URI", address.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", address.password)
    code, out, err = run("push", "--format", "json")
    assert code == 0, err
    assert "Neo4j at" in err
    assert address.password not in out + err
    neo4j = json.loads(out)["rows"]
    for name in ("city-ranking", "region-shares", "region-sectors"):
        there = json.loads(run("query", name, "--format", "json")[1])
        assert there["rows"]
        monkeypatch.delenv("NEO4J_URI")
        here = json.loads(run("query", name, "--format", "json")[1])
        monkeypatch.setenv("NEO4J_URI", address.uri)
        assert here["rows"] == there["rows"]
    monkeypatch.delenv("NEO4J_URI")
    assert json.loads(run("push", "--format", "json")[1])["rows"] == [
        {**item, "created": 0, "unchanged": item["created"]} for item in neo4j
    ]


def test_doctor_in_an_empty_place_only_gives_advice(run):
    code, out, err = run("doctor", "--format", "json")
    assert code == 0, err
    rows = {item["item"]: item for item in json.loads(out)["rows"]}
    assert rows["embedded engine"]["status"] == "ok"
    assert "graphcli load" in rows["workspace"]["advice"]
    assert "graphcli push" in rows["store"]["advice"]


def test_doctor_sees_traps_in_the_settings(run, neo4j_place, monkeypatch):
    address = neo4j_place.address
    monkeypatch.setenv("NEO4J_AUTH", "neo4j/abc")
    monkeypatch.setenv("NEO4J_URI", address.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", address.password)
    code, out, err = run("doctor", "--wait", "2", "--format", "json")
    assert code == 0, err
    assert "NEO4J_URI" in {item["item"] for item in json.loads(out)["rows"]}
    monkeypatch.setenv("NEO4J_PASSWORD", "short")
    code, _, err = run("doctor", "--wait", "30")
    assert code == 4
    assert "refused" in err


def test_schema_names_everything_in_each_form(run):
    names = [*(label.name for label in NODES), *(kind.name for kind in RELATIONSHIPS)]
    for form in ("md", "json"):
        text = run("schema", "--format", form)[1]
        assert all(name in text for name in names)
        assert "fingerprint" in text
    content = json.loads(run("schema", "--format", "json")[1])
    assert {item["label"] for item in content["nodes"]} == {label.name for label in NODES}
    cypher = run("schema")[1]
    assert cypher.count("CREATE CONSTRAINT") == len(NODES)


def test_the_schema_s_constraints_are_valid_on_every_store(run, place):
    statements = [line.rstrip(";") for line in run("schema")[1].splitlines() if line.startswith("CREATE")]
    with place.open() as store:
        store.ensure_constraints()
        assert {label for label, _ in store.constraints()} >= {label.name for label in NODES}
        if place.kind != "embedded":
            for text in statements:
                store.write(text)


def test_compose_file_asks_for_a_password_and_listens_on_loopback():
    from store_fixtures import SERVER_SOURCE

    root = SERVER_SOURCE.parent.parent
    service = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["neo4j"]
    assert service["image"] == "neo4j:5.26-community"
    assert "${NEO4J_PASSWORD:?" in service["environment"]["NEO4J_AUTH"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert "NEO4J_URI" not in service["environment"]
    assert {"healthcheck", "volumes"} <= set(service)
    example = (root / ".env.example").read_text(encoding="utf-8")
    assert "\nNEO4J_PASSWORD=\n" in example


def test_hostile_names_are_no_part_of_any_statement():
    from graphcli.graph.stores import statements

    texts = [statements.write_nodes(label) for label in NODES] + [
        statements.write_edges(kind) for kind in RELATIONSHIPS
    ]
    assert not any(name in text for name in HOSTILE for text in texts)
    with pytest.raises(ValueError, match="cannot be a name"):
        statements._name("a`) DETACH DELETE (n")
