"""The map: outlines with their source, and the projection against known values."""

from __future__ import annotations

import math

import pytest

from graphcli.graph.page.map import OUTLINES, albers, outlines, project


def test_the_outlines_name_their_source_and_stay_small():
    content = outlines()
    assert OUTLINES.stat().st_size < 60_000
    assert "Natural Earth" in content["source"]
    assert "public domain" in content["licence"]
    assert "no position" in content["note"]
    codes = [code for code, _ in content["provinces"]]
    assert len(codes) == len(set(codes)) == 33
    assert {"110000", "310000", "440000", "710000", "810000"} <= set(codes)
    for path in [path for _, path in content["provinces"]] + [content["around"]]:
        assert set(path) <= set("Mlz0123456789 -.")


def test_the_projection_keeps_areas():
    # Equal steps of latitude and longitude cover ground in proportion to the cosine of the latitude.
    def area(longitude: float, latitude: float) -> float:
        step = 0.01
        x1, y1 = albers(longitude, latitude)
        x2, y2 = albers(longitude + step, latitude)
        x3, y3 = albers(longitude, latitude + step)
        return abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / math.radians(step) ** 2

    for longitude, latitude in ((80.0, 45.0), (105.0, 35.0), (120.0, 22.0)):
        assert area(longitude, latitude) == pytest.approx(math.cos(math.radians(latitude)), rel=1e-3)


def test_cities_lie_where_they_should():
    content = outlines()
    beijing, guangzhou, urumqi = project(116.4, 39.9), project(113.3, 23.1), project(87.6, 43.8)
    assert urumqi[0] < guangzhou[0] < beijing[0]
    assert urumqi[1] < beijing[1] < guangzhou[1]
    for x, y in (beijing, guangzhou, urumqi):
        assert 0 < x < content["width"]
        assert 0 < y < content["height"]
