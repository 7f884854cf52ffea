"""The jobs of a class run, made as they are asked for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nbjudge.judge.job import Job
from nbjudge.rubric.grading import new_seed

_AT_ONCE = 50  # students of whom the gradebook is asked together


class Jobs(Sequence[Job]):
    """The jobs of a run, made when they are asked for.

    The gradebook is asked for the earlier seeds of 50 students at a time, so that a large class
    neither waits at the start nor asks for each student. All notebooks without an earlier seed get
    one seed: the class is asked the same questions, and equal answers are judged once.
    """

    def __init__(
        self, folders: dict[str, Path], seeds: Callable[[list[str]], dict[str, dict[str, int]]]
    ):
        self._folders, self._seeds = list(folders.items()), seeds
        self._known: dict[str, dict[str, int]] = {}
        self._seed = new_seed()

    def __len__(self) -> int:
        return len(self._folders)

    def __getitem__(self, index: Any) -> Any:
        name, folder = self._folders[index]
        if name not in self._known:
            self._known = self._seeds([one for one, _ in self._folders[index : index + _AT_ONCE]])
        return Job(name, folder, self._known[name], self._seed)
