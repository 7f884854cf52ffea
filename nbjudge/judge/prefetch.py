"""The questions of one exercise to a student process: one by one, or many in one message.

Each message costs a millisecond, and an exercise has some fifty questions. Most submissions are
asked what the master's own solution was asked, so those questions travel together (`Prefetch`). A
test then takes the answers in its own order. When a test asks something else, the questions that it
passed over were asked in vain. They may have changed objects in the student process. So the judge
process asks all questions of the exercise again, one by one (`Anew`), and remembers where this test
parted from the master's: later messages end before that place.

Questions of other submissions are never prefetched: a question may hold what another student's
layer held.
"""

import time
from collections.abc import Iterable
from typing import Any

from nbjudge.boundary.wire import encode
from nbjudge.process.limits import Breach
from nbjudge.process.session import Session

Turn = tuple[bytes, bytes]  # a question and its answer


class Anew(BaseException):
    """All must be asked again, one by one; no Exception, which tests and rubrics may catch."""


class Prefetch:
    """The questions that the master's own solution was asked, and where others part from it."""

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

    The first breach ends the exercise: a restart for each criterion would multiply its time. `void`
    says that a message asked in vain, so that nothing that followed counts.
    """

    def __init__(self, session: Session, seconds: float, prefetch: Prefetch | None = None):
        self._session, self._deadline = session, time.monotonic() + seconds
        self._prefetch, self._place = prefetch or Prefetch(), 0
        self._prefetched: list[Turn] = []  # answered, and not asked for yet
        self._in_vain: list[int] = []  # places where asking in vain began
        self.turns: list[Turn] = []
        self.breach: Breach | None = None
        self.void = False

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Return the answer to one question of `messages`; raises `Breach`, or `Anew`."""
        answer = self.answer(encode({"do": do, **request}))
        try:
            return self._session.decoded(answer)
        except Breach as breach:
            self._prefetched, self.breach = [], breach
            raise

    def answer(self, question: bytes) -> bytes:
        """Return the answer to an encoded question; raises like `ask`."""
        self._pass_over_what_stands_before(question)
        if not self._prefetched:
            self._send(question)
        turn = self._prefetched.pop(0)
        self.turns.append(turn)
        return turn[1]

    def begin_again(self) -> None:
        """Give the same answers once more; a breach comes again at its place."""
        self._prefetched, self.turns = self.turns + self._prefetched, []

    def _pass_over_what_stands_before(self, question: bytes) -> None:
        questions = [question for question, _ in self._prefetched]
        passed = questions.index(question) if question in questions else len(questions)
        if passed:
            self._in_vain.append(self._place - len(questions))
            del self._prefetched[:passed]

    def _send(self, question: bytes) -> None:
        if self.breach:
            raise self.breach
        self._place, together = self._prefetch.message(question, self._place)
        if self._in_vain and not together:
            self._prefetch.part(self._in_vain)
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
        self._prefetched = list(zip(questions, answers, strict=True))
