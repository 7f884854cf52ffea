"""Exercises that were asked before: equal answers to equal questions have an equal result.

All submissions of a class run are asked with one seed. So most are asked the same, and many answer
the same, to the bit; what those answers led to is kept, and need not be computed again. Nothing is
guessed: an answer that differs in one bit is judged anew.
"""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbjudge.judge.prefetch import Ahead, Anew, Conversation, Said
from nbjudge.process.limits import Breach
from nbjudge.rubric.scorecard import Scorecard

_MOST_EXERCISES = 20
_MOST_SEEDS = 1000
_LARGEST = 8 * 2**20  # bytes of questions that one exercise keeps
_DIGEST = 32  # bytes
_BEGUN = bytes(_DIGEST)  # as long as any state: no answer can look like a state and an answer


@dataclass(frozen=True)
class Decided:
    """What a test came to: the scorecards that it showed, and its value, if that is a number.

    `failure` is the kind and the text of what it raised; `waits` says that a later cell may define
    what is missing.
    """

    cards: tuple[Scorecard, ...] = ()
    value: float | None = None
    failure: tuple[str, str] | None = None
    waits: bool = False


class Exercise:
    """What was asked in one exercise with one seed, and where the answers led."""

    def __init__(self) -> None:
        self.ahead = Ahead()
        self._next: dict[bytes, bytes | Decided] = {}  # by a digest of all answers so far
        self._size = 0

    def decide(
        self,
        converse: Callable[[Ahead], Conversation],
        examine: Callable[[Conversation], Decided],
        ours: bool = False,
    ) -> Decided:
        """Return what the answers led to before; else `examine`, and remember what that gives.

        What the master's own solution, `ours`, is asked, all others are then asked ahead.
        """
        conversation = converse(self.ahead)
        try:
            decided = self._known(conversation) or self._examined(conversation, examine)
        except Anew:
            conversation = converse(Ahead())
            decided = self._examined(conversation, examine)
        if ours:
            self.ahead = Ahead(question for question, _ in conversation.said)
        return decided

    def _known(self, conversation: Conversation) -> Decided | None:
        """Ask what followed on equal answers, as long as they are known."""
        state = _BEGUN
        with suppress(Breach):
            while isinstance(known := self._next.get(state), bytes):  # a question
                state = _after(state, conversation.answer(known))
            if known:
                return known
        conversation.begin_again()
        return None

    def _examined(
        self, conversation: Conversation, examine: Callable[[Conversation], Decided]
    ) -> Decided:
        decided = examine(conversation)
        if conversation.void:  # and the test went on all the same
            raise Anew
        if conversation.breach is None and not any(card.fault for card in decided.cards):
            self._remember(conversation.said, decided)
        return decided

    def _remember(self, said: Iterable[Said], decided: Decided) -> None:
        if self._size > _LARGEST:
            self._next.clear()
            self._size = 0
        state = _BEGUN
        for question, answer in said:
            self._size += len(question)
            self._next[state] = question
            state = _after(state, answer)
        self._next[state] = decided


class Recall:
    """The exercises that one process has judged; forgotten when a rubric of the course changes."""

    def __init__(self) -> None:
        self._exercises: OrderedDict[Hashable, Exercise] = OrderedDict()
        self._seeds: Counter[Hashable] = Counter()
        self._rubrics: object = None

    def of_course(self, root: Path) -> "Recall":
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

    def exercise(self, key: Hashable) -> Exercise:
        """Return the exercise of a test and a seed, a new one if it is not known."""
        found = self._exercises.pop(key) if key in self._exercises else Exercise()
        self._exercises[key] = found
        if len(self._exercises) > _MOST_EXERCISES:
            self._exercises.popitem(last=False)
        return found


def _after(state: bytes, answer: bytes) -> bytes:
    return hashlib.blake2b(state + answer, digest_size=_DIGEST).digest()
