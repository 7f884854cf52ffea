"""How much two students share that the class does not, of one exercise.

What many share says nothing: short exercises have few right solutions. So a part counts by how rare
it is, its inverse document frequency (Spärck Jones, 1972), and what is common, or was handed out,
counts nowhere, neither as shared nor as its author's own. With n students,

    rarity(part)      log2(n / students who have it); what more than `_COMMON` have counts nothing
    weight(part)      its rarity, without the rarity of the parts that it is made of
    own(a)            the weights of all parts of a
    shared(a, b)      the weights of the parts of both
    alike(a, b)       2 shared / (own(a) + own(b) + few), 0 to 1, with few = `_FEW` log2(n)
    crowd(a, b)       how many students are nearly as alike to a, or to b, as these are to each
                      other; a road that many go is no evidence, whatever the number of its steps
    bits(a, b)        alike * (log2(n / crowd) + `_MORE` * (shared beyond `_LONG` bits))
                      - `_APART` * (own(a) + own(b) - 2 shared) / (own(a) + own(b) + few)

The steps of one road depend on each other: who calls one unusual function calls the next one, too.
That is why the crowd decides, and the number of shared parts does in long texts only. The last line
is what speaks against: both have something unusual, and it is not the same.

Rejected: winnowing of tokens (Schleimer, Wilkerson, Aiken, 2003), as copydetect does it. It knows
common text only where somebody names it as handed out, so in a class of short exercises it shows
the common solutions; docs/similarity.md has the numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

_COMMON = 0.1  # of the class
_MOST = 50  # students who have a rare part: the work then grows as the class, not as its square
_FEW = 0.25
_NEARLY = 0.9
_MORE, _LONG = 0.05, 100  # per bit; bits
_APART = 2.0  # bits


@dataclass(frozen=True)
class Evidence:
    """What two students share of one exercise; see the docstring of the module."""

    bits: float
    alike: float
    crowd: int


@dataclass(frozen=True)
class Shared:
    """What the students of a class share of one exercise.

    Students are known by their places. The arrays hold a row for each pair that shares something
    rare, in the order of `keys`: the smaller place times the number of students, plus the other.
    """

    rarity: dict[int, float]
    own: np.ndarray
    keys: np.ndarray
    alike: np.ndarray
    crowd: np.ndarray
    towards: np.ndarray  # bits of what is shared, without what speaks against

    def of(self, one: int, other: int) -> Evidence:
        """Return the evidence of two students, the smaller place first."""
        key, own = one * len(self.own) + other, self.own[one] + self.own[other]
        few = _few(len(self.own))
        row = int(np.searchsorted(self.keys, key))
        if row == len(self.keys) or self.keys[row] != key:
            return Evidence(-_APART * own / (own + few), 0.0, 0)
        alike = float(self.alike[row])
        apart = own / (own + few) - alike  # own - 2 shared, over own + few
        bits = float(self.towards[row]) - _APART * apart
        return Evidence(bits, alike, int(self.crowd[row]))


def shared(
    parts: Sequence[frozenset[int]], given: Iterable[int], inner: Sequence[tuple[int, ...]]
) -> Shared:
    """Return what students share.

    `parts` holds those of each student, `given` those that were handed out, and `inner` the parts
    that each part is made of.
    """
    students = len(parts)
    holders = _holders(parts, given)
    limit = most_who_have(students)
    rarity = {
        part: float(np.log2(students / len(some)))
        for part, some in holders.items()
        if len(some) <= limit
    }
    weights = {
        part: weight
        for part, bits in rarity.items()
        if (weight := bits - sum(rarity.get(one, 0.0) for one in {*inner[part]})) > 0
    }
    own = np.zeros(students)
    for part, weight in weights.items():
        own[holders[part]] += weight
    keys, both = _pairs(weights, holders, students)
    one, other = keys // max(students, 1), keys % max(students, 1)
    alike = 2 * both / (own[one] + own[other] + _few(students))
    crowd = _crowd(one, other, alike)
    bits = np.log2(np.maximum(students / crowd, 1)) + _MORE * np.maximum(both - _LONG, 0)
    return Shared(rarity, own, keys, alike, crowd, alike * bits)


def most_who_have(students: int) -> int:
    """Return how many students of a class have a rare part at most."""
    return max(2, min(int(_COMMON * students), _MOST))


def _few(students: int) -> float:
    return _FEW * float(np.log2(max(students, 2)))


def _holders(parts: Sequence[frozenset[int]], given: Iterable[int]) -> dict[int, list[int]]:
    """Return the students who have each part that was not handed out."""
    holders: dict[int, list[int]] = {}
    for student, some in enumerate(parts):
        for part in some.difference(given):
            holders.setdefault(part, []).append(student)
    return holders


def _pairs(
    weights: dict[int, float], holders: dict[int, list[int]], students: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of the pairs that share something, and the sum of what each shares.

    Only pairs that have a rare part in common are ever made, by going through the parts.
    """
    keys, values = [np.empty(0, np.int64)], [np.empty(0)]
    for part, weight in weights.items():
        some = np.array(holders[part], np.int64)
        if len(some) > 1:
            first, second = np.triu_indices(len(some), 1)
            keys.append(some[first] * students + some[second])
            values.append(np.full(len(first), weight))
    found, places = np.unique(np.concatenate(keys), return_inverse=True)
    return found, np.bincount(places, np.concatenate(values), len(found))


def _crowd(one: np.ndarray, other: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Return for each pair how many are nearly as alike to one of the two, both included."""
    # One sorted list for all: by the student, and of each student the most alike first.
    line = np.sort(np.concatenate([2.0 * one - alike, 2.0 * other - alike]))
    counts = [
        np.searchsorted(line, 2.0 * who - _NEARLY * alike, side="right")
        - np.searchsorted(line, 2.0 * who - 1.0, side="left")
        for who in (one, other)
    ]
    return np.maximum(*counts) + 1
