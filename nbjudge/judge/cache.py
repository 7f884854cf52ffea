"""Exercises that were judged before: equal answers to equal questions have an equal result.

All submissions of a class run are asked with one seed. So most are asked the same, and many answer
the same, to the bit. What those answers led to is kept and need not be computed again. Nothing is
guessed: an answer that differs in one bit is judged anew.

What is kept of an exercise is a walk. A state stands for all answers so far (a digest of them), and
leads to the next question, or to the result. The next question may depend on the answers, as a test
does; so a list of questions would not do.
"""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable
from contextlib import suppress
from pathlib import Path

from nbjudge.judge.decided import Decided
from nbjudge.judge.prefetch import Conversation, Prefetch, Turn
from nbjudge.process.limits import Breach

_MOST_EXERCISES = 20
_MOST_SEEDS = 1000
_LARGEST = 8 * 2**20  # bytes of questions that one exercise keeps
_DIGEST = 32  # bytes
_BEGUN = bytes(_DIGEST)  # as long as any state: no answer can look like a state and an answer


class CachedExercise:
    """What was asked in one exercise with one seed, and where the answers led."""

    def __init__(self) -> None:
        self.prefetch = Prefetch()
        self._next: dict[bytes, bytes | Decided] = {}  # by a digest of all answers so far
        self._size = 0

    def recall(self, conversation: Conversation) -> Decided | None:
        """Ask what followed on equal answers; return what they led to, None where that is new.

        The conversation can then be had from its beginning: its answers are kept for that.
        """
        state = _BEGUN
        with suppress(Breach):
            while isinstance(known := self._next.get(state), bytes):  # a question
                state = _after(state, conversation.answer(known))
            if known:
                return known
        conversation.begin_again()
        return None

    def remember(self, turns: Iterable[Turn], decided: Decided) -> None:
        """Keep what a whole conversation led to."""
        if self._size > _LARGEST:
            self._next.clear()
            self._size = 0
        state = _BEGUN
        for question, answer in turns:
            self._size += len(question)
            self._next[state] = question
            state = _after(state, answer)
        self._next[state] = decided


class Cache:
    """The exercises that one process has judged; forgotten when a rubric of the course changes."""

    def __init__(self) -> None:
        self._exercises: OrderedDict[Hashable, CachedExercise] = OrderedDict()
        self._seeds: Counter[Hashable] = Counter()
        self._rubrics: object = None

    def of_course(self, root: Path) -> "Cache":
        """Return this; forget all if the course is another one, or its rubrics are."""
        files = sorted((root / "rubrics").rglob("*.py"))
        stats = [(str(file), file.stat()) for file in files]
        rubrics = root, [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]
        if rubrics != self._rubrics:
            self._exercises.clear()
            self._seeds.clear()
            self._rubrics = rubrics
        return self

    def is_shared(self, seed: Hashable) -> bool:
        """Say, once, that a notebook's seed has come a second time: more may share it."""
        if len(self._seeds) > _MOST_SEEDS:
            self._seeds.clear()
        self._seeds[seed] += 1
        return self._seeds[seed] == 2

    def exercise(self, key: Hashable) -> CachedExercise:
        """Return the exercise of a test and a seed, a new one if it is not known."""
        found = self._exercises.pop(key) if key in self._exercises else CachedExercise()
        self._exercises[key] = found
        if len(self._exercises) > _MOST_EXERCISES:
            self._exercises.popitem(last=False)
        return found


def _after(state: bytes, answer: bytes) -> bytes:
    return hashlib.blake2b(state + answer, digest_size=_DIGEST).digest()
