"""The map's projection and outlines: Albers equal-area, so that equal circles mean equal counts anywhere.

Albers conic with two standard parallels, after Snyder, "Map Projections: A Working Manual", USGS 1395
(1987), pages 98 to 103, sphere form.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

# Usual for maps of China: standard parallels 25° and 47° north, central meridian 105° east.
PARALLELS = (25.0, 47.0)
MERIDIAN = 105.0
LATITUDE_OF_ORIGIN = 35.0
WIDTH = 960.0
MARGIN = 20.0
# The corners that the frame is fitted to: west end, east end and north end of the mainland.
WEST, EAST, NORTH = (73.0, 40.0), (135.2, 48.0), (122.0, 54.2)

OUTLINES = Path(__file__).parent / "assets" / "china_provinces.json"


def albers(longitude: float, latitude: float) -> tuple[float, float]:
    """Project degrees to a plane in units of the sphere's radius, x to the east and y to the south."""
    first, second = (math.radians(value) for value in PARALLELS)
    cone = (math.sin(first) + math.sin(second)) / 2.0
    constant = math.cos(first) ** 2 + 2.0 * cone * math.sin(first)

    def radius(degrees: float) -> float:
        return math.sqrt(constant - 2.0 * cone * math.sin(math.radians(degrees))) / cone

    angle = cone * math.radians(longitude - MERIDIAN)
    x = radius(latitude) * math.sin(angle)
    y = radius(latitude) * math.cos(angle) - radius(LATITUDE_OF_ORIGIN)
    return x, y


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Project degrees to the drawing units of the outlines, rounded to a tenth."""
    west, east, north = albers(*WEST)[0], albers(*EAST)[0], albers(*NORTH)[1]
    scale = (WIDTH - 2.0 * MARGIN) / (east - west)
    x, y = albers(longitude, latitude)
    return round((x - west) * scale + MARGIN, 1), round((y - north) * scale + MARGIN, 1)


def outlines() -> dict[str, Any]:
    """Read the outlines: width, height, paths of provinces and of the land around, note and sources."""
    content: dict[str, Any] = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return content
