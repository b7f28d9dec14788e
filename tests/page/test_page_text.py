"""Text that goes into a page: none of it can become markup, and pinyin finds Chinese."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.graph.page.text import (
    clean,
    content_security_policy,
    json_for_script,
    policy_hash,
    romanise,
    script_block,
    style_block,
    web_address,
)
from graphcli.workspace.errors import DataContractError

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_json_comes_back_and_holds_no_markup(value):
    written = str(json_for_script(value))
    assert json.loads(written) == value
    assert not set(written) & {"<", ">", "&", "\u2028", "\u2029"}


@given(st.text())
def test_clean_text_is_stable_and_shows_every_character(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(char in cleaned for char in "\u202a\u202e\u2066\u200b\ufeff\x00\x1b\n")


def test_clean_takes_disguises_out():
    assert clean("\u202egnp.exe") == "gnp.exe"
    assert clean("星\u200b澜\n 集团 ") == "星澜 集团"
    assert clean(None) == ""


def test_only_web_addresses_stay():
    assert web_address("https://a.example/x?y=1") == "https://a.example/x?y=1"
    assert web_address("HTTP://a.example") == "HTTP://a.example"
    for address in ("javascript:alert(1)", "data:text/html,x", "//a.example", "https:///x", "ftp://a", ""):
        assert web_address(address) == ""


@pytest.mark.parametrize("text", ["x</script>", "x</SCRIPT >", "<!-- x"])
def test_a_script_that_would_end_early_is_refused(text):
    with pytest.raises(DataContractError):
        script_block(text)


def test_a_style_that_would_end_early_is_refused():
    with pytest.raises(DataContractError):
        style_block("a{} </style>")


def test_the_policy_allows_nothing_but_the_hashes():
    policy = content_security_policy([script_block("let a = 1;")], style_block("a{}"))
    assert policy.startswith("default-src 'none'; ")
    assert policy_hash("let a = 1;") in policy
    assert policy_hash("a{}") in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_romanised_names():
    assert romanise("重庆") == ("chong qing", "cq")
    assert romanise("西安电子科技大学") == ("xi an dian zi ke ji da xue", "xadzkjdx")
    assert romanise("AI平台") == ("AI ping tai", "aipt")
    assert romanise("Spark") == ("", "")
