"""Random files of boards with known truth: what is read of them must not fall below what was measured."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = 40


@pytest.fixture(scope="module")
def truth():
    """The benchmark that makes, loads and judges the files."""
    sys.path.insert(0, str(REPOSITORY / "benchmarks"))
    try:
        import loading_truth
    finally:
        sys.path.pop(0)
    return loading_truth


@pytest.fixture(scope="module")
def scores(truth):
    """Forty files, loaded at the first try."""
    return truth.measure(range(FILES))


def test_what_is_no_posting_is_never_kept(truth, scores):
    assert truth.summary(scores)["wrongly_kept"] == 0


@pytest.mark.parametrize(
    ("figure", "least"), [("loaded", 0.85), ("kept", 0.86), ("recall", 0.84), ("precision", 0.99)]
)
def test_as_much_is_read_as_was_measured(truth, scores, figure, least):
    assert truth.summary(scores)[figure] >= least


def test_no_employer_and_no_place_is_invented(truth, scores):
    figures = truth.summary(scores)
    assert figures["invented_places"] == 0, [score.examples for score in scores]
    assert figures["invented_employers"] == 0, [score.examples for score in scores]
    assert figures["wrong_employers"] == 0, [score.examples for score in scores]


def test_every_row_of_a_file_that_loads_is_kept(scores):
    assert {score.board.name for score in scores if not score.problem and score.kept != score.rows} == set()


def test_the_same_number_makes_the_same_file(truth):
    assert truth.make_board(11) == truth.make_board(11)
