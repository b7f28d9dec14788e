"""Cells that are not what their column says: an address for an employer, a wage for a place.

Such a cell is no value. It is blanked and stays in the issues as it was written; where it plainly is the
value of another field that the record leaves empty, it is read there. Nothing is ever taken out of a title.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphcli.loaders.fields.kinds import kinds
from graphcli.loaders.fields.merged import ROLES as SHARING_ROLES
from graphcli.loaders.fields.merged import split_merged
from graphcli.loaders.fields.place_names import is_place, place_starts
from graphcli.loaders.fields.vocabulary import load_vocabulary
from graphcli.loaders.layouts.layout import Alternative, Layout
from graphcli.loaders.reader.batches import ROW, SHOWN

# What a cell of a role certainly is not, if it is one of these; the first that holds names the problem.
NOT_A = {
    "employer": (
        "url", "email", "phone", "date", "pay", "education", "experience", "company_size", "ownership",
        "openings", "chrome", "perks", "address", "merged", "place", "industry", "number", "text",
    ),
    "place": (
        "url", "email", "phone", "date", "pay", "education", "experience", "company_size", "openings",
        "chrome", "perks", "text", "employer", "title",
    ),
    "title": ("url", "email", "phone", "date", "pay", "company_size", "chrome", "number", "text"),
    "industry": ("url", "email", "phone", "date", "pay", "company_size", "chrome", "number", "text"),
    "pay": ("date", "education", "experience", "place", "company_size"),
    "education": ("pay", "date", "experience", "place", "company_size"),
    "experience": ("pay", "date", "education", "place", "company_size"),
    "posted_on": ("pay", "education", "experience", "place", "company_size"),
    "company_size": ("pay", "date", "education", "experience", "place"),
}  # fmt: skip
# A cell of this kind is read for this role where the record names nothing for it.
BELONGS_TO = {
    "pay": "pay", "education": "education", "experience": "experience", "place": "place",
    "date": "posted_on", "company_size": "company_size",
}  # fmt: skip
# Roles whose cells may be moved; an employer or a title that is something else is only set aside.
MOVED_FROM = ("place", "pay", "education", "experience", "posted_on", "company_size")
NAMES_OF_KINDS = {
    "url": "a web address", "email": "an e-mail address", "phone": "a telephone number", "date": "a date",
    "pay": "pay", "education": "a level of education", "experience": "years of experience",
    "company_size": "a number of employees", "ownership": "a kind of ownership",
    "openings": "a number of openings", "chrome": "part of the page around the posting",
    "perks": "what the employer offers",
    "address": "a street address", "merged": "several other fields", "place": "a place",
    "industry": "an industry", "number": "a bare number", "text": "running text",
    "employer": "the name of a company", "title": "a job title",
}  # fmt: skip
# A workplace may be called after a university, a hospital or a hotel; a company is no place.
_COMPANY = r"(?i)(?:公司|集团|事务所|工作室|合作社|ltd|inc|llc|corp|limited)\.?\s*$"
# Longer than this, a title that reads like prose is none; many boards allow titles of forty characters.
LONGEST_TITLE = 60
# One look at a cell: what is written like this is a value of its column and needs no judging.
_PLAINLY = {
    "employer": (
        r"^[\u4e00-\u9fffA-Za-z()（）]{5,30}"
        r"(?:公司|集团|银行|大学|学院|研究所|研究院|医院|事务所|中心)$"
    ),
    "pay": r"\d.*[千万元kK]|面议|/[月年天时]",
    "experience": r"^\d{1,2}(?:-\d{1,2})?年|经验|不限|应届",
    "posted_on": r"^\d{4}[-/.年]\d|^\d{1,2}[-月]\d|发布|前$|天$",
    "company_size": "人",
}
_NO_PLACE = r"公司|集团|(?i:ltd|inc)|\d[kKwW万千元]|\d年|经理|工程师|专员|主管|[。！？；，@]|://"
_NO_TITLE = (
    r"^\W*[\d¥￥$]|://|www\.|@|^/|面议|申请|投递|收藏|查看|登[录陆]|注册|分享|举报|关注|沟通|更多|返回|页|搜索|筛选|招呼|感兴趣|扫|下载|详情|暂无|加载|广告|推广|赞助|到底|没有|换一批|猜你|热门|相关|推荐|相似|附近|共\d"
    r"|(?i)^(?:apply|save|share|log|sign|register|read|show|view|page|ads?|advertisement|sponsored|promoted|showing|recommended|similar|no|prev|next|previous|load|see|easy|search|back|copyright)\b"
)
# Only such cells may hold more than one field.
_MAY_BE_MERGED = {
    "pay": r"本科|大专|硕士|博士|中专|高中|学历|经验|应届|\d年|[|｜]",
    "experience": r"本科|大专|硕士|博士|中专|高中|学历|[|｜]|\d[kK千万]",
    "education": r"\d|经验|应届|[|｜]",
}
_NAMED = r"有限公司|有限责任公司|股份公司|合伙"
_RECRUITER = "a recruiter"
_PATH_MARKS = r"[·•\-–—/>]"


def shared_columns(layout: Layout) -> dict[str, list[str]]:
    """Find columns that the layout names under several roles whose values may stand in one cell."""
    sharing: dict[str, list[str]] = {}
    for role in SHARING_ROLES:
        for alternative in layout.columns.get(role, ()):
            if len(alternative.columns) == 1 and not alternative.template:
                sharing.setdefault(alternative.columns[0], []).append(role)
    return {column: roles for column, roles in sharing.items() if len(set(roles)) > 1}


def with_shared_columns_split(
    frame: pl.DataFrame, layout: Layout
) -> tuple[pl.DataFrame, Mapping[str, tuple[Alternative, ...]], list[pl.DataFrame]]:
    """Split the cells of shared columns into columns of their own.

    Returns
    -------
    polars.DataFrame
        ``frame`` with the parts.
    Mapping
        The layout's columns, pointing at the parts.
    list of polars.DataFrame
        Issues: what stood in a cell and was not read.
    """
    columns, issues = dict(layout.columns), []
    for column, roles in shared_columns(layout).items():
        parts = split_merged(frame[column], roles)
        named = {role: f"\0{role}\0{column}" for role in roles}
        frame = frame.with_columns(parts[role].alias(name) for role, name in named.items())
        for role, name in named.items():
            columns[role] = tuple(
                Alternative((name,)) if one.columns == (column,) and not one.template else one
                for one in columns[role]
            )
        if column in layout.tags:
            continue
        # What a list repeats of the values of other columns is read there.
        elsewhere = [role for role in SHARING_ROLES if role not in roles and layout.columns.get(role)]
        of_list = split_merged(frame[column], [*roles, *elsewhere])["rest"]
        is_list = pl.col(column).str.contains(r"^\s*\[")
        unread = pl.format(
            "not read: {}", pl.when(is_list).then(pl.lit(of_list)).otherwise(pl.lit(parts["rest"]))
        )
        hit = frame.select(ROW, value=pl.col(column), problem=unread).drop_nulls("problem")
        issues.append(issue_rows(hit, column, "kept"))
    return frame, columns, issues


def judged(
    fields: pl.DataFrame, column_names: Mapping[str, str], joined_pay: pl.Series | None = None
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Blank the cells that are not what their column says, and read them where they belong.

    Parameters
    ----------
    fields
        ``ROW`` and one text column a role.
    column_names
        Role → the column of the file, for the issues.
    joined_pay
        Pay that was put together from columns of its ends. Nobody wrote it in one cell, so that its shape
        is no evidence: 18-26 from two columns of pay is no number of employees.

    Returns
    -------
    polars.DataFrame
        ``fields`` without such cells.
    list of polars.DataFrame
        One issue for each of them, with the original.
    """
    original, issues = fields, []
    for role in NOT_A:
        if role not in column_names or original[role].null_count() == original.height:
            continue
        wrong = wrong_kinds(original[role], role)
        if role == "pay" and joined_pay is not None:
            wrong = wrong.to_frame("wrong").select(
                pl.when(~(pl.lit(original[role]) == pl.lit(joined_pay)).fill_null(False)).then("wrong")
            )["wrong"]
        if wrong.null_count() == wrong.len():
            continue
        fields, found = _set_aside(fields, original[role], role, wrong, column_names[role])
        issues.append(found)
    fields, found_parts = _split_single_cells(fields, original, column_names)
    return fields, [*issues, *found_parts, *_said_of_employers(fields, column_names)]


def wrong_kinds(cells: pl.Series, role: str) -> pl.Series:
    """Name for each cell the kind that makes it no value of the role; null where it may well be one."""
    distinct = cells.drop_nulls().unique()
    suspected = distinct.filter(_suspicious(distinct, role))
    if not suspected.len():
        return pl.Series([None], dtype=pl.String).new_from_index(0, cells.len())
    own = {"posted_on": "date"}.get(role, role)
    votes = kinds(suspected, list(dict.fromkeys((*NOT_A[role], own)))).with_columns(cell=suspected)
    choice = pl.lit(None, dtype=pl.String)
    for kind in reversed(NOT_A[role]):
        choice = pl.when(pl.col(kind) & _certainly(kind, role)).then(pl.lit(kind)).otherwise(choice)
    votes = votes.with_columns(wrong=choice)
    if role not in {"employer", "title"}:
        # A cell that may be what its column says is left alone: 20-99 is a size in a column of sizes.
        votes = votes.filter(~pl.col(own))
    table = votes.select("cell", "wrong").drop_nulls()
    if role == "employer":
        streets = pl.Series([is_place(cell, streets=False) for cell in table["cell"]], dtype=pl.Boolean)
        table = table.filter((pl.col("wrong") != "place") | streets)
    looked_up = pl.DataFrame({"cell": cells}).join(table, on="cell", how="left", maintain_order="left")
    return looked_up["wrong"]


def _certainly(kind: str, role: str) -> pl.Expr:
    """Say what more must hold before a cell of a kind is taken for no value of the role."""
    cell = pl.col("cell")
    if role == "place" and kind == "employer":
        return cell.str.contains(_COMPANY) & ~cell.str.contains(_PATH_MARKS)
    if role == "employer" and kind == "place":
        return cell.str.contains("[\u4e00-\u9fff]")
    if kind == "text":
        # Length alone makes no sentence.
        least = LONGEST_TITLE if role == "title" else 0
        return (cell.str.len_chars() >= least) & cell.str.contains(r"[。；;！!？?，,]")
    return pl.lit(True)


def _suspicious(distinct: pl.Series, role: str) -> pl.Series:
    """Pass over what is plainly a value of its column, so that most cells cost one glance."""
    if role == "education":
        return ~distinct.is_in(list(load_vocabulary().education))
    if role == "place":
        starts = distinct.str.slice(0, 2).is_in(place_starts().implode())
        return ~starts | distinct.str.contains(_NO_PLACE)
    if role in _PLAINLY:
        return ~distinct.str.contains(_PLAINLY[role])
    if role == "title":
        return (distinct.str.len_chars() >= LONGEST_TITLE) | distinct.str.contains(_NO_TITLE)
    return pl.Series([True], dtype=pl.Boolean).new_from_index(0, distinct.len())


def _set_aside(
    fields: pl.DataFrame, cells: pl.Series, role: str, wrong: pl.Series, column: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Blank the cells named wrong, and move those that fill a gap."""
    frame = fields.with_columns(cells.alias("\0cell"), wrong.alias("\0wrong"), pl.lit("").alias("\0moved"))
    is_wrong = pl.col("\0wrong").is_not_null()
    if role in MOVED_FROM:
        for kind, target in BELONGS_TO.items():
            if kind not in NOT_A[role] or target == role:
                continue
            fills = ((pl.col("\0wrong") == kind) & pl.col(target).is_null()).fill_null(False)
            frame = frame.with_columns(
                pl.when(fills).then(pl.col("\0cell")).otherwise(pl.col(target)).alias(target),
                pl.when(fills).then(pl.lit(f"; read as {target}")).otherwise("\0moved").alias("\0moved"),
            )
    # What was moved here from a column judged before stays.
    same = (pl.col(role) == pl.col("\0cell")).fill_null(False)
    frame = frame.with_columns(pl.when(~(is_wrong & same)).then(pl.col(role)).alias(role))
    problem = pl.format(
        "not {} but {}{}",
        pl.lit(_articled(role)),
        pl.col("\0wrong").replace(NAMES_OF_KINDS),
        pl.col("\0moved"),
    )
    hit = frame.filter(is_wrong).select(ROW, value=pl.col("\0cell"), problem=problem)
    return frame.drop("\0cell", "\0wrong", "\0moved"), issue_rows(hit, column, "blanked")


def _articled(role: str) -> str:
    names = {"employer": "an employer", "posted_on": "a date", "company_size": "a number of employees"}
    return names.get(role, role if role in {"pay", "education", "experience"} else f"a {role}")


def _split_single_cells(
    fields: pl.DataFrame, original: pl.DataFrame, column_names: Mapping[str, str]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Take single cells apart that hold more than their column says, such as 本科 | 3-5年 for education."""
    issues = []
    for role in ("pay", "experience", "education"):
        if role not in column_names or fields[role].null_count() == fields.height:
            continue
        distinct = fields[role].drop_nulls().unique()
        likely = distinct.filter(distinct.str.contains(_MAY_BE_MERGED[role]))
        if not likely.len():
            continue
        certain = likely.filter(kinds(likely, ["merged"])["merged"])
        merged = fields[role].is_in(certain.implode()).fill_null(False)
        if not merged.any():
            continue
        parts = split_merged(fields[role], SHARING_ROLES)
        updates = [
            pl.when(merged).then(parts[other] if other == role else pl.coalesce(pl.col(other), parts[other]))
            .otherwise(pl.col(other)).alias(other)
            for other in SHARING_ROLES
        ]  # fmt: skip
        hit = fields.filter(merged).select(
            ROW, value=pl.col(role), problem=pl.lit("holds several fields; each was read as what it is")
        )
        issues.append(issue_rows(hit, column_names[role], "kept"))
        fields = fields.with_columns(updates)
    return fields, issues


def _said_of_employers(fields: pl.DataFrame, column_names: Mapping[str, str]) -> list[pl.DataFrame]:
    """Say which employers are none: job fairs, people, names that hide who they are."""
    if "employer" not in column_names:
        return []
    cells = fields["employer"]
    found = pl.lit(None, dtype=pl.String)
    for problem, pattern in load_vocabulary().no_employers.items():
        # 上海某某科技有限公司 may be registered so: a legal form is the name of somebody, if not of whom.
        named = pl.col("cell").str.contains(_NAMED) & ~pl.lit(problem.startswith(_RECRUITER))
        says = pl.col("cell").str.contains(pattern) & ~named
        found = pl.when(says).then(pl.lit(problem)).otherwise(found)
    distinct = pl.DataFrame({"cell": cells.drop_nulls().unique()}).with_columns(problem=found)
    table = distinct.drop_nulls("problem")
    if not table.height:
        return []
    hit = fields.select(ROW, cell=cells).join(table, on="cell", how="inner", maintain_order="left")
    return [issue_rows(hit.select(ROW, value="cell", problem="problem"), column_names["employer"], "kept")]


def page_furniture(frame: pl.DataFrame) -> pl.Series:
    """Say which records hold a button, a page number or an advertisement of the board's page.

    Parameters
    ----------
    frame
        Text columns of records without title and employer; other columns may hold anything.
    """
    names = [name for name in frame.columns if name != ROW]
    cells = pl.concat([frame[name].alias("cell") for name in names]) if names else pl.Series(dtype=pl.String)
    distinct = cells.drop_nulls().unique()
    chrome = distinct.filter(kinds(distinct, ["chrome"])["chrome"])
    return frame.select(
        pl.any_horizontal(pl.lit(False), *(frame[name].is_in(chrome.implode()) for name in names)).fill_null(
            False
        )
    ).to_series()


def issue_rows(hit: pl.DataFrame, column: str, action: str | None = None) -> pl.DataFrame:
    """Rows of issues for one column of a file.

    Parameters
    ----------
    hit
        ``ROW``, ``value`` and ``problem``; also ``action`` where it differs from row to row.
    """
    frame = hit if action is None else hit.with_columns(action=pl.lit(action))
    return frame.select(
        pl.col(ROW).cast(pl.Int64),
        pl.lit(column).alias("column"),
        pl.col("value").str.slice(0, SHOWN),
        "problem",
        "action",
    )
