"""Identities, references and files of the bottom room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.files import replacing, write_text
from graphcli.workspace.identity import normalise_text, stable_hash
from graphcli.workspace.references import PART_COUNTS, Reference, parse_reference
from graphcli.workspace.selection import Selection

WORDS = st.text(st.characters(exclude_characters="\x1f", exclude_categories=("Cs",)), min_size=1)


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, min_size=1, max_size=4))
def test_different_parts_have_different_hashes(left, right):
    assert (stable_hash(*left) == stable_hash(*right)) == (left == right)


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise_text(normalise_text(text)) == normalise_text(text)


@given(
    st.sampled_from(sorted(PART_COUNTS)),
    st.lists(st.from_regex(r"[A-Za-z0-9_./-]+", fullmatch=True), min_size=4, max_size=4),
)
def test_a_reference_reads_back(kind, parts):
    reference = Reference(kind, tuple(parts[: PART_COUNTS[kind][1]]))
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize("text", ["", "posting", "posting:", "edge:HIRES_IN:a", "nothing:1", "cluster:run"])
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(UsageError):
        parse_reference(text)


def test_an_unknown_name_lists_what_there_is():
    assert "there are: a, b" in str(unknown_name("query", "zzzz", ["b", "a"]))


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "page.html"
    write_text(path, "old")

    def fail_half_way() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["page.html"]


def test_a_selection_that_only_judges_needs_no_postings():
    assert not Selection(as_of="ever", scheme="prd_9").restricts_postings()
    assert Selection(tier="broad").restricts_postings()
    assert Selection(dedupe="none").restricts_postings()
