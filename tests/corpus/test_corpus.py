"""Files as strangers' crawls leave them, each with what a careful analyst expects of it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent


def _cases():
    if "corpus_cases" not in sys.modules:
        spec = importlib.util.spec_from_file_location("corpus_cases", HERE / "corpus_cases.py")
        sys.modules["corpus_cases"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["corpus_cases"]


CORPUS = _cases()
JUDGE = CORPUS.module("corpus_judge")
# What is known to fall short, with the reason; a strict xfail says when it no longer does.
SHORT = yaml.safe_load((HERE / "falls_short.yaml").read_text(encoding="utf-8")) or {}


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """Every file of the corpus, loaded."""
    folder = tmp_path_factory.mktemp("corpus")
    found = CORPUS.cases(folder)
    return {case.name: case for case in found}, CORPUS.load_all(folder, found)


def _parameter(name, aspect):
    reason = SHORT.get(f"{name} {aspect}")
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(name, aspect, id=f"{name}-{aspect}", marks=marks)


@pytest.mark.parametrize(
    ("name", "aspect"), [_parameter(name, aspect) for name in CORPUS.names() for aspect in JUDGE.ASPECTS]
)
def test_a_strangers_file_is_read_as_an_analyst_reads_it(corpus, name, aspect):
    cases, loaded = corpus
    deviations = JUDGE.judged(cases[name], loaded[name], aspect)
    assert not deviations, "\n".join([f"{name} ({cases[name].expected['what']})", *deviations])


def test_what_falls_short_names_files_and_aspects_of_the_corpus():
    known = {f"{name} {aspect}" for name in CORPUS.names() for aspect in JUDGE.ASPECTS}
    assert set(SHORT) <= known


def test_no_file_of_the_corpus_is_without_its_expectation():
    files = {path.name for path in CORPUS.FILES.iterdir() if path.suffix != ".yaml"}
    makers = set(CORPUS.module("make_containers").MAKERS)
    assert files | makers == set(CORPUS.names())
    assert not files & makers
    assert sum(path.stat().st_size for path in CORPUS.FILES.iterdir()) < 1_000_000
