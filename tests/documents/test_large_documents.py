"""A JSON document too large for memory is read like a small one: by its list of records, item by item."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.reader.container import open_container
from graphcli.loaders.reader.encodings import Encoding
from graphcli.loaders.reader.json import large, records
from graphcli.workspace.errors import DataContractError

RECORDS = [
    {"title": f"会计{n}", "company": '虚构"云杉"[\\', "tags": [{"name": "x]"}, {"name": "{"}]}
    for n in range(400)
]
WRAPPERS = {
    "list": {"code": 0, "data": {"page": 1, "list": RECORDS}},
    "deep": {"a": [{"b": 1}], "c": {"d": {"e": {"rows": RECORDS}}}, "z": "]}"},
}


@pytest.fixture
def small(monkeypatch):
    """Documents of a kilobyte are large, and read in pieces."""
    monkeypatch.setattr(records, "LARGEST_WHOLE", 1_000)
    monkeypatch.setattr(large, "CHUNK", 500)


def read(path):
    sheet = open_container(path).sheets[0]
    return [row for batch in sheet.batches(100) for row in batch.frame.iter_rows()]


@pytest.mark.parametrize("value", WRAPPERS.values(), ids=WRAPPERS)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_large_document_is_read_as_a_small_one(tmp_path, monkeypatch, small, value, indent):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False), encoding="utf-8")
    large = read(path)
    monkeypatch.setattr(records, "LARGEST_WHOLE", 1 << 30)
    assert len(large) == 400
    assert large == read(path)


def test_a_large_document_without_a_list_of_records_is_refused(tmp_path, small):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({str(n): {"title": "会计"} for n in range(200)}, indent=1), encoding="utf-8")
    with pytest.raises(DataContractError, match="write it as JSON lines"):
        read(path)


values = st.recursive(
    st.none() | st.integers() | st.text('ab"\\[]{}\n会', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('a"\\[]{}', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def longest(value, indent, depth=1):
    """Lengths of the lists of objects in a value, as they are written."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [length for one in inner for length in longest(one, indent, depth + 1)]
    if isinstance(value, list) and value and isinstance(value[0], dict) and depth <= large.DEEPEST:
        found.append(len(json.dumps(value, ensure_ascii=False)))
    return found


@settings(max_examples=200, deadline=None)
@given(value=st.dictionaries(st.text(max_size=3), values, max_size=5), chunk=st.integers(1, 400))
def test_the_longest_list_of_objects_is_found_wherever_the_pieces_end(tmp_path_factory, value, chunk):
    path = tmp_path_factory.mktemp("large") / "a.json"
    text = json.dumps(value, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "CHUNK", chunk)
        start, share = large.largest_list(path, Encoding("utf-8"))
    found = longest(value, None)
    assert (start >= 0) == bool(found)
    if found:
        assert json.JSONDecoder().raw_decode(text, start)[1] - start == max(found)
        assert share == pytest.approx(max(found) / len(text))
