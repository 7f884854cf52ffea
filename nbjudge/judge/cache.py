"""Exercises that were judged before: equal answers to equal questions have an equal result.

All submissions of a class run are asked with one seed. So most of them are asked the same
questions, and many give the same answers, to the bit. What those answers led to is kept, and is not
computed again. Nothing is guessed: an answer that differs in one bit is judged anew.

How it works. What is kept of an exercise is a tree to walk. A state stands for all answers so far.
It leads to the next question, or at the end to the result.

    state 0   ── question "find attend"   ── answer ──>   state 1 = digest(state 0, answer)
    state 1   ── question "call attend"   ── answer ──>   state 2 = digest(state 1, answer)
    state 2   ── no further question: the result

A list of questions would not do: a test may ask its next question because of an answer, so two
submissions may part at any place. The answers themselves are not kept: a digest of 32 bytes tells
them apart as well, since nobody knows how to make two texts with one digest (BLAKE2b, RFC 7693).

Two submissions never see each other's answers. A question is asked of a student process only after
that process has given exactly the answers that led to it.
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
# The state before the first answer. It is as long as every other state: the digest is taken of a
# state and an answer behind one another, and with a shorter first state one answer could be made to
# look like a later state and its answer.
_BEGUN = bytes(_DIGEST)


class CachedExercise:
    """What was asked in one exercise with one seed, and where the answers led."""

    def __init__(self) -> None:
        self.prefetch = Prefetch()
        self._next: dict[bytes, bytes | Decided] = {}  # state -> question, or result
        self._size = 0

    def recall(self, conversation: Conversation) -> Decided | None:
        """Walk the tree with one submission; return its result, or None where its answers are new.

        After None the conversation begins again: a test that is run now gets the answers that came
        already, and asks only for the others.
        """
        state = _BEGUN
        # A breach depends on time, so no result is kept for it. The test is run, and meets it
        # again.
        with suppress(Breach):
            while isinstance(known := self._next.get(state), bytes):  # a question
                state = _after(state, conversation.answer(known))
            if known:
                return known
        conversation.begin_again()
        return None

    def remember(self, turns: Iterable[Turn], decided: Decided | None) -> None:
        """Keep the walk of a conversation, and the result that it led to.

        None where the test itself is needed from there on; see `prefetch`.
        """
        # Forgetting all is plain, and happens seldom: the next submission plants the tree again.
        if self._size > _LARGEST:
            self._next.clear()
            self._size = 0
        state = _BEGUN
        for question, answer in turns:
            self._size += len(question)
            self._next[state] = question
            state = _after(state, answer)
        if decided is not None:
            self._next[state] = decided


class Cache:
    """The exercises that one judge process has judged with each seed, the latest 20 of them.

    All are forgotten when a rubric of the course changes.
    """

    def __init__(self) -> None:
        self._exercises: OrderedDict[Hashable, CachedExercise] = OrderedDict()
        self._seeds: Counter[Hashable] = Counter()
        self._rubrics: object = None

    def of_course(self, root: Path) -> "Cache":
        """Return this cache; forget all in it if the course or a file of its rubrics is another."""
        # By time and size: this is asked for each submission, and reading all files would cost
        # more.
        files = sorted((root / "rubrics").rglob("*.py"))
        stats = [(str(file), file.stat()) for file in files]
        rubrics = root, [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]
        if rubrics != self._rubrics:
            self._exercises.clear()
            self._seeds.clear()
            self._rubrics = rubrics
        return self

    def is_shared(self, seed: Hashable) -> bool:
        """Return True when a seed comes for the second time, and at no other time.

        A seed that comes twice is that of a class run, and more submissions will share it. Then it
        pays to judge the master's own solution with it.
        """
        if len(self._seeds) > _MOST_SEEDS:
            self._seeds.clear()
        self._seeds[seed] += 1
        return self._seeds[seed] == 2

    def learned(self, seed: Hashable) -> None:
        """Take note that the master's own solution was judged with a seed already."""
        self._seeds[seed] = 2

    def exercise(self, key: Hashable) -> CachedExercise:
        """Return the exercise of a test and a seed, a new one if it is not known."""
        # Taken out and put in again, so that the first of the dictionary is the one used longest
        # ago.
        found = self._exercises.pop(key) if key in self._exercises else CachedExercise()
        self._exercises[key] = found
        if len(self._exercises) > _MOST_EXERCISES:
            self._exercises.popitem(last=False)
        return found


def _after(state: bytes, answer: bytes) -> bytes:
    return hashlib.blake2b(state + answer, digest_size=_DIGEST).digest()
