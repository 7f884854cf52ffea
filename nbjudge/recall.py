"""Exercises that were asked before: equal answers to equal questions have an equal result.

All submissions of a class run are asked with one seed. So most are asked the same, and many answer
the same, to the bit; what those answers led to is kept, and need not be computed again. Nothing is
guessed: an answer that differs in one bit is judged anew.

The questions that the master's own solution is asked travel in one message. Where the test then
asks others, it takes what is answered already, as long as nothing was asked beyond its own
questions; else it asks all anew.
"""

import hashlib
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbjudge.limits import Breach
from nbjudge.scorecard import Scorecard
from nbjudge.session import Session
from nbjudge.wire import encode

_MOST_EXERCISES = 20
_MOST_SEEDS = 1000
_LARGEST = 8 * 2**20  # bytes of questions that one exercise keeps

Said = tuple[bytes, bytes]  # a question and its answer


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


class Unforeseen(BaseException):
    """The test asks what was not asked ahead; no Exception, which tests and rubrics may catch."""


class Conversation:
    """The questions of one exercise to one student process, which has `seconds` for all of them.

    The first breach ends the exercise: a restart for each criterion would multiply it.
    """

    def __init__(self, session: Session, seconds: float):
        self._session, self._deadline = session, time.monotonic() + seconds
        self._ahead: list[Said] = []
        self._beyond = False  # something was asked that the test did not ask
        self.said: list[Said] = []
        self.breach: Breach | None = None
        self.unforeseen = False

    def ask_ahead(self, questions: Sequence[bytes]) -> list[Said]:
        """Ask all of these at once; `ask` takes their answers when their turn comes."""
        answers = self._session.ask(questions, self._left()) if questions else []
        self._ahead = list(zip(questions, answers, strict=True))
        return list(self._ahead)

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Return the reply to one question; raises `Breach`, or `Unforeseen`."""
        if self.breach:
            raise self.breach
        question = encode({"do": do, **request})
        try:
            said = self._answered(question)
            reply = self._session.decoded(said[1])
        except Breach as breach:
            self.breach = breach
            raise
        self.said.append(said)
        return reply

    def _answered(self, question: bytes) -> Said:
        while self._ahead:
            said = self._ahead.pop(0)
            if said[0] == question:
                return said
            self._beyond = True
        if self._beyond:  # it may have changed objects over there
            self.unforeseen = True
            raise Unforeseen
        return question, self._session.ask([question], self._left())[0]

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.01)


class Exercise:
    """What was asked in one exercise with one seed, and where the answers led.

    `ahead` are the questions that the master's own solution was asked. No others are asked ahead: a
    question may hold what the layer of an earlier submission held.
    """

    def __init__(self) -> None:
        self.ahead: tuple[bytes, ...] = ()
        self._next: dict[bytes, bytes | Decided] = {}  # by a digest of all answers so far
        self._size = 0

    def decide(
        self,
        converse: Callable[[], Conversation],
        examine: Callable[[Conversation], Decided],
    ) -> Decided:
        """Return what the answers led to before; else `examine`, and remember what that gives."""
        conversation = converse()
        try:
            known = self._known(conversation.ask_ahead(self.ahead))
            return known or self._examined(conversation, examine)
        except (Breach, Unforeseen):
            # One by one, so that what is answered before a breach counts.
            return self._examined(converse(), examine)

    def learn(self, conversation: Conversation) -> None:
        """Ask from now on ahead what the master's own solution was asked."""
        self.ahead = tuple(question for question, _ in conversation.said)

    def _known(self, said: Iterable[Said]) -> Decided | None:
        state = b""
        for question, answer in said:
            if self._next.get(state) == question:  # else it is not asked after these answers
                state = _after(state, answer)
        found = self._next.get(state)
        return found if isinstance(found, Decided) else None

    def _examined(
        self, conversation: Conversation, examine: Callable[[Conversation], Decided]
    ) -> Decided:
        decided = examine(conversation)
        if conversation.unforeseen:  # and the test went on all the same
            raise Unforeseen
        if conversation.breach is None and not any(card.fault for card in decided.cards):
            self._remember(conversation.said, decided)
        return decided

    def _remember(self, said: Iterable[Said], decided: Decided) -> None:
        if self._size > _LARGEST:
            self._next.clear()
            self._size = 0
        state = b""
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
    return hashlib.blake2b(state + answer, digest_size=32).digest()
