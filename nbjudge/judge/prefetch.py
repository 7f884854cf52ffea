"""The questions of one exercise to a student's process, one by one, or some of them ahead.

The questions that the master's own solution is asked travel together. A test takes the answers that
it asks for. If it asks what was not asked ahead, then what was asked in vain may have changed
objects over there: all is asked anew, one by one, and later messages end before that place.
"""

import time
from collections.abc import Iterable
from typing import Any

from nbjudge.boundary.wire import encode
from nbjudge.process.limits import Breach
from nbjudge.process.session import Session

Said = tuple[bytes, bytes]  # a question and its answer


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
