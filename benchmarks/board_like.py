"""Random files as job boards and crawlers write them, each with its truth.

Columns, their order, names and spellings, the container, the encoding and the dirt are drawn from a seed. All
employers are invented; only the names of places are real.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
NOISE: dict[str, Callable[[random.Random, int], str]] = {
    "id": lambda chance, at: str(at + 1),
    "keyword": lambda chance, at: ("Java", "销售", "算法")[at * 3 // 40 % 3],
    "recruiter": lambda chance, at: chance.choice(WORDS["people"]),
    "crawled": lambda chance, at: f"2025-04-01 10:{at % 60:02d}:00",
    "logo": lambda chance, at: f"https://img.example/logo/{chance.randrange(99)}.png",
    "perks": lambda chance, at: ",".join(chance.sample(WORDS["perks"], 3)),
    "active": lambda chance, at: chance.choice(("刚刚活跃", "今日活跃", "本周活跃")),
    "page": lambda chance, at: str(at // 15 + 1),
    "kind": lambda chance, at: chance.choice(("全职", "全职", "实习")),
    "longitude": lambda chance, at: f"{chance.uniform(100, 122):.5f}",
    "phone": lambda chance, at: f"1380000{chance.randrange(1000, 9999)}",
    "site": lambda chance, at: "虚构招聘网",
}
ROLES = (
    "title", "employer", "place", "pay", "education", "experience", "posted_on", "url", "tags", "text",
    "openings", "industry", "company_size", "ownership",
)  # fmt: skip
SLIPS = {"pay": "15-25K", "education": "本科", "experience": "3-5年", "posted_on": "2025-03-01"}
SHARE = {"title": 1.0, "employer": 0.92, "place": 0.92, "pay": 0.9, "education": 0.7, "experience": 0.7,
         "posted_on": 0.6, "url": 0.6, "tags": 0.45, "text": 0.45, "openings": 0.2, "industry": 0.3,
         "company_size": 0.3, "ownership": 0.2}  # fmt: skip


@dataclass
class BoardFile:
    """One random file and what is true of it.

    Attributes
    ----------
    truth
        Row → role → right value (canonical for education, experience, posted_on and openings; ``(low, high)``
        for pay); a role that is not there has no value in the file.
    rejected
        Rows that are no posting.
    nuisances
        What makes it hard, in words to group by.
    """

    name: str
    content: bytes
    container: str
    headers: str
    nuisances: tuple[str, ...]
    truth: dict[int, dict[str, Any]] = field(default_factory=dict)
    rejected: frozenset[int] = frozenset()


def make_board(seed: int) -> BoardFile:
    """Draw one file; the same seed gives the same file."""
    chance = random.Random(f"board {seed}")
    roles = [role for role in ROLES if chance.random() < SHARE[role]]
    headers = chance.choices(("zh", "en", "pinyin", "machine", "none"), (40, 30, 8, 12, 10))[0]
    container = chance.choices(*zip(*CONTAINERS, strict=True))[0]
    if headers == "none" and container not in FLAT:
        headers = "machine"
    if headers in {"machine", "none"} and "employer" in roles and "title" in roles and len(roles) < 4:
        headers = "zh"
    if headers in {"machine", "none"}:
        # Nobody can tell the small numbers of a nameless column.
        roles = [role for role in roles if role != "openings"]
    board = _Board(chance, roles, headers)
    if container == "json nested":
        # What writes nested records has no header to write again.
        board.dirt["again"] = False
        board.nuisances.discard("again")
    board.draw(chance.randrange(12, 45))
    content, ending = WRITERS[container](board)
    nuisances = (f"headers {headers}", *sorted(board.nuisances))
    return BoardFile(
        f"board{seed:05d}{ending}",
        content,
        container,
        headers,
        nuisances,
        board.truth,
        frozenset(board.rejected),
    )


class _Board:
    """The table behind a file: header names, cells, truth."""

    def __init__(self, chance: random.Random, roles: Sequence[str], headers: str) -> None:
        self.chance = chance
        self.nuisances: set[str] = set()
        self.truth: dict[int, dict[str, Any]] = {}
        self.rejected: set[int] = set()
        self.rows: list[list[str]] = []
        self.columns = self._columns(list(roles))
        self.names = self._names(headers)
        self.headers = headers
        self.style = {role: chance.randrange(100) for role in (*ROLES, "merged")}
        self.dirt = {
            name: chance.random() < 0.3 for name in ("chrome", "padded", "again", "empty", "blank", "slipped")
        }
        self.nuisances |= {name for name, is_there in self.dirt.items() if is_there}

    def _columns(self, roles: list[str]) -> list[str]:
        chance = self.chance
        if {"education", "experience"} <= set(roles) and chance.random() < 0.25:
            roles = [role for role in roles if role not in {"education", "experience"}] + ["merged"]
            self.nuisances.add("merged columns")
        if "pay" in roles and chance.random() < 0.08:
            roles = [role for role in roles if role != "pay"] + ["pay_min", "pay_max"]
            self.nuisances.add("pay in two columns")
        extra = [name for name in NOISE if chance.random() < 0.15]
        columns = roles + extra
        if chance.random() < 0.6:
            chance.shuffle(columns)
            self.nuisances.add("shuffled columns")
        return columns

    def _names(self, headers: str) -> list[str]:
        chance = self.chance
        if headers == "machine":
            pattern = chance.choice(("字段{}", "field_{}", "column{}", "Unnamed: {}", "{}", "c{}"))
            return [pattern.format(at) for at in range(len(self.columns))]
        words = WORDS["headers"]["zh" if headers == "none" else headers]
        names: list[str] = []
        for column in self.columns:
            if column in NOISE:
                choice = chance.choice(WORDS["noise_headers"][column])
            elif column in {"pay_min", "pay_max"}:
                low = column == "pay_min"
                choice = (
                    ("最低薪资" if low else "最高薪资")
                    if headers == "zh"
                    else ("salary_min" if low else "salary_max")
                )
            else:
                choice = chance.choice(words[column])
            names.append(choice)
        if {"title", "employer"} <= set(self.columns) and headers in {"zh", "en"} and chance.random() < 0.06:
            first, second = self.columns.index("title"), self.columns.index("employer")
            names[first], names[second] = names[second], names[first]
            self.nuisances.add("swapped names")
        # What a writer cannot name twice is told apart as a database would.
        return [name if name not in names[:at] else f"{name}{at}" for at, name in enumerate(names)]

    def draw(self, count: int) -> None:
        """Draw the records."""
        for at in range(count):
            number = len(self.rows) + 1
            if self.headers != "none" and self.dirt["again"] and at and at % 17 == 0:
                self.rows.append(list(self.names))
                self.rejected.add(number)
                number += 1
            if self.dirt["empty"] and at and at % 13 == 0:
                self.rows.append([""] * len(self.columns))
                self.rejected.add(number)
                number += 1
            cells, truth = self._record(at)
            self._soil(cells, truth)
            self.rows.append([cells[column] for column in self.columns])
            self.truth[number] = truth

    def _record(self, at: int) -> tuple[dict[str, str], dict[str, Any]]:
        chance, style = self.chance, self.style
        city = chance.choice(list(WORDS["places"]))
        province, *districts = WORDS["places"][city]
        district = chance.choice(districts)
        low = chance.randrange(4, 35)
        high = low + chance.randrange(2, 16)
        education, experience = (
            chance.choice(list(WORDS["education"])),
            chance.choice(list(WORDS["experience"])),
        )
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(80))
        skills = chance.sample(WORDS["skills"], 3)
        title = chance.choice(WORDS["titles"]) + chance.choice(("", "", "", f"（{city}）", "-急聘", "(双休)"))
        words = {
            "education": chance.choice(WORDS["education"][education]),
            "experience": chance.choice(WORDS["experience"][experience]),
        }
        pay, figures = _pay(chance, style["pay"], low, high)
        values: dict[str, tuple[str, Any]] = {
            "title": (title, title),
            "employer": _same(self._employer(city)),
            "place": _same(_place(chance, style["place"], province, city, district)),
            "pay": (pay, figures),
            "pay_min": (str(low * 1000), (low * 1000.0, high * 1000.0)),
            "pay_max": (str(high * 1000), (low * 1000.0, high * 1000.0)),
            "education": (words["education"], education),
            "experience": (words["experience"], experience),
            "merged": (_merged(chance, style["merged"], words), (education, experience)),
            "posted_on": (_day(style["posted_on"], day), day),
            "url": _same(f"https://jobs.example/{chance.randrange(10**6, 10**7)}.html"),
            "tags": (_listed(style["tags"], skills), skills),
            "text": _same(_text(chance, title, skills, words["education"])),
            "openings": (f"{at % 7 + 1}人" if style["openings"] % 2 else str(at % 7 + 1), at % 7 + 1),
            "industry": _same(chance.choice(WORDS["industries"])),
            "company_size": _same(chance.choice(WORDS["sizes"])),
            "ownership": _same(chance.choice(WORDS["owners"])),
        }
        cells, truth = {}, {}
        for column in self.columns:
            if column in NOISE:
                cells[column] = NOISE[column](chance, at)
                continue
            cells[column], value = values[column]
            if column == "merged":
                truth["education"], truth["experience"] = value
            else:
                truth["pay" if column.startswith("pay") else column] = value
        return cells, truth

    def _employer(self, city: str) -> str:
        chance = self.chance
        if chance.random() < 0.12:
            return chance.choice(WORDS["bare"])
        stem = f"{chance.choice(WORDS['brands'])}{chance.choice(WORDS['trades'])}"
        return chance.choice(
            (f"{stem}{chance.choice(WORDS['forms'])}", f"{city}{stem}有限公司", f"{stem}（{city}）有限公司")
        )

    def _soil(self, cells: dict[str, str], truth: dict[str, Any]) -> None:
        chance = self.chance
        if self.dirt["chrome"] and "employer" in cells and chance.random() < 0.2:
            cells["employer"] = chance.choice(
                (*WORDS["chrome"], f"上海市浦东新区示例路{chance.randrange(1, 99)}号3楼")
            )
            truth["employer"] = None
        if self.dirt["slipped"] and "place" in cells and chance.random() < 0.06:
            role, cell = chance.choice(list(SLIPS.items()))
            cells["place"] = cell
            truth["place"] = None
            # Whether a value is put where it belongs or left out is a matter of taste.
            truth["slipped"] = role
        if self.dirt["blank"]:
            for role in ("employer", "place", "pay", "education", "posted_on"):
                if role in cells and chance.random() < 0.1:
                    cells[role] = ""
                    truth[role] = None
        if self.dirt["padded"]:
            for role in ("title", "employer", "place", "pay"):
                if role in cells and chance.random() < 0.3:
                    cells[role] = f"{chance.choice((' ', '　', chr(160)))}{cells[role]} "

    def records(self) -> list[dict[str, Any]]:
        """The rows as records of a JSON file."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]


def _same(text: str) -> tuple[str, str]:
    return text, text


def _place(chance: random.Random, style: int, province: str, city: str, district: str) -> str:
    full = f"{province}省{city}市" if province not in {"北京", "上海"} else f"{city}市"
    return (
        city, f"{city}-{district}", f"{city}·{district}", f"{city}市", f"{province}-{city}",
        f"{full}{district}",
        f"{city}市{district}示例大道{chance.randrange(1, 200)}号",
    )[style % 7]  # fmt: skip


def _pay(
    chance: random.Random, style: int, low: int, high: int
) -> tuple[str, tuple[float | None, float | None] | None]:
    if chance.random() < 0.06:
        return chance.choice(("面议", "薪资面议", "")), None
    monthly = (low * 1000.0, high * 1000.0)
    wan = f"{low / 10:g}-{high / 10:g}万"
    mixed = f"{low}千-{high / 10:g}万" if low < 10 <= high else wan
    months = chance.choice(("", "", "·13薪", "·14薪"))
    yearly = (low * 12, high * 12)
    daily = (low * 50, high * 50)
    return (
        (wan, monthly), (f"{low}K-{high}K{months}", monthly), (f"{low}-{high}K{months}", monthly),
        (f"{mixed}/月", monthly), (f"{low * 1000}-{high * 1000}元/月", monthly),
        (f"{low * 1000}-{high * 1000}", monthly),
        (f"{yearly[0] / 10:g}-{yearly[1] / 10:g}万/年", monthly), (f"{low}k-{high}k", monthly),
        (f"{daily[0]}-{daily[1]}元/天", (daily[0] * 21.75, daily[1] * 21.75)), (f"{wan}{months}", monthly),
        (f"￥{low * 1000:,}～{high * 1000:,}", monthly), (f"{low}千～{high}千", monthly),
    )[style % 12]  # fmt: skip


def _merged(chance: random.Random, style: int, words: dict[str, str]) -> str:
    return ("", "/", " | ", "，", "·", "\n")[style % 6].join((words["experience"], words["education"]))


def _day(style: int, day: date) -> str:
    return (
        day.isoformat(), f"{day.isoformat()} 09:30:00", day.strftime("%Y/%m/%d"),
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"), f"{day.isoformat()}T01:30:00.000Z", f"{day.isoformat()}发布",
    )[style % 7]  # fmt: skip


def _listed(style: int, skills: list[str]) -> str:
    return (
        str(skills), json.dumps(skills, ensure_ascii=False), "|".join(skills), ",".join(skills),
        "、".join(skills),
        "，".join(skills), ";".join(skills),
    )[style % 7]  # fmt: skip


def _text(chance: random.Random, title: str, skills: list[str], level: str) -> str:
    return (
        f"岗位职责：1、负责{title}相关工作，按时完成上级交办的任务；2、与同事沟通，改进流程。"
        f"{chance.choice(('', '3、参加培训。'))}"
        f"任职要求：{level}，熟悉{'、'.join(skills)}，有责任心，能承受压力，接受出差安排。"
    )


# --- containers ------------------------------------------------------------------------------------------


def _delimited(board: _Board, delimiter: str, encoding: str, quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    buffer = io.StringIO()
    ends = board.chance.choice(("\n", "\r\n"))
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ends, quoting=quoting)  # type: ignore[arg-type]
    head = [] if board.headers == "none" else [board.names]
    if head and board.chance.random() < 0.1:
        board.nuisances.add("index column")
        writer.writerow(["", *board.names])
        writer.writerows([str(at), *row] for at, row in enumerate(board.rows))
    else:
        writer.writerows([*head, *board.rows])
    return buffer.getvalue().encode(encoding, "replace")


def _nested(board: _Board) -> bytes:
    groups: dict[str, str] = {"employer": "company", "company_size": "company", "industry": "company"}
    rows = []
    for row in board.rows:
        record: dict[str, Any] = {}
        for column, name, cell in zip(board.columns, board.names, row, strict=True):
            into = record.setdefault(f"{groups[column]}_info", {}) if column in groups else record
            into[name] = cell
        rows.append(record)
    return json.dumps({"code": 0, "data": {"total": len(rows), "list": rows}}, ensure_ascii=False).encode()


def _lines(board: _Board) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in board.records()).encode()


def _workbook(board: _Board) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate([board.names, *board.rows]):
        for at, cell in enumerate(row):
            sheet.write_string(number, at, cell)
    book.close()
    return buffer.getvalue()


def _database(board: _Board) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        connection = sqlite3.connect(path)
        columns = ", ".join(f'"{name}" TEXT' for name in board.names)
        connection.execute(f"CREATE TABLE jobs ({columns})")
        connection.executemany(f"INSERT INTO jobs VALUES ({', '.join('?' * len(board.names))})", board.rows)
        connection.commit()
        connection.close()
        return path.read_bytes()


def _parquet(board: _Board) -> bytes:
    import polars as pl

    buffer = io.BytesIO()
    pl.DataFrame(board.rows, schema=board.names, orient="row").write_parquet(buffer)
    return buffer.getvalue()


def _dump(board: _Board) -> bytes:
    def literal(cell: str) -> str:
        return "'" + cell.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"

    columns = ",\n".join(f"  `{name}` varchar(999) DEFAULT NULL" for name in board.names)
    rows = "".join(f"INSERT INTO `job` VALUES ({', '.join(map(literal, row))});\n" for row in board.rows)
    return f"SET NAMES utf8mb4;\nCREATE TABLE `job` (\n{columns}\n) ENGINE=InnoDB;\n{rows}".encode()


def _page(board: _Board) -> bytes:
    from html import escape

    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    rows = "".join(line(row, "td") for row in board.rows)
    head = '<html><head><meta charset="utf-8"></head>'
    return f"{head}<body><table>{line(board.names, 'th')}{rows}</table></body></html>".encode()


def _zipped(board: _Board) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("爬虫/jobs.csv", (2025, 3, 20, 10, 0, 0)), _delimited(board, ",", "utf-8-sig")
        )
    return buffer.getvalue()


FLAT = ("csv", "csv gb18030", "tsv", "semicolons")
CONTAINERS = (
    ("csv", 22), ("csv bom", 12), ("csv gb18030", 10), ("csv utf-16", 4), ("tsv", 6), ("semicolons", 5),
    ("pipes", 3),
    ("json lines", 8), ("json array", 5), ("json nested", 5), ("workbook", 10), ("sqlite", 4), ("parquet", 3),
    ("mysql dump", 5), ("html table", 4), ("gzip", 3), ("zip", 3),
)  # fmt: skip
WRITERS: dict[str, Callable[[_Board], tuple[bytes, str]]] = {
    "csv": lambda board: (_delimited(board, ",", "utf-8"), ".csv"),
    "csv bom": lambda board: (_delimited(board, ",", "utf-8-sig", csv.QUOTE_ALL), ".csv"),
    "csv gb18030": lambda board: (_delimited(board, ",", "gb18030"), ".csv"),
    "csv utf-16": lambda board: (_delimited(board, "\t", "utf-16"), ".txt"),
    "tsv": lambda board: (_delimited(board, "\t", "utf-8"), ".tsv"),
    "semicolons": lambda board: (_delimited(board, ";", "utf-8-sig"), ".csv"),
    "pipes": lambda board: (_delimited(board, "|", "utf-8"), ".txt"),
    "json lines": lambda board: (_lines(board), ".jsonl"),
    "json array": lambda board: (json.dumps(board.records(), ensure_ascii=False, indent=1).encode(), ".json"),
    "json nested": lambda board: (_nested(board), ".json"),
    "workbook": lambda board: (_workbook(board), ".xlsx"),
    "sqlite": lambda board: (_database(board), ".db"),
    "parquet": lambda board: (_parquet(board), ".parquet"),
    "mysql dump": lambda board: (_dump(board), ".sql"),
    "html table": lambda board: (_page(board), ".html"),
    "gzip": lambda board: (gzip.compress(_delimited(board, ",", "utf-8"), mtime=0), ".csv.gz"),
    "zip": lambda board: (_zipped(board), ".zip"),
}
