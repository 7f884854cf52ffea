"""Students whose answers to an exercise behave alike.

Alike are those who lose the same criteria, show the same misconception, and whose code gives the
same answers to the bank's calls. One comment fits all of a group. Who has all criteria is in none.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from nbjudge.insight.work import ClassWork, ExerciseWork, StudentWork
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class Group:
    """Students who are alike in one exercise.

    `name` is what `nbjudge comment --group` takes: it follows from what they share, so it stays the
    same when others are graded.
    """

    name: str
    exercise: str
    misconception: str
    lost: tuple[str, ...]
    verdict: Verdict
    students: tuple[StudentWork, ...]

    @property
    def shared(self) -> str:
        """What they share, in words."""
        if self.misconception:
            return self.misconception
        if self.verdict not in (Verdict.NOT_MET, Verdict.MET):
            return f"{str(self.verdict).capitalize()}."
        return f"Not met: {'; '.join(self.lost)}."


def groups(work: ClassWork) -> dict[str, list[Group]]:
    """Return the groups of each exercise by its title, the largest first.

    A student who is like nobody is a group of one.
    """
    found = {title: _of_exercise(work, title) for title in work.titles()}
    return {title: some for title, some in found.items() if some}


def _of_exercise(work: ClassWork, title: str) -> list[Group]:
    alike: defaultdict[tuple, list[StudentWork]] = defaultdict(list)
    for student, done in work.of(title):
        if done.lost:
            alike[_kind(done)].append(student)
    found = [
        Group(_named(title, kind), title, kind[1], kind[2], kind[0], tuple(students))
        for kind, students in alike.items()
    ]
    return sorted(found, key=lambda one: (-len(one.students), one.shared, one.name))


def _kind(done: ExerciseWork) -> tuple[Verdict, str, tuple[str, ...], str]:
    return done.verdict, done.misconception, done.lost, done.behaviour


def _named(title: str, kind: tuple) -> str:
    return hashlib.sha256(repr((title, *map(str, kind))).encode()).hexdigest()[:6]
