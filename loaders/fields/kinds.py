"""What a cell holds, told from the cell alone: the votes that columns and cells are judged by.

A kind is judged on the whole cell, never on a part of it: 北京路桥有限公司 is no place, 计算机博士后 is no
level of education. Where a cell may be two things (``20-99``), both are said; who asks decides by the column.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.fields import shapes as shape
from graphcli.loaders.fields.merged import is_merged
from graphcli.loaders.fields.place_names import are_places
from graphcli.loaders.fields.shapes import shapes
from graphcli.loaders.fields.text import SPACE
from graphcli.loaders.fields.vocabulary import simplified_levels

# What is judged; a longer cell is a text by its length alone.
LONGEST_JUDGED = 300
LONGEST_NAME = 45
LONGEST_TAG = 16

_SENTENCE = r"[。；;！!？?]|[\n\r]|：\S|\d[、.．)）]\s*\D"
_SEPARATORS = r"[,，、|｜;；\n\r\t]+|\s+/\s+|\s{2,}|#"
_LIST_TEXT = r"""^\s*\[\s*(?:['"{].*)?\]\s*$"""


@dataclass(frozen=True)
class Forms:
    """Distinct cells in the forms that the patterns look at."""

    raw: pl.Series
    folded: pl.Series
    packed: pl.Series


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
    forms = _forms(distinct)
    judge = _Judge(forms)
    table = pl.DataFrame([judge.of(name).alias(name) for name in names])
    table = table.with_columns(distinct.alias("\0cell"))
    looked_up = pl.DataFrame({"\0cell": cells.cast(pl.String)})
    joined = looked_up.join(table, on="\0cell", how="left", maintain_order="left")
    return joined.select(pl.col(name).fill_null(False) for name in names)


def _forms(distinct: pl.Series) -> Forms:
    cell = pl.col("cell").str.slice(0, LONGEST_JUDGED + 1)
    folded = cell.str.normalize("NFKC").str.to_lowercase().str.strip_chars(SPACE)
    frame = pl.DataFrame({"cell": distinct}).select(raw=cell.str.strip_chars(SPACE), folded=folded)
    script = simplified_levels()
    traditional, simplified = [chr(code) for code in script], list(script.values())
    blank = r"[\s\u200b\ufeff\u00ad]+"
    packed = frame["folded"].str.replace_all(blank, "").str.replace_many(traditional, simplified)
    return Forms(frame["raw"], frame["folded"], packed)


class _Judge:
    """Judges kinds once each, as some are told by what others are."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.known: dict[str, pl.Series] = {}

    def of(self, name: str) -> pl.Series:
        if name not in self.known:
            self.known[name] = KINDS[name](self).fill_null(False)
        return self.known[name]

    def packed(self, pattern: str) -> pl.Series:
        return self.forms.packed.str.contains(_ascii_digits(pattern))

    def folded(self, pattern: str) -> pl.Series:
        return self.forms.folded.str.contains(_ascii_digits(pattern))

    def length(self) -> pl.Series:
        return self.forms.folded.str.len_chars()

    def any_of(self, *names: str) -> pl.Series:
        return functools.reduce(lambda left, right: left | right, map(self.of, names))


def _ascii_digits(pattern: str) -> str:
    """Spell digits out: in folded cells there are hardly others, and a pattern is built twice as fast."""
    return pattern.replace(r"\d", "[0-9]")


def _pay(judge: _Judge) -> pl.Series:
    plain = judge.forms.packed.str.replace_all(r"([0-9]),([0-9]{3})([^0-9]|$)", "$1$2$3")
    return plain.str.contains(_ascii_digits(shape.PAY)) & ~judge.of("date")


def _date(judge: _Judge) -> pl.Series:
    return judge.packed(shape.DATE)


def _education(judge: _Judge) -> pl.Series:
    return judge.packed(shapes().education)


def _experience(judge: _Judge) -> pl.Series:
    return judge.packed(shapes().experience)


def _place(judge: _Judge) -> pl.Series:
    other = judge.any_of("pay", "date", "url", "employer", "number", "address", "company_size")
    possible = (judge.length() <= 60) & ~other & ~judge.folded(r"[。！？!?;；]|\d{4}|^不限$")
    found = pl.Series([False] * len(possible), dtype=pl.Boolean)
    positions = possible.arg_true()
    return (
        found.scatter(positions, are_places(judge.forms.raw.gather(positions))) if len(positions) else found
    )


def _company_size(judge: _Judge) -> pl.Series:
    years = judge.packed(r"^(?:19|20)\d\d-(?:19|20)\d\d$")
    # 0571-8888 is a telephone number.
    return judge.packed(shape.SIZE) & ~judge.packed(r"^0\d") & ~judge.of("date") & ~years


def _ownership(judge: _Judge) -> pl.Series:
    return judge.forms.packed.is_in(sorted(shapes().ownership))


def _industry(judge: _Judge) -> pl.Series:
    parts = judge.forms.packed.str.replace_all(r"[,，;；|]", "\0").str.split("\0")
    known = sorted(shapes().industries - {"不限"})
    return judge.forms.packed.is_in(known) | parts.list.eval(pl.element().is_in(known)).list.all()


def _openings(judge: _Judge) -> pl.Series:
    return judge.packed(rf"^{shape.COUNT}$")


def _employer(judge: _Judge) -> pl.Series:
    sizes = (judge.length() >= 4) & (judge.length() <= LONGEST_NAME)
    chinese = judge.packed(shapes().organisation)
    english = (
        judge.folded(shapes().organisation_english)
        & (judge.length() <= 80)
        & ~judge.folded("[\u4e00-\u9fff]")
    )
    sentence = judge.folded(r"[。；;！!？?]|[\n\r]|：|:|、.*、|^(?:招|聘|诚聘|急聘|我们|公司(?:是|位|成))")
    return (
        ((chinese & sizes) | english) & ~sentence & ~judge.any_of("ownership", "chrome", "industry", "perks")
    )


def _title(judge: _Judge) -> pl.Series:
    sizes = (judge.length() >= 2) & (judge.length() <= 60)
    ends = judge.folded(shapes().job) | judge.folded(shapes().job_english)
    other = judge.any_of(
        "employer", "pay", "date", "url", "chrome", "experience", "education", "industry", "perks"
    )
    # Who recruits stands on a card with what he is: 王女士 招聘经理.
    other |= judge.folded("先生|女士|小姐")
    return ends & sizes & ~judge.folded(r"[。；！？]|[\n\r].*[\n\r]") & ~other & ~judge.of("tags")


def _text(judge: _Judge) -> pl.Series:
    marks = judge.forms.folded.str.count_matches(r"[。；;！!？?，,\n]|\d[、.．)]")
    sentence = judge.folded(_SENTENCE)
    long = judge.length() > 120
    return (
        long
        | ((judge.length() >= 40) & (marks >= 2) & sentence)
        | ((judge.length() >= 25) & (marks >= 3) & judge.folded("[。；;]"))
        | ((judge.length() >= 40) & (marks >= 3) & ~judge.of("tags"))
    ) & ~judge.any_of("tags", "url")


def _tags(judge: _Judge) -> pl.Series:
    parts = judge.forms.folded.str.replace_all(_SEPARATORS, "\0").str.strip_chars("\0 ").str.split("\0")
    lengths = parts.list.eval(pl.element().str.len_chars())
    short = (
        (parts.list.len() >= 2)
        & (lengths.list.max() <= LONGEST_TAG + 8)
        & (lengths.list.mean() <= LONGEST_TAG - 4)
    )
    sentence = judge.folded(r"[。！？]|[：:]|\d[、.．]\D")
    other = judge.any_of("pay", "date", "url", "phone")
    return judge.forms.raw.str.contains(_LIST_TEXT) | (short & ~sentence & ~other)


def _address(judge: _Judge) -> pl.Series:
    street = shapes().streets
    numbered = (
        rf"{street}.{{0,12}}?\d+(?:-\d+)*(?:号|弄|栋|幢|座|楼|层|室|f|单元)"
        rf"|{street}[a-z]?\d*(?:号楼|栋|幢|座|单元).*\d|[a-z]\d?(?:座|栋)\d*"
    )
    starts = judge.packed(r"^(?:工作|上班|公司|办公|联系)?(?:地址|地点)[:：].{4,}")
    sizes = (judge.length() >= 5) & (judge.length() <= 100)
    ends = judge.packed(
        r"(?:\d(?:号|楼|层|室|f|弄|栋|幢|座|单元)|号楼|大厦|广场|座|栋|楼|层|室|园区?|\))[a-z0-9东西南北侧旁内附近]*(?:\([^()]*\))?$"
    )
    return (
        ((judge.packed(numbered) & ends) | starts)
        & sizes
        & ~judge.folded("[。；！？]")
        & ~judge.of("employer")
    )


def _chrome(judge: _Judge) -> pl.Series:
    return judge.packed(shapes().chrome) | judge.folded(shapes().chrome)


def _perks(judge: _Judge) -> pl.Series:
    parts = judge.forms.folded.str.replace_all(_SEPARATORS, "\0").str.strip_chars("\0 ").str.split("\0")
    hits = parts.list.eval(pl.element().str.contains(shapes().perks).cast(pl.Float64)).list.mean()
    return (hits >= 0.6) & (judge.length() <= LONGEST_JUDGED) & ~judge.of("pay")


def _merged(judge: _Judge) -> pl.Series:
    return is_merged(judge.forms.raw) & ~judge.any_of("date", "pay", "education", "experience", "place")


KINDS: dict[str, Callable[[_Judge], pl.Series]] = {
    "pay": _pay,
    "date": _date,
    "education": _education,
    "experience": _experience,
    "place": _place,
    "url": lambda judge: judge.folded(shape.URL),
    "company_size": _company_size,
    "ownership": _ownership,
    "industry": _industry,
    "openings": _openings,
    "employer": _employer,
    "title": _title,
    "text": _text,
    "tags": _tags,
    "address": _address,
    "chrome": _chrome,
    "email": lambda judge: judge.packed(shape.EMAIL),
    "phone": lambda judge: judge.packed(shape.PHONE),
    "number": lambda judge: judge.packed(shape.A_NUMBER),
    "perks": _perks,
    "merged": _merged,
}
