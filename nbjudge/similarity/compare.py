"""Which students of a class share so much that a person should look.

Exercises are compared one by one. The names that students chose and the words of their comments are
compared over all exercises together, and count less: they follow a student's habits, and those of
the book that many read. All of it adds up to a pair's score, in bits.

Of n students there are n (n - 1) / 2 pairs, so by chance the most alike of a large class share
more than those of a small one. A pair is shown from `_LEVEL` * log2(n (n - 1) / 2) on. That was
chosen by made-up classes; it is a threshold, and no probability: nobody knows how students of this
class come to their solutions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log2

import numpy as np

from nbjudge.similarity.evidence import Evidence, Shared, most_who_have, shared
from nbjudge.similarity.handed_in import HandedIn
from nbjudge.similarity.parts import Part, Parts

_LEVEL = 0.7
_HABITS = 0.3
_ALIKE = 0.5  # from here on two exercises are called alike
NAMES, COMMENTS = "names", "comments"

Read = Callable[[str], list[Part]]


@dataclass
class Alike:
    """Two students who share more than the rest, with what adds to their score, by exercise.

    `habits` holds what they share of `NAMES` and `COMMENTS`.
    """

    students: tuple[str, str]
    exercises: dict[str, Evidence]
    habits: dict[str, Evidence]
    score: float

    @property
    def alike_in(self) -> list[str]:
        """The exercises of which they share most of what is unusual in them."""
        return [name for name, one in self.exercises.items() if one.alike >= _ALIKE]


@dataclass
class Compared:
    """The result for a class.

    `pairs` are the most alike first. `level` is the score from which on a pair is shown. A part is
    rare that at most `limit` students have; `rare` holds the rarity of each such part, by exercise,
    `NAMES` and `COMMENTS`.
    """

    students: int
    level: float
    pairs: list[Alike]
    parts: Parts
    limit: int
    rare: dict[str, dict[int, float]] = field(default_factory=dict)

    @property
    def groups(self) -> list[list[str]]:
        """Three or more students who hang together by such pairs."""
        group: dict[str, set[str]] = {}
        for pair in self.pairs:
            one, other = (group.get(name, {name}) for name in pair.students)
            together = one | other
            group |= dict.fromkeys(together, together)
        found = {id(some): sorted(some) for some in group.values() if len(some) > 2}
        return sorted(found.values(), key=lambda some: (-len(some), some))


def compare(handed_in: HandedIn) -> Compared:
    """Compare all students of a class with each other."""
    parts, names = Parts(), sorted(handed_in.work)
    work = [handed_in.work[name] for name in names]
    level = _LEVEL * log2(max(len(names) * (len(names) - 1) / 2, 2))
    code = [one.name for one in handed_in.exercises if one.is_code]
    found: dict[str, Shared] = {}
    for exercise in handed_in.exercises:
        read = parts.of_code if exercise.is_code else parts.of_words
        given = _numbers(read, handed_in.given_code if exercise.is_code else handed_in.given_text)
        every = [_numbers(read, [one.get(exercise.name, "")]) for one in work]
        found[exercise.name] = shared(every, given, parts.inner)
    for habit, read in ((NAMES, parts.of_names), (COMMENTS, parts.of_comments)):
        every = [_numbers(read, [one.get(name, "") for name in code]) for one in work]
        found[habit] = shared(every, _numbers(read, handed_in.given_code), parts.inner)
    pairs = [_alike(found, names, pair) for pair in _candidates(found, len(names), level)]
    pairs = sorted((one for one in pairs if one.score >= level), key=lambda one: -one.score)
    rare = {name: one.rarity for name, one in found.items()}
    return Compared(len(names), level, pairs, parts, most_who_have(len(names)), rare)


def _numbers(read: Read, texts: Iterable[str]) -> frozenset[int]:
    return frozenset(part.number for text in texts for part in read(text))


def _candidates(found: dict[str, Shared], students: int, level: float) -> Sequence[tuple[int, int]]:
    """Return the pairs that reach the level, leaving aside what speaks against."""
    if not students:
        return []
    keys, places = np.unique(
        np.concatenate([one.keys for one in found.values()]), return_inverse=True
    )
    bits = np.concatenate([_weight(name) * one.towards for name, one in found.items()])
    enough = keys[np.bincount(places, bits, len(keys)) >= level]
    return list(zip((enough // students).tolist(), (enough % students).tolist(), strict=True))


def _alike(found: dict[str, Shared], names: Sequence[str], pair: tuple[int, int]) -> Alike:
    every = {name: one.of(*pair) for name, one in found.items()}
    habits = {name: every.pop(name) for name in (NAMES, COMMENTS)}
    score = sum(one.bits for one in every.values())
    score += sum(_HABITS * max(one.bits, 0) for one in habits.values())
    return Alike((names[pair[0]], names[pair[1]]), every, habits, score)


def _weight(name: str) -> float:
    return _HABITS if name in (NAMES, COMMENTS) else 1.0
