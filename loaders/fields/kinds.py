"""What a cell holds, told from the cell alone: the votes that columns and cells are judged by.

A kind is judged on the whole cell, never on a part of it: 北京路桥有限公司 is no place, 计算机博士后 is no
level of education. Where a cell may be two things (``20-99``), both are said; who asks decides by the column.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Sequence

import polars as pl

from graphcli.loaders.fields import shapes as shape
from graphcli.loaders.fields.merged import is_merged
from graphcli.loaders.fields.place_names import are_places
from graphcli.loaders.fields.shapes import shapes
from graphcli.loaders.fields.text import SPACE
from graphcli.loaders.fields.vocabulary import load_vocabulary, simplified_levels

# What is judged; a longer cell is a text by its length alone.
LONGEST_JUDGED = 300
LONGEST_NAME = 45
LONGEST_TAG = 16

_SENTENCE = r"[。；;！!？?]|[\n\r]|：\S|\d[、.．)）]\s*\D"
_SEPARATORS = r"[,，、|｜;；\n\r\t]+|\s+/\s+|\s{2,}|#"
_LIST_TEXT = r"""^\s*\[\s*(?:['"{].*)?\]\s*$"""


def kinds(cells: pl.Series, wanted: Sequence[str] | None = None) -> pl.DataFrame:
    """Say of every cell what it may be.

    Parameters
    ----------
    cells
        Text; null and blank cells are of no kind.
    wanted
        Names of kinds; all of ``KINDS`` where it is not given. Each costs time.

    Returns
    -------
    polars.DataFrame
        One Boolean column for each kind, without nulls, in the order of ``cells``.

    Examples
    --------
    >>> kinds(pl.Series(["1.2-2万", "1-3年", "北京·海淀"]), ["pay", "experience", "place"]).rows()
    [(True, False, False), (False, True, False), (False, False, True)]
    """
    names = list(KINDS if wanted is None else wanted)
    distinct = pl.DataFrame({"\0cell": cells.cast(pl.String)}).unique()["\0cell"].drop_nulls()
    table = _forms(distinct)
    for stage in _stages(tuple(names)):
        # A stage at a time: each start of the engine costs as much as judging some hundred cells.
        table = table.with_columns(_expression(name).fill_null(False).alias(name) for name in stage)
        for name in IN_PYTHON.keys() & set(stage):
            table = table.with_columns(_where(table["raw"], table[name], IN_PYTHON[name]).alias(name))
    table = table.select(distinct.alias("\0cell"), *names)
    looked_up = pl.DataFrame({"\0cell": cells.cast(pl.String)})
    joined = looked_up.join(table, on="\0cell", how="left", maintain_order="left")
    return joined.select(pl.col(name).fill_null(False) for name in names)


def _forms(distinct: pl.Series) -> pl.DataFrame:
    """Write cells in the forms that patterns look at: raw, folded (width, case), packed (without blanks)."""
    cell = pl.col("cell").str.slice(0, LONGEST_JUDGED + 1)
    folded = cell.str.normalize("NFKC").str.to_lowercase().str.strip_chars(SPACE)
    frame = pl.DataFrame({"cell": distinct}).select(raw=cell.str.strip_chars(SPACE), folded=folded)
    script = simplified_levels()
    traditional, simplified = [chr(code) for code in script], list(script.values())
    blank = r"[\s\u200b\ufeff\u00ad]+"
    return frame.with_columns(
        packed=pl.col("folded").str.replace_all(blank, "").str.replace_many(traditional, simplified)
    )


@functools.cache
def _expression(name: str) -> pl.Expr:
    return KINDS[name]()


@functools.cache
def _stages(wanted: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Put kinds in the order in which they can be judged, as some are told by what others are."""
    needs: dict[str, set[str]] = {}
    left = list(wanted)
    while left:
        name = left.pop()
        if name not in needs:
            needs[name] = set(_expression(name).meta.root_names()) & KINDS.keys()
            left += needs[name]
    stages: list[tuple[str, ...]] = []
    known: set[str] = set()
    while len(known) < len(needs):
        stages.append(tuple(sorted(name for name in needs.keys() - known if needs[name] <= known)))
        known.update(stages[-1])
    return tuple(stages)


def _where(cells: pl.Series, possible: pl.Series, judge: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Judge the cells that may be of a kind one by one."""
    positions = possible.arg_true()
    if not len(positions):
        return possible
    return possible.clone().scatter(positions, judge(cells.gather(positions)))


def _ascii_digits(pattern: str) -> str:
    """Spell digits out: in folded cells there are hardly others, and a pattern is built twice as fast."""
    return pattern.replace(r"\d", "[0-9]")


def _packed(pattern: str) -> pl.Expr:
    return pl.col("packed").str.contains(_ascii_digits(pattern))


def _folded(pattern: str) -> pl.Expr:
    return pl.col("folded").str.contains(_ascii_digits(pattern))


def _length() -> pl.Expr:
    return pl.col("folded").str.len_chars()


def _of(*names: str) -> pl.Expr:
    return functools.reduce(operator.or_, map(pl.col, names))


def _pay() -> pl.Expr:
    plain = pl.col("packed").str.replace_all(r"([0-9]),([0-9]{3})([^0-9]|$)", "$1$2$3")
    return plain.str.contains(_ascii_digits(shape.PAY)) & ~_of("date")


def _place() -> pl.Expr:
    other = _of("pay", "date", "url", "employer", "number", "address", "company_size")
    return (_length() <= 60) & ~other & ~_folded(r"[。！？!?;；]|\d{4}|^不限$")


def _company_size() -> pl.Expr:
    years = _packed(r"^(?:19|20)\d\d-(?:19|20)\d\d$")
    # 0571-8888 is a telephone number.
    return _packed(shape.SIZE) & ~_packed(r"^0\d") & ~_of("date") & ~years


def _told_level() -> pl.Expr:
    """A level of education or experience that is one: 不限 asks for none."""
    vocabulary = load_vocabulary()
    words = [
        word
        for levels in (vocabulary.education, vocabulary.experience)
        for word, level in levels.items()
        if level == "any" and not re.search("学历|经[验历]|experience|degree", word)
    ]
    return _of("education", "experience") & ~pl.col("packed").is_in(pl.Series(sorted(set(words))).implode())


def _told_size() -> pl.Expr:
    """A size that says it counts people, or whose ends lie apart as those of the steps of boards do."""
    low, high = (
        pl.col("packed").str.extract(r"^(\d{1,6})-(\d{1,6})\D*$", end).cast(pl.Int64, strict=False)
        for end in (1, 2)
    )
    stepped = (high >= 20) & ((high > 2 * low) | (high % 100 == 99)) & (high % 10).is_in([0, 9])
    return pl.col("company_size") & (_packed("人|名|员工|employee|people|staff") | stepped)


def _industry() -> pl.Expr:
    packed = pl.col("packed")
    known = pl.Series(sorted(shapes().industries - {"不限"})).implode()
    parts = packed.str.replace_all(r"[,，;；|]", "\0").str.split("\0")
    return packed.is_in(known) | parts.list.eval(pl.element().is_in(known)).list.all()


def _employer() -> pl.Expr:
    sizes = (_length() >= 4) & (_length() <= LONGEST_NAME)
    chinese = _packed(shapes().organisation)
    english = _folded(shapes().organisation_english) & (_length() <= 80) & ~_folded("[\u4e00-\u9fff]")
    sentence = _folded(r"[。；;！!？?]|[\n\r]|：|:|、.*、|^(?:招|聘|诚聘|急聘|我们|公司(?:是|位|成))")
    return ((chinese & sizes) | english) & ~sentence & ~_of("ownership", "chrome", "industry", "perks")


def _title() -> pl.Expr:
    sizes = (_length() >= 2) & (_length() <= 60)
    ends = _folded(shapes().job) | _folded(shapes().job_english)
    other = _of("employer", "pay", "date", "url", "chrome", "experience", "education", "industry", "perks")
    # Who recruits stands on a card with what he is: 王女士 招聘经理.
    other |= _folded("先生|女士|小姐")
    return ends & sizes & ~_folded(r"[。；！？]|[\n\r].*[\n\r]") & ~other & ~_of("tags")


def _text() -> pl.Expr:
    marks = pl.col("folded").str.count_matches(r"[。；;！!？?，,\n]|\d[、.．)]")
    sentence = _folded(_SENTENCE)
    return (
        (_length() > 120)
        | ((_length() >= 40) & (marks >= 2) & sentence)
        | ((_length() >= 25) & (marks >= 3) & _folded("[。；;]"))
        | ((_length() >= 40) & (marks >= 3) & ~_of("tags"))
    ) & ~_of("tags", "url")


def _parts() -> pl.Expr:
    return pl.col("folded").str.replace_all(_SEPARATORS, "\0").str.strip_chars("\0 ").str.split("\0")


def _tags() -> pl.Expr:
    lengths = _parts().list.eval(pl.element().str.len_chars())
    short = (
        (_parts().list.len() >= 2)
        & (lengths.list.max() <= LONGEST_TAG + 8)
        & (lengths.list.mean() <= LONGEST_TAG - 4)
    )
    sentence = _folded(r"[。！？]|[：:]|\d[、.．]\D")
    other = _of("pay", "date", "url", "phone")
    return pl.col("raw").str.contains(_LIST_TEXT) | (short & ~sentence & ~other)


def _address() -> pl.Expr:
    street = shapes().streets
    numbered = (
        rf"{street}.{{0,12}}?\d+(?:-\d+)*(?:号|弄|栋|幢|座|楼|层|室|f|单元)"
        rf"|{street}[a-z]?\d*(?:号楼|栋|幢|座|单元).*\d|[a-z]\d?(?:座|栋)\d*"
    )
    starts = _packed(r"^(?:工作|上班|公司|办公|联系)?(?:地址|地点)[:：].{4,}")
    sizes = (_length() >= 5) & (_length() <= 100)
    ends = _packed(
        r"(?:\d(?:号|楼|层|室|f|弄|栋|幢|座|单元)|号楼|大厦|广场|座|栋|楼|层|室|园区?|\))[a-z0-9东西南北侧旁内附近]*(?:\([^()]*\))?$"
    )
    return ((_packed(numbered) & ends) | starts) & sizes & ~_folded("[。；！？]") & ~_of("employer")


def _perks() -> pl.Expr:
    said = pl.element().str.contains(shapes().perks).cast(pl.Float64)
    hits = _parts().list.eval(said).list.mean()
    return (hits >= 0.6) & (_length() <= LONGEST_JUDGED) & ~_of("pay")


# Each tells from the forms of a cell, and from kinds that are judged before, whether it is of the kind.
KINDS: dict[str, Callable[[], pl.Expr]] = {
    "pay": _pay,
    "date": lambda: _packed(shape.DATE),
    "education": lambda: _packed(shapes().education),
    "experience": lambda: _packed(shapes().experience),
    "place": _place,
    "url": lambda: _folded(shape.URL),
    "company_size": _company_size,
    "told_size": _told_size,
    "told_level": _told_level,
    "ownership": lambda: pl.col("packed").is_in(pl.Series(sorted(shapes().ownership)).implode()),
    "industry": _industry,
    "openings": lambda: _packed(rf"^{shape.COUNT}$"),
    "few_openings": lambda: pl.col("openings") & (_packed("招|若干|数|多") | ~_packed(r"\d{3}")),
    "employer": _employer,
    "title": _title,
    "text": _text,
    "tags": _tags,
    "address": _address,
    "chrome": lambda: _packed(shapes().chrome) | _folded(shapes().chrome),
    "email": lambda: _packed(shape.EMAIL),
    "phone": lambda: _packed(shape.PHONE),
    "number": lambda: _packed(shape.A_NUMBER),
    "perks": _perks,
    "merged": lambda: ~_of("date", "pay", "education", "experience", "place"),
}
# Of the cells that may be of these kinds by the table above, each is judged by itself.
IN_PYTHON: dict[str, Callable[[pl.Series], pl.Series]] = {"place": are_places, "merged": is_merged}
