"""Postings that say the same are read once, and get what they would get alone."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.repeats import Repeats

SCHEMA = {"title": pl.String, "tags": pl.List(pl.String), "text": pl.String}
words = st.sampled_from(["算法", "Python", "", "a\x1fb", "a", "b"])
rows = st.lists(
    st.tuples(st.none() | words, st.none() | st.lists(words, max_size=3), st.none() | words), max_size=12
)


class Counting:
    """Says of each row what it holds, and counts the rows that it was asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        self.asked += frame.height
        said = [f"{title!r} {tags!r} {text!r}" for title, tags, text in frame.select(list(SCHEMA)).rows()]
        return pl.DataFrame({"said": pl.Series(said, dtype=pl.String)})


def frame_of(records: list[tuple[object, object, object]]) -> pl.DataFrame:
    return pl.DataFrame(records, schema=SCHEMA, orient="row")


@given(st.lists(rows, min_size=1, max_size=4), st.integers(1, 30))
def test_every_row_gets_what_it_would_get_alone(frames, most):
    repeats = Repeats(Counting(), most)
    for records in frames:
        frame = frame_of(records)
        assert repeats.answers(frame).equals(Counting()(frame))


@given(st.lists(rows, min_size=1, max_size=4))
def test_what_was_met_is_not_read_again(frames):
    counting = Counting()
    repeats = Repeats(counting)
    for records in frames:
        repeats.answers(frame_of(records))
    distinct = {
        (title, None if tags is None else (*tags,), text) for one in frames for title, tags, text in one
    }
    assert counting.asked == len(distinct)


def test_no_more_is_kept_than_was_said():
    counting = Counting()
    repeats = Repeats(counting, most=2)
    for text in ("a", "b", "c", "c", "a"):
        repeats.answers(frame_of([("", [], text)]))
    assert counting.asked == 4


def test_the_matcher_gives_the_same_for_a_posting_that_comes_again():
    frame = frame_of([("算法工程师", ["Python"], "负责深度学习模型"), ("会计", [], "做账")] * 3)
    frame = frame.with_columns(employer_raw=pl.lit("星海"))
    matcher = load_matcher()
    alone = pl.concat([load_matcher().annotate(row) for row in frame.head(2).iter_slices(1)])
    assert matcher.annotate(frame).equals(pl.concat([alone] * 3))
    assert matcher.annotate(frame.reverse()).equals(pl.concat([alone] * 3).reverse())
