"""Names for clusters: what their members have more often than the rest, in the language of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SEPARATOR = " · "
PRIOR_ROWS = 10.0
MIN_Z = 1.96
MIN_MEMBERS = 3


@dataclass(frozen=True)
class Rule:
    """When a feature may name a cluster: least share of its members, least lift, how many at most."""

    share: float
    lift: float
    most: int


# A skill is what clusters are made of; a place or a sector must stand out to be worth a word.
RULES = {
    "skills": Rule(share=0.15, lift=1.3, most=2),
    "cities": Rule(share=0.30, lift=1.7, most=1),
    "sectors": Rule(share=0.30, lift=1.7, most=1),
    "employers": Rule(share=0.15, lift=1.3, most=2),
}


def over_represented(has: sparse.csr_array, labels: NDArray[np.int64], cluster: int, rule: Rule) -> list[int]:
    """Columns that members of a cluster have more often than the other rows, the most telling first.

    A column counts when its log-odds ratio, smoothed by a prior of ten rows with the overall shares
    (Monroe, Colaresi & Quinn 2008, doi:10.1093/pan/mpn018, eq. 15-22), lies above 1.96 standard
    errors, at least three members and the share and lift of the rule. Order: share times log lift,
    which is the column's part of the divergence between members and all; ties by column.

    Parameters
    ----------
    has
        Rows by columns; any entry means that the row has the column.
    labels
        Cluster of each row.
    """
    inside = labels == cluster
    size, rest = int(inside.sum()), int((~inside).sum())
    if not size or not has.shape[1]:
        return []
    here = np.bincount(has[np.flatnonzero(inside)].indices, minlength=has.shape[1]).astype(np.float64)
    everywhere = np.bincount(has.indices, minlength=has.shape[1]).astype(np.float64)
    there = everywhere - here
    overall = everywhere / (size + rest)
    prior = PRIOR_ROWS * overall
    safe = np.maximum(prior, 1e-12)
    odds = np.log((here + safe) / (size + PRIOR_ROWS - here - prior + 1e-12)) - np.log(
        (there + safe) / (rest + PRIOR_ROWS - there - prior + 1e-12)
    )
    z = odds / np.sqrt(1 / (here + safe) + 1 / (there + safe))
    share = here / size
    lift = np.divide(share, overall, out=np.zeros_like(share), where=overall > 0)
    telling = np.round(share * np.log(np.maximum(lift, 1e-12)), 9)
    fits = (z > MIN_Z) & (here >= min(MIN_MEMBERS, size)) & (share >= rule.share) & (lift >= rule.lift)
    order = np.lexsort((np.arange(len(telling)), -telling))
    return [int(column) for column in order if fits[column]]


def most_common(has: sparse.csr_array, labels: NDArray[np.int64], cluster: int) -> list[int]:
    """Columns by the number of members that have them, ties by column."""
    here = np.bincount(has[np.flatnonzero(labels == cluster)].indices, minlength=has.shape[1])
    order = np.lexsort((np.arange(len(here)), -here))
    return [int(column) for column in order if here[column] > 0]


def label_clusters(
    clusters: Sequence[int], words: Sequence[Sequence[str]], spare: Sequence[Sequence[str]]
) -> list[str]:
    """Join each cluster's words; where two labels are the same, take spare words until they differ.

    Parameters
    ----------
    words
        Words of each label, in order.
    spare
        Further words of each cluster, the best first.
    """
    taken: set[str] = set()
    labels = []
    for cluster, chosen, more in zip(clusters, words, spare, strict=True):
        parts = list(dict.fromkeys(chosen))
        extra = [word for word in more if word not in parts]
        while (not parts or SEPARATOR.join(parts) in taken) and extra:
            parts.append(extra.pop(0))
        label = SEPARATOR.join(parts) or f"cluster {cluster}"
        if label in taken:
            label = f"{label} ({cluster})"
        taken.add(label)
        labels.append(label)
    return labels
