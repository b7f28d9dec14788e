"""Damages files of the corpus, by a seed: the same number gives the same damaged file each time."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.reader.delimited.records import long_cells

Mutation = Callable[[bytes, random.Random], bytes]
DELIMITERS = (b",", b"\t", b";", b"|", b"^", b"\x01", b" ")
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "latin-1", "cp1252", "utf-7", "shift_jis")
SNIPPETS = (
    b"\x00", b'"', b"'", b"\r", b"\n", b"\\", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b"]]>", b"{", b"}", b"[",
    b"\xe2\x80\xa8", b"=1+1", b"\x1a", b"\xc3\x28", b"&#0;", b"\\u0000", b"\\ud800", b"1e999", b"NaN",
    b"NULL", b"--", b"/*", b";", b"$$", b"'; DROP TABLE jobs; --", b"\x1f\x8b", b"PK\x03\x04", b"\\N", b"\\.",
)  # fmt: skip
NAMES = ("crawl.csv", "crawl.json", "crawl.xlsx", "crawl", "crawl.txt", "crawl.sql", "crawl.zip")
LARGEST = 400_000


@dataclass(frozen=True)
class Mutant:
    """One damaged file."""

    number: int
    name: str
    content: bytes
    how: tuple[str, ...]


def mutants(seeds: Sequence[Path], numbers: Sequence[int]) -> list[Mutant]:
    """Damage the files; mutant ``n`` is the same whichever others are asked for."""
    return [_mutant(seeds, number) for number in numbers]


def _mutant(seeds: Sequence[Path], number: int) -> Mutant:
    chance = random.Random(f"mutant {number}")
    # Every file gets its turn; how it is damaged is chance.
    seed = seeds[number % len(seeds)]
    content, how = seed.read_bytes(), []
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        name, mutation = chance.choice(MUTATIONS)
        content = mutation(content, chance)[:LARGEST]
        how.append(name)
    ending = (
        seed.name
        if chance.random() < 0.8
        else f"crawl{chance.choice(('.csv', '.json', '.xlsx', '', '.txt'))}"
    )
    return Mutant(number, f"{number:06d}-{ending}", content, (seed.name, *how))


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 100))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 5, 50))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut_end(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _cut_start(content: bytes, chance: random.Random) -> bytes:
    return content[chance.randrange(len(content) + 1) :]


def _cut_middle(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[last:]


def _recode(content: bytes, chance: random.Random) -> bytes:
    text = content.decode(chance.choice(ENCODINGS), "replace")
    return text.encode(chance.choice(ENCODINGS), chance.choice(("replace", "ignore")))


def _recode_half(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    half = chance.randrange(len(lines) + 1)
    return b"".join(lines[:half]) + _recode(b"".join(lines[half:]), chance)


def _shuffle_columns(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "surrogateescape")
    with long_cells():
        rows = list(csv.reader(io.StringIO(text.replace("\0", "").replace("\r", "\n"), newline="")))
    width = max((len(row) for row in rows), default=0)
    order = chance.sample(range(width), width)
    each = chance.random() < 0.3
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        order = chance.sample(range(width), width) if each else order
        padded = row + [""] * (width - len(row))
        writer.writerow([padded[at] for at in order])
    return out.getvalue().encode("utf-8", "surrogateescape")


def _lines(change: Callable[[list[bytes], random.Random], list[bytes]]) -> Mutation:
    def mutation(content: bytes, chance: random.Random) -> bytes:
        return b"".join(change(content.splitlines(keepends=True), chance))

    return mutation


def _glue(lines: list[bytes], chance: random.Random) -> list[bytes]:
    return [line.rstrip(b"\r\n") if chance.random() < 0.3 else line for line in lines]


def _repeat(lines: list[bytes], chance: random.Random) -> list[bytes]:
    return [line for line in lines for _ in range(chance.choice((1, 1, 1, 2, 30)))]


def _shuffle(lines: list[bytes], chance: random.Random) -> list[bytes]:
    return chance.sample(lines, len(lines))


def _drop(lines: list[bytes], chance: random.Random) -> list[bytes]:
    return [line for line in lines if chance.random() < 0.7]


def _header_again(lines: list[bytes], chance: random.Random) -> list[bytes]:
    return [line for at, line in enumerate(lines) for line in ([lines[0], line] if at % 4 == 3 else [line])]


def _exchange_delimiter(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.sample(DELIMITERS, 2)
    return content.replace(old, new, chance.choice((-1, -1, 7)))


def _insert(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 2, 10))):
        at = chance.randrange(len(content) + 1)
        content = content[:at] + chance.choice(SNIPPETS) * chance.choice((1, 1, 2, 40)) + content[at:]
    return content


def _insert_start(content: bytes, chance: random.Random) -> bytes:
    return chance.choice(SNIPPETS) + content


def _quotes(content: bytes, chance: random.Random) -> bytes:
    mark = chance.choice((b'"', b"'", b'""', b"\\"))
    return mark.join(content[at : at + 97] for at in range(0, len(content), 97))


def _long_run(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    run = chance.choice((b"a", b",", b'"', b"[", b"{", b"\n", b"(", b"<td>", b"9", "万".encode())) * 20_000
    return content[:at] + run + content[at:]


def _swap_blocks(content: bytes, chance: random.Random) -> bytes:
    size = chance.choice((16, 256, 1024))
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    if len(blocks) > 1:
        first, second = chance.sample(range(len(blocks)), 2)
        blocks[first], blocks[second] = blocks[second], blocks[first]
    return b"".join(blocks)


def _start_damage(content: bytes, chance: random.Random) -> bytes:
    """Hit the first and last bytes, where containers keep what they are."""
    changed = bytearray(content)
    for _ in range(4):
        if changed:
            span = min(64, len(changed))
            at = chance.randrange(span)
            changed[at if chance.random() < 0.5 else -1 - at] = chance.randrange(256)
    return bytes(changed)


def _inside_zip(content: bytes, chance: random.Random) -> bytes:
    """Damage what lies in an archive and close it again, so that the damage passes the checksums."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()[:40]}
    except Exception:
        return _flip(content, chance)
    buffer = io.BytesIO()
    target = chance.choice(sorted(members)) if members else ""
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in members.items():
            archive.writestr(name, chance.choice(PLAIN)[1](inner, chance) if name == target else inner)
    return buffer.getvalue()


def _packed(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        return gzip.compress(content, mtime=0)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(chance.choice(("jobs.csv", "a/b.json", "../x.csv", "工作.xlsx", "")) or "x", content)
    return buffer.getvalue()


PLAIN: tuple[tuple[str, Mutation], ...] = (
    ("flip", _flip),
    ("overwrite", _overwrite),
    ("cut end", _cut_end),
    ("cut start", _cut_start),
    ("cut middle", _cut_middle),
    ("recode", _recode),
    ("recode half", _recode_half),
    ("shuffle columns", _shuffle_columns),
    ("glue rows", _lines(_glue)),
    ("repeat lines", _lines(_repeat)),
    ("shuffle lines", _lines(_shuffle)),
    ("drop lines", _lines(_drop)),
    ("header again", _lines(_header_again)),
    ("exchange delimiter", _exchange_delimiter),
    ("insert", _insert),
    ("insert at start", _insert_start),
    ("quotes", _quotes),
    ("long run", _long_run),
    ("swap blocks", _swap_blocks),
    ("start damage", _start_damage),
)
MUTATIONS: tuple[tuple[str, Mutation], ...] = (*PLAIN, ("inside zip", _inside_zip), ("packed", _packed))
