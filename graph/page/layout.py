"""Where each node is drawn: one disc per cluster, the discs packed, the same picture for the same graph.

Nodes of a cluster are placed by forces (Fruchterman and Reingold 1991), evened out over a disc and moved
apart; the discs are placed by the links between clusters and packed without overlap. No step looks at
a clock or at unseeded chance, so nothing has to move in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

# Free space around a node as a multiple of its radius, and around a disc in drawing units.
NODE_ROOM = 1.35
DISC_GAP = 78.0
# How much of a node's distance from the middle is its rank (which evens out) and how much the forces'.
EVENNESS = 0.62
# Windows are wider than high, so the discs are pulled harder to the horizontal middle line.
PULL_X, PULL_Y = 0.992, 0.986


@dataclass(frozen=True)
class Disc:
    """The circle a group of nodes is drawn in."""

    x: float
    y: float
    radius: float


def layout(
    groups: Sequence[int],
    radii: Sequence[float],
    edges: Sequence[tuple[int, int, float]],
    seed: int = 1,
) -> tuple[Points, list[Disc]]:
    """Place nodes.

    Parameters
    ----------
    groups
        Group of each node, numbered from 0 without gaps.
    radii
        Radius each node is drawn with, in drawing units.
    edges
        Start index, end index, weight > 0.

    Returns
    -------
    Positions (n, 2) in drawing units rounded to a tenth, and the disc of each group.
    """
    if not len(groups):
        return np.zeros((0, 2)), []
    random = np.random.default_rng(seed)
    group_of = np.asarray(groups, dtype=np.int64)
    radius = np.asarray(radii, dtype=np.float64)
    pairs = np.asarray([(a, b) for a, b, _ in edges], dtype=np.int64).reshape(-1, 2)
    weight = np.asarray([w for _, _, w in edges], dtype=np.float64)
    count = int(group_of.max()) + 1
    inside = np.zeros((len(radius), 2))
    disc_radius = np.zeros(count)
    local = np.zeros(len(radius), dtype=np.int64)
    for group in range(count):
        members = np.flatnonzero(group_of == group)
        local[members] = np.arange(len(members))
        own = (group_of[pairs[:, 0]] == group) & (group_of[pairs[:, 1]] == group)
        inside[members], disc_radius[group] = _place_group(
            radius[members], local[pairs[own]], weight[own], random
        )
    centres = _place_discs(disc_radius, group_of[pairs], weight, random)
    positions = np.round(inside + centres[group_of], 1)
    discs = [
        Disc(round(float(x), 1), round(float(y), 1), round(float(r), 1))
        for (x, y), r in zip(centres, disc_radius, strict=True)
    ]
    return positions, discs


def force_placement(
    size: int, pairs: NDArray[np.int64], weight: Points, random: np.random.Generator, steps: int = 220
) -> Points:
    """Place a small graph by attraction along links and repulsion between all nodes, centred on 0.

    Cost grows with the square of ``size``; 400 nodes take about half a second.
    """
    place = random.standard_normal((size, 2))
    if size < 2:
        return np.zeros((size, 2))
    strength = np.zeros((size, size))
    if len(weight):
        scaled = 0.3 + np.sqrt(weight / weight.max())
        np.add.at(strength, (pairs[:, 0], pairs[:, 1]), scaled)
        strength = strength + strength.T
    ideal = 1.0 / np.sqrt(size)
    for step in range(steps):
        apart = place[:, None, :] - place[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-3)
        push = ideal**2 / distance**2 - strength * distance / ideal
        move = (apart * push[:, :, None]).sum(axis=1) - 0.35 * place
        length = np.maximum(np.sqrt((move**2).sum(axis=1)), 1e-9)
        heat = 0.12 * (1.0 - step / steps)
        place = place + move / length[:, None] * np.minimum(length, heat)[:, None]
    centred: Points = place - place.mean(axis=0)
    return centred


def separate(place: Points, room: Points, steps: int = 80) -> Points:
    """Move circles of radius ``room`` apart until none overlap, or the steps are used up."""
    place = place.copy()
    touch = room[:, None] + room[None, :]
    np.fill_diagonal(touch, 0.0)
    for _ in range(steps):
        apart = place[:, None, :] - place[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2))
        overlap = np.maximum(touch - distance, 0.0)
        if not overlap.any():
            break
        move = apart / np.maximum(distance, 1e-6)[:, :, None] * (overlap / 2.0)[:, :, None]
        # Half a step at a time: circles that touch many others would jump across them otherwise.
        place += move.sum(axis=1) * 0.5
    return place


def _place_group(
    radius: Points, pairs: NDArray[np.int64], weight: Points, random: np.random.Generator
) -> tuple[Points, float]:
    room = radius * NODE_ROOM + 3.0
    if len(radius) == 1:
        return np.zeros((1, 2)), float(room[0])
    forced = force_placement(len(radius), pairs, weight, random)
    distance = np.sqrt((forced**2).sum(axis=1))
    angle = np.arctan2(forced[:, 1], forced[:, 0])
    area = room**2
    disc = float(np.sqrt(area.sum()) * 1.18 + 8.0)
    order = np.argsort(distance, kind="stable")
    covered = np.empty(len(radius))
    covered[order] = np.cumsum(area[order]) - area[order] / 2.0
    even = disc * np.sqrt(covered / area.sum())
    reach = EVENNESS * even + (1.0 - EVENNESS) * distance / max(float(distance.max()), 1e-9) * disc
    spread = np.column_stack((reach * np.cos(angle), reach * np.sin(angle)))
    placed = separate(spread, room)
    placed -= placed.mean(axis=0)
    return placed, float((np.sqrt((placed**2).sum(axis=1)) + room).max())


def _place_discs(
    radius: Points, group_pairs: NDArray[np.int64], weight: Points, random: np.random.Generator
) -> Points:
    count = len(radius)
    between = np.zeros((count, count))
    crossing = group_pairs[:, 0] != group_pairs[:, 1]
    np.add.at(between, (group_pairs[crossing, 0], group_pairs[crossing, 1]), weight[crossing])
    between = between + between.T
    starts, ends = np.nonzero(np.triu(between))
    pairs = np.column_stack((starts, ends)).astype(np.int64)
    centres = force_placement(count, pairs, between[starts, ends], random, steps=400)
    span = max(float(np.abs(centres).max()), 1e-9)
    centres = centres / span * np.sqrt(((radius + DISC_GAP) ** 2).sum())
    centres[:, 0] *= 1.25
    room = radius + DISC_GAP / 2.0
    for _ in range(700):
        centres = centres * (PULL_X, PULL_Y)
        centres = separate(centres, room, steps=2)
    return separate(centres, room, steps=400)
