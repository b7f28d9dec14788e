"""Builds the page: data in, one HTML text out, the same text for the same data."""

from __future__ import annotations

from pathlib import Path

from graphcli.graph.page.about import about_sections
from graphcli.graph.page.data import PageData
from graphcli.graph.page.drawing import draw
from graphcli.graph.page.model import page_model
from graphcli.graph.page.network import OPTIONS, render, vis_network_script
from graphcli.graph.page.text import (
    clean,
    content_security_policy,
    json_for_script,
    script_block,
    style_block,
)

HERE = Path(__file__).parent
STYLES = ("base.css", "panels.css", "views.css", "small_and_print.css")
# The files share one scope, in this order: each may use what the ones before it declare.
SCRIPTS = (
    "dom.js",
    "model.js",
    "state.js",
    "shapes.js",
    "labels.js",
    "network.js",
    "details.js",
    "legend.js",
    "search.js",
    "table.js",
    "map.js",
    "exports.js",
    "picture.js",
    "keys.js",
    "start.js",
)


def build_page(data: PageData) -> str:
    """Build the page.

    Returns
    -------
    A whole HTML document that asks nothing of any network. It holds no time of its own making.
    """
    drawing = draw(data)
    style = style_block("\n".join(_asset(name) for name in STYLES))
    program = "\n".join(_asset(name) for name in SCRIPTS)
    scripts = [
        script_block(vis_network_script()),
        script_block(f'(() => {{\n"use strict";\n{program}\n}})();\n'),
    ]
    page = {
        "title": clean(data.title),
        "subtitle": clean(data.subtitle),
        "generator": f"graphcli {data.version}".strip(),
        "policy": content_security_policy(scripts, style),
        "style": style,
        "scripts": scripts,
        "about": about_sections(data),
        "description": (
            f"Network drawing of {len(drawing.nodes):,} nodes and {len(drawing.edges):,} links. "
            "The table view holds the same nodes as text."
        ),
        "model": json_for_script(page_model(data, drawing)),
        "options": json_for_script(OPTIONS),
    }
    return render(HERE / "template", "page.html.j2", drawing.nodes, drawing.edges, page)


def _asset(name: str) -> str:
    return (HERE / "assets" / name).read_text(encoding="utf-8")
