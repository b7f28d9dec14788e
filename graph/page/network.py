"""The one place that knows pyvis: a finished layout in, the page text through pyvis' own rendering out.

pyvis' defaults load scripts from the web, write markup from names and scan all edges for each edge
added; so nodes and edges are filled in directly and its template environment is replaced by ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphcli.workspace.errors import MissingPartError

RIM = "#26303d"

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        # The page draws its own tooltip as text; this one would take markup.
        "tooltipDelay": 10**9,
        "selectConnectedEdges": False,
        "hoverConnectedEdges": False,
        "keyboard": False,
        "zoomSpeed": 0.6,
    },
    "nodes": {"borderWidth": 1.1, "chosen": False, "font": {"size": 0}, "labelHighlightBold": False},
    "edges": {
        "smooth": False,
        "chosen": False,
        "selectionWidth": 0,
        "hoverWidth": 0,
        "color": {"inherit": False},
        "arrows": {"to": {"enabled": False}},
    },
}


@dataclass(frozen=True)
class DrawnNode:
    """A node as the network draws it; its id is its position in the list."""

    shape: str
    x: float
    y: float
    radius: float
    color: str


@dataclass(frozen=True)
class DrawnEdge:
    """An edge as the network draws it, between positions in the list of nodes."""

    start: int
    end: int
    width: float
    color: str
    opacity: float


def vis_network_script() -> str:
    """Read the vis-network program that ships inside pyvis.

    Raises
    ------
    MissingPartError
        This pyvis does not carry it.
    """
    import pyvis

    folders = sorted(Path(pyvis.__file__).parent.glob("templates/lib/vis-*/vis-network.min.js"))
    if not folders:
        raise MissingPartError("this pyvis carries no vis-network; install pyvis 0.3.2 or newer")
    # The newest version: 9.1.2 sorts after 9.0.4.
    return folders[-1].read_text(encoding="utf-8")


def render(
    template_folder: Path,
    template: str,
    nodes: Sequence[DrawnNode],
    edges: Sequence[DrawnEdge],
    page: Mapping[str, Any],
) -> str:
    """Render the template through a pyvis network; ``page`` is what the template sees besides the network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from pyvis.network import Network

    network = Network(directed=True, cdn_resources="in_line")
    network.options = OPTIONS
    network.nodes = [
        {
            "id": index,
            # A blank label: vis-network would write the id, and the page draws names itself.
            "label": " ",
            "shape": node.shape,
            "x": node.x,
            "y": node.y,
            "size": node.radius,
            "color": {"background": node.color, "border": RIM},
        }
        for index, node in enumerate(nodes)
    ]
    network.edges = [
        {
            "id": index,
            "from": edge.start,
            "to": edge.end,
            "width": edge.width,
            "color": {"color": edge.color, "opacity": edge.opacity},
        }
        for index, edge in enumerate(edges)
    ]
    network.path = template
    network.templateEnv = Environment(
        loader=FileSystemLoader(template_folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    network.templateEnv.globals["page"] = page
    text: str = network.generate_html()
    return text
