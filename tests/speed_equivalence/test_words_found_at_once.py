"""Quick ways of finding and judging words against slow and plain ones, on random texts."""

from __future__ import annotations

import random
import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.skills.hits import lay_out
from graphcli.loaders.definitions.skills.search import PatternSearch
from graphcli.loaders.definitions.tiers import judging as tiers
from graphcli.loaders.definitions.tiers import words as tier_words
from graphcli.loaders.definitions.tiers.clauses import folded
from graphcli.loaders.definitions.tiers.rules import load_rules

LETTERS = st.text(st.sampled_from("abAB 中文字.#1é"), min_size=1, max_size=9)
AROUND = [
    *("负责", "熟悉", "，", "。", "、", ";", ":", "\n", "岗位职责：", "任职要求：", "加分项:", "公司"),
    *("某某科技有限公司", "优先", "有经验者优先", "不要求", "1、", "(2)", "plc", "的"),
]


def documents(texts: list[str]) -> pl.DataFrame:
    """Postings of which only the text is filled."""
    return pl.DataFrame(
        {"title": [""] * len(texts), "tags": [[]] * len(texts), "text": texts},
        schema={"title": pl.String, "tags": pl.List(pl.String), "text": pl.String},
    )


def plainly_found(content: bytes, patterns: list[str]) -> set[tuple[int, int, int]]:
    """Every place of every pattern, one after the other."""
    text = content.translate(bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256)))
    found = set()
    for number, pattern in enumerate(patterns):
        word = pattern.encode()
        at = text.find(word)
        while at >= 0:
            found.add((at, at + len(word), number))
            at = text.find(word, at + 1)
    return found


def found_at_once(texts: list[str], patterns: list[str]) -> tuple[bytes, list[tuple[int, int, int]]]:
    document = lay_out(documents(texts))
    hits = PatternSearch(patterns).find(document)
    triples = zip(hits.start.tolist(), hits.end.tolist(), hits.pattern.tolist(), strict=True)
    return bytes(document.buffer), list(triples)


@given(st.lists(LETTERS.map(str.lower), min_size=1, max_size=12, unique=True), st.lists(LETTERS, max_size=6))
def test_every_word_is_found_where_it_stands(patterns, texts):
    content, found = found_at_once(texts or [""], patterns)
    assert len(found) == len(set(found))
    assert set(found) == plainly_found(content, patterns)


def test_words_that_begin_alike_are_told_apart_beyond_eight_and_sixteen_bytes():
    patterns = [
        "数据",
        "数据分析",
        "数据分析师",
        "数据分析工程师助理",
        "machine",
        "machine learning",
        "machine learner x",
    ]
    texts = [
        "高级数据分析师",
        "数据分析工程师助理",
        "Machine Learning",
        "MACHINE LEARNER",
        "machine learner x",
    ]
    content, found = found_at_once(texts, patterns)
    assert set(found) == plainly_found(content, patterns)
    assert {number for _, _, number in found} == set(range(len(patterns)))


@pytest.fixture(scope="module")
def words() -> list[str]:
    """All words of the tiers."""
    return sorted(load_rules().classes)


def random_texts(words: list[str], count: int, longest: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [
        "".join(
            chance.choice(words) if chance.random() < 0.3 else chance.choice(AROUND)
            for _ in range(chance.randrange(longest))
        )
        for _ in range(count)
    ]


def test_the_taxonomy_is_found_in_random_texts(words):
    patterns = [pattern for pattern in load_matcher()._skills._patterns if pattern]
    texts = [text.upper() if at % 2 else text for at, text in enumerate(random_texts(words, 60, 20, 1))]
    content, found = found_at_once(texts, patterns)
    assert set(found) == plainly_found(content, patterns)


def plainly_folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def test_every_character_folds_as_its_tables_say():
    characters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF]
    column = pl.DataFrame({"text": characters})
    slow = column.select(pl.col("text").str.normalize("NFKC").str.to_lowercase())
    assert column.select(folded(pl.col("text"))).equals(slow)


@given(st.text(st.sampled_from("aAéÅ\u030a\u0301ＡｉＩİΣ中（：１①ﬁ㎡\u3000…’ｶﾞ각가한\n"), max_size=8))
def test_texts_fold_as_one_character_after_another(text):
    column = pl.DataFrame({"text": [text]})
    slow = column.select(pl.col("text").str.normalize("NFKC").str.to_lowercase())
    assert column.select(folded(pl.col("text"))).equals(slow)
    if text.isascii():
        assert slow.item() == plainly_folded(text)


def test_clauses_give_the_words_that_a_plain_search_finds(words):
    rules = load_rules()
    apart = ["machine" + "字" * 20 + "公司learning", "machine 某公司 learning"]
    clauses = [*random_texts(words, 3000, 5, 2), *apart]
    frame = pl.DataFrame({"row": range(len(clauses)), "clause": clauses})
    quick = tier_words._words(frame, rules, noted=True).select("row", "word")
    blanked = pl.col("clause").str.replace_all(rules.blanked, " ")
    slow = (
        frame.with_columns(word=blanked.str.extract_all(rules.any_noted)).explode("word").drop_nulls("word")
    )
    assert quick.height > 500
    assert quick.equals(slow.select("row", "word"))


def test_texts_without_an_ai_word_need_not_be_cut_up(words):
    rules = load_rules()
    texts = random_texts(words, 1500, 12, 3)
    frame = documents(texts).with_columns(title=pl.lit("算法工程师"))
    zones = tiers._zones(frame.with_row_index("row"), rules)
    facts = tiers._facts(zones, rules)
    some = tier_words.marked_items(tiers._spoken(zones, rules), rules)
    every = tier_words.marked_items(zones, rules)
    assert 0 < some.height < every.height
    for judge in (
        lambda items: tier_words.text_words(items, facts, rules, noted=False),
        lambda items: tiers._main_duties(items, facts, rules),
    ):
        assert judge(some).height
        assert judge(some).equals(judge(every))


def test_the_search_for_skills_notices_every_posting_that_a_search_of_its_own_would_find(words):
    rules = load_rules()
    texts = random_texts(words, 1500, 12, 7)
    # Full width and capitals hide a word from bytes alone.
    texts = [text.upper() if at % 3 == 1 else text for at, text in enumerate(texts)]
    texts += ["熟悉ＡＩ技术", "ＰＹＴＯＲＣＨ", "machine\u00a0learning", "机器学习"]
    frame = documents(texts).with_columns(title=pl.lit("工程师"), employer_raw=pl.lit(""))
    noticed = load_matcher().annotate(frame)["tier"]
    alone = tiers.tiers_of(frame, rules)
    assert 0 < (alone == "none").sum() < frame.height
    # What only the folded text shows, a search of the text as written may miss; never the other way.
    assert frame.filter((alone != noticed) & (alone != "none")).is_empty()
    assert frame.filter(alone != noticed)["text"].to_list() in ([], ["machine\u00a0learning"])


def test_postings_are_judged_together_as_they_are_alone(words):
    matcher = load_matcher()
    texts = random_texts(words, 40, 14, 4)
    titles = random_texts(words, 40, 3, 5)
    frame = documents(texts).with_columns(title=pl.Series(titles), employer_raw=pl.lit(""))
    together = matcher.annotate(frame)
    alone = pl.concat([matcher.annotate(frame.slice(at, 1)) for at in range(frame.height)])
    assert together.equals(alone)
    assert together["tier"].n_unique() == 4


def test_patterns_of_the_tiers_hold_no_word_that_a_glance_would_miss():
    rules = load_rules()
    for word in rules.classes:
        assert any(part in word for part in rules.glance)
    for blank in rules.blanks:
        assert re.search(rules.blanked.replace(r"\p{Han}", "一-龥").replace(r"(?-u:\b)", r"\b"), blank)
