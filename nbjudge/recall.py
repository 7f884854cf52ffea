"""Exercises that were asked before: equal answers to equal questions have an equal result.

All submissions of a class run are asked with one seed. So most are asked the same, and many answer
the same, to the bit; what those answers led to is kept, and need not be computed again. Nothing is
guessed: an answer that differs in one bit is judged anew.

The questions that the master's own solution is asked travel together. A test takes the answers that
it asks for. If it asks what was not asked ahead, then what was asked in vain may have changed
objects over there: all is asked anew, one by one, and later messages end before that place.
"""

import hashlib
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
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


class Anew(BaseException):
    """All must be asked again, one by one; no Exception, which tests and rubrics may catch."""


class Ahead:
    """The questions that the master's own solution was asked, and where other ones part from it.

    No others are asked ahead: a question may hold what the layer of an earlier submission held.
    """

    def __init__(self, questions: Iterable[bytes] = ()):
        self.questions = tuple(questions)
        self._partings: set[int] = set()

    def part(self, places: Iterable[int]) -> None:
        """Let messages end before the questions at these places."""
        self._partings.update(places)

    def message(self, question: bytes, place: int) -> tuple[int, tuple[bytes, ...]]:
        """Return what travels with a question that stands at `place` or later, itself first.

        And the place behind that: the end, with no message, when it stands nowhere there.
        """
        if question not in self.questions[place:]:
            return len(self.questions), ()
        start = self.questions.index(question, place)
        end = min((one for one in self._partings if one > start), default=len(self.questions))
        return end, self.questions[start:end]


class Conversation:
    """The questions of one exercise to one student process, which has `seconds` for all of them.

    The first breach ends the exercise: a restart for each criterion would multiply it.
    """

    def __init__(self, session: Session, seconds: float, ahead: Ahead | None = None):
        self._session, self._deadline = session, time.monotonic() + seconds
        self._ahead, self._place = ahead or Ahead(), 0
        self._waiting: list[Said] = []  # answered before their turn
        self._in_vain: list[int] = []  # places where asking in vain began
        self.said: list[Said] = []
        self.breach: Breach | None = None
        self.void = False

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Return the reply to one question; raises `Breach`, or `Anew`."""
        answer = self.answer(encode({"do": do, **request}))
        try:
            return self._session.decoded(answer)
        except Breach as breach:
            self._waiting, self.breach = [], breach
            raise

    def answer(self, question: bytes) -> bytes:
        """Return the answer to an encoded question; raises like `ask`."""
        self._pass_over_what_stands_before(question)
        if not self._waiting:
            self._send(question)
        said = self._waiting.pop(0)
        self.said.append(said)
        return said[1]

    def begin_again(self) -> None:
        """Give the same answers once more; a breach comes again at its place."""
        self._waiting, self.said = self.said + self._waiting, []

    def _pass_over_what_stands_before(self, question: bytes) -> None:
        questions = [question for question, _ in self._waiting]
        passed = questions.index(question) if question in questions else len(questions)
        if passed:
            self._in_vain.append(self._place - len(questions))
            del self._waiting[:passed]

    def _send(self, question: bytes) -> None:
        if self.breach:
            raise self.breach
        self._place, together = self._ahead.message(question, self._place)
        if self._in_vain and not together:
            self._ahead.part(self._in_vain)
            self.void = True
            raise Anew
        questions = together or (question,)
        try:
            answers = self._session.ask(questions, max(self._deadline - time.monotonic(), 0.01))
        except Breach as breach:
            if len(questions) > 1:  # one by one, so that what is answered before it counts
                self.void = True
                raise Anew from breach
            self.breach = breach
            raise
        self._waiting = list(zip(questions, answers, strict=True))


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
        state = b""
        with suppress(Breach):
            while isinstance(question := self._next.get(state), bytes):
                state = _after(state, conversation.answer(question))
            if question:
                return question
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
