"""Postings to give on and the comparison that a round trip must pass."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from graphcli.graph.exports.postings import EVERY_ROW, export_postings
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

FORMS = ("csv", "jsonl", "xlsx", "sqlite", "parquet")
# Headers that the tool knows, so that each role is filled.
KEYS = {
    "title": "职位名称",
    "employer": "公司名称",
    "place": "工作地点",
    "pay": "薪资",
    "posted_on": "发布日期",
    "url": "职位链接",
    "education": "学历要求",
    "experience": "工作经验",
    "openings": "招聘人数",
    "industry": "所属行业",
    "company_size": "公司规模",
    "ownership": "公司性质",
    "tags": "技能标签",
    "text": "职位描述",
}
PLAIN = {
    "title": "算法工程师",
    "employer": "甲虚构科技有限公司",
    "place": "北京·海淀",
    "pay": "1.5-2.5万·14薪",
    "posted_on": "2024-03-01",
    "url": "https://jobs.example.cn/1?id=7",
    "education": "本科",
    "experience": "3-5年",
    "openings": "招3人",
    "industry": "人工智能",
    "company_size": "100-499人",
    "ownership": "民营",
    "tags": "Python|机器学习",
    "text": "负责机器学习模型\n1. 训练；\n2. 上线",
}


def write_jobs(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows by role as JSON lines under headers that every load knows; a plain row comes first."""
    lines = [{KEYS[role]: value for role, value in {**PLAIN, **row}.items()} for row in ({}, *rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def canonical(folder: WorkspaceFolder) -> pl.DataFrame:
    """Every canonical value of every row with tags and text; where the row stood does not count."""
    rows = folder.read_all("postings", tables.POSTINGS)
    texts = folder.read_all("texts", tables.TEXTS)
    both = rows.join(texts, on=["source_id", "row"], how="left", validate="1:1")
    both = both.with_columns(pl.col(pl.List(pl.String)).list.join("\x1f"))
    return both.drop("source_id", "row").sort(pl.all(), nulls_last=True)


def there_and_back(folder: WorkspaceFolder, target: Path, selection=EVERY_ROW, **options) -> WorkspaceFolder:
    """Export, load into another workspace, and give that workspace."""
    export_postings(folder, target, selection=selection, **options)
    other = WorkspaceFolder(target.with_name(target.name + ".back"))
    load(other, [target])
    return other
