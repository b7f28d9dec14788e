"""The tier definitions as patterns: words by what they are evidence of, roles of titles, marks of clauses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.definitions.spacing import both_ways, spaced
from graphcli.loaders.definitions.tiers.clauses import ASCII_BOUNDARY, BREAKS, ascii_pattern
from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import hash_lines

DEFINITIONS = "graphcli.loaders.definitions.tiers"
REFERENCE = "graphcli.loaders.reference"
TIERS_FILE = "tiers.yaml"

# Of words that begin at one place the longest counts: 大模型工具 is a tool, 大模型 a skill.
CLASSES = ("tool", "skill", "recommend", "weak", "robot", "field", "noted")
# Whether words begin and end in ASCII, in the order in which they are tried.
EDGES = ((True, False), (True, True), (False, True), (False, False))


@dataclass(frozen=True)
class TierRules:
    """The tier definitions as patterns: words by class, roles of titles, marks of clauses, headings."""

    conventions: Mapping[str, str]
    classes: Mapping[str, str]
    any_word: str
    any_noted: str
    skill_word: str
    partner_word: str
    spoken: Sequence[str]
    glance: Sequence[str]
    blanks: Sequence[str]
    candidates: Sequence[str]
    ambiguous: Sequence[str]
    blanked: str
    roles: Mapping[str, str]
    clause: Mapping[str, str]
    sections: Mapping[str, str]
    fingerprint: str


def load_rules(reference_folder: Path | None = None) -> TierRules:
    """Read the tier definitions, the user's own words over ours.

    Parameters
    ----------
    reference_folder
        The workspace's folder ``reference``; words in its ``tiers.yaml`` are added, and words of ours
        that it puts into another class move there.

    Raises
    ------
    DataContractError
        A file breaks its schema, or a word could never be found or stands in two classes.
    """
    path = shipped(DEFINITIONS, TIERS_FILE)
    content = read_yaml(path, read_schema(REFERENCE, "schemas", "tiers.json"))
    own = own_words(reference_folder)
    own |= {other: name for word, name in own.items() if (other := spaced(word)) not in own}
    words = {
        name: [word for word in both_ways(content["words"][name]) if word not in own]
        + [word for word, its in own.items() if its == name]
        for name in CLASSES
    }
    roles = {name: ascii_pattern(pattern) for name, pattern in content["roles"].items()}
    named = [word for name in CLASSES if name not in {"weak", "noted"} for word in words[name]]
    clause = {name: ascii_pattern(pattern) for name, pattern in content["clause"].items()}
    # Two ambiguous words may be clear together, so the one that either needs is looked for.
    named += [word for word in words["weak"] if re.search(content["clause"]["assistant"], word)]
    return TierRules(
        conventions=content["conventions"],
        classes={word: name for name in CLASSES for word in words[name]},
        any_word=word_pattern([word for name in CLASSES[:-1] for word in words[name]]),
        any_noted=word_pattern([word for name in CLASSES for word in words[name]]),
        skill_word=word_pattern(words["skill"]),
        partner_word=(
            rf"{clause['partner']}[^,]{{0,6}}(?:{word_pattern(words['skill'] + words['recommend'])})"
            rf"[^,]{{0,3}}{clause['partners']}"
        ),
        spoken=sorted({word for name in CLASSES[:-1] for word in words[name]}),
        candidates=sorted(set(named)),
        ambiguous=sorted(set(words["weak"])),
        # A blanked name may stand between the parts of a word, so the longest part of each is looked for.
        glance=sorted({max(word.split(" "), key=len) for name in CLASSES for word in words[name]}),
        blanks=sorted({*content["blanked"], *content["idioms"]}),
        blanked=blank_pattern(content["blanked"], content["idioms"]),
        roles=roles | {"entitled": "|".join(roles[name] for name in ("named_algorithm", "named_media"))},
        clause=clause,
        sections=content["sections"],
        fingerprint=hash_lines(
            [path.read_text(encoding="utf-8"), *(f"{word}\t{name}" for word, name in sorted(own.items()))]
        ),
    )


def own_words(reference_folder: Path | None) -> dict[str, str]:
    """Read the user's own words with the class of each, folded as texts are.

    Raises
    ------
    DataContractError
        The file breaks its schema, or a word could never be found or stands in two classes.
    """
    path = reference_folder / TIERS_FILE if reference_folder else None
    if path is None or not path.is_file():
        return {}
    content = read_yaml(path, read_schema(REFERENCE, "schemas", "tier_words.json"))
    found: dict[str, str] = {}
    for name in CLASSES:
        for written in content["words"].get(name, ()):
            word = " ".join(unicodedata.normalize("NFKC", written).lower().split())
            if found.setdefault(word, name) != name:
                raise DataContractError(
                    f"{path.name}: {word!r} stands in two classes, {found[word]} and {name}"
                )
            if not any(character.isalnum() for character in word):
                raise DataContractError(
                    f"{path.name}: {word!r} holds no letter and would be found everywhere"
                )
            if re.search(rf"{BREAKS}|,", word):
                raise DataContractError(f"{path.name}: {word!r} holds a mark at which texts are cut")
    return found


def word_pattern(words: Sequence[str]) -> str:
    """Alternation of words, of those that begin at one place the longest first, ASCII ends at word edges.

    Words with the same edges stand in one group, which the automaton folds into a tree; hundreds of
    alternatives with edges of their own would not fit into its memory, and each text would fill it anew.
    """
    ordered = sorted(words, key=lambda word: (-len(word), word))
    # A word that ends in Chinese goes on where its beginning in ASCII would end, so it is tried before it.
    rank = {edges: number for number, edges in enumerate(EDGES)}
    known = {word: rank[_edges(word)] for word in ordered}
    late = [word for word in ordered if _overtaken(word, known)]
    groups = [_bounded([word]) for word in late]
    for edges in EDGES:
        group = [word for word in ordered if _edges(word) == edges]
        groups += [_bounded(group)] if group else []
    return "|".join(groups)


def _overtaken(word: str, rank: Mapping[str, int]) -> bool:
    """Whether a beginning of the word stands in a group that is tried earlier."""
    return any(rank.get(word[:end], len(EDGES)) < rank[word] for end in range(1, len(word)))


def blank_pattern(suffixes: Sequence[str], idioms: Sequence[str]) -> str:
    """Pattern of names of companies (a suffix and the name before it) and of idioms."""
    names = "|".join(re.escape(suffix) for suffix in suffixes)
    # Chinese characters by their range, which makes a smaller automaton than their script.
    part, place = "[一-龥a-z]{0,20}", r"(?:[一-龥a-z]{0,20}\([一-龥]{2,4}\))?"
    return f"{place}{part}(?:{names})|" + word_pattern(idioms)


def _bounded(words: Sequence[str]) -> str:
    """Alternation of words that have the same edges."""
    left, right = (ASCII_BOUNDARY if edge else "" for edge in _edges(words[0]))
    return f"{left}(?:{'|'.join(map(re.escape, words))}){right}"


def _edges(word: str) -> tuple[bool, bool]:
    """Whether a word begins and whether it ends in an ASCII letter or digit."""
    first, last = word[0], word[-1]
    return first.isascii() and first.isalnum(), last.isascii() and last.isalnum()
