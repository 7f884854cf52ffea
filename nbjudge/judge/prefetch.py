"""The questions of one exercise to a student process: one by one, or many in one message.

Why. Each message costs a millisecond, and an exercise has some fifty questions. Most submissions
are asked what the master's own solution was asked. So those questions are sent ahead, in one
message (`Prefetch`), and a test takes the answers as it asks (`Conversation`).

    the master was asked      a  b  c  d  e
    one message holds         a  b  c  d  e
    this test asks            a  b  x           x is new: c, d and e were asked in vain

When a test asks something else, the rest of the message was asked in vain. Student code has
answered questions that the test never asked, and may have changed its objects meanwhile. So what
follows cannot count. The judge process asks all questions of the exercise again, one by one
(`Anew`). It also remembers the place where this test parted from the master's (here: before c).
Later messages end before that place, so the next such test is not asked in vain.

Questions of other submissions are never sent ahead: a question may hold what another student's
layer held.

A test may give student code a function whose calls it answers itself (`proxy.offering`), or put
one in place (`rubric.stand_ins.Answered`). Nobody can answer them while the test does not run. So
such a question ends what is sent ahead, and
what is remembered: from there on, the questions are asked one by one, of everybody.
"""

import sys
from collections.abc import Iterable
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.wire import encode
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Breach
from nbjudge.process.session import Session
from nbjudge.process.student import Tell

_SOON = 1.0  # seconds
_FRAMES = 100  # that a function of a test and a question of its take on the stack
Turn = tuple[bytes, bytes]  # a question and its answer


class Anew(BaseException):
    """All questions of the exercise must be asked again, one by one.

    A `BaseException`, because tests and rubrics may catch `Exception`.
    """


class Prefetch:
    """The questions that the master's own solution was asked, and where other tests part from it.

    A *place* is an index into `questions`. A *parting* is a place before which messages end.
    """

    def __init__(self, questions: Iterable[bytes] = ()):
        self.questions = tuple(questions)
        self._partings: set[int] = set()

    def part(self, places: Iterable[int]) -> None:
        """Let later messages end before the questions at these places."""
        self._partings.update(places)

    def message(self, question: bytes, place: int) -> tuple[int, tuple[bytes, ...]]:
        """Return the place behind a message, and the questions of that message.

        The message begins with `question`, at its first place that is `place` or later, and ends
        before the next parting. Where `question` stands at no such place, the message is empty and
        the place behind it is the end.
        """
        if question not in self.questions[place:]:
            return len(self.questions), ()
        start = self.questions.index(question, place)
        end = min((one for one in self._partings if one > start), default=len(self.questions))
        return end, self.questions[start:end]


class Conversation:
    """The questions of one exercise to one student process, which has one `budget` for all of them.

    The first breach ends the exercise: with a new process for each criterion, an endless loop would
    take the time of all criteria together. `turns` are the questions that were asked for, each with
    its answer, and `breach` is what ended them; given at the beginning, nothing is asked. `void`
    says that questions were asked in vain, so that the answers after them do not count. `tell`
    answers what student code asks of a test that runs.
    """

    def __init__(
        self,
        session: Session,
        budget: Budget,
        prefetch: Prefetch | None = None,
        breach: Breach | None = None,
    ):
        self._session, self._budget = session, budget
        self._prefetch, self._place = prefetch or Prefetch(), 0
        self._prefetched: list[Turn] = []  # sent ahead and answered; the test has not asked yet
        self._in_vain: list[int] = []  # the places of questions that were passed over, first ones
        self.turns: list[Turn] = []
        self.breach = breach
        self.void = False
        self.tell: Tell | None = None
        self._alone: int | None = None  # the turn from which the test itself is needed

    @property
    def shared(self) -> list[Turn]:
        """The turns that follow from questions and answers alone, without the test."""
        return self.turns[: self._alone]

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Return the decoded answer to one question of `messages`.

        Raises `Breach` when the student process fails, and `Anew` when all must be asked again.
        """
        if (do == messages.OFFER or request.get("asks")) and self._alone is None:
            self._alone = len(self.turns)
        answer = self.answer(encode({"do": do, **request}))
        try:
            return self._session.decoded(answer)
        except Breach as breach:
            self._prefetched, self.breach = [], breach
            raise

    def answer(self, question: bytes) -> bytes:
        """Return the encoded answer to an encoded question; raises what `ask` raises."""
        self._pass_over_what_stands_before(question)
        if not self._prefetched:
            self._send(question)
        turn = self._prefetched.pop(0)
        self.turns.append(turn)
        return turn[1]

    def _told(self, question: bytes) -> bytes:
        """Return the answer to what student code asks; raises `WireError` where no test runs."""
        if self.tell is None:
            raise WireError("It asks for something that no test has offered.")
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + _FRAMES)
        try:
            answer = self.tell(question)
        finally:
            sys.setrecursionlimit(limit)
        if self.breach:  # of student code that the function called, and it may have gone on
            raise self.breach
        return answer

    def drop_what_was_sent_ahead(self) -> None:
        """Let a test that was stopped leave its further questions, as if they had not been sent."""
        self._prefetched = []

    def begin_again(self) -> None:
        """Let the same answers be taken once more, from the first; a breach comes at its place."""
        self._prefetched, self.turns = self.turns + self._prefetched, []

    def _pass_over_what_stands_before(self, question: bytes) -> None:
        """Drop the answers that were sent ahead and that the test passes over; note their place.

        That alone does not end the conversation. `_send` does, when a question comes that the
        master was not asked.
        """
        questions = [question for question, _ in self._prefetched]
        passed = questions.index(question) if question in questions else len(questions)
        if passed:
            self._in_vain.append(self._place - len(questions))
            del self._prefetched[:passed]

    def _send(self, question: bytes) -> None:
        """Send a question, with those that follow it in the prefetch; keep the answers.

        Raises `Anew` for a question that the master was not asked, after questions in vain.
        """
        if self.breach:
            raise self.breach
        self._place, together = self._prefetch.message(question, self._place)
        if self._in_vain and not together:
            self._prefetch.part(self._in_vain)
            self.void = True
            raise Anew
        questions = together or (question,)
        # Many questions at once are only a short cut: what they cannot answer soon, they are asked
        # one by one. An endless loop among them would be waited for twice.
        soon = min(max(_SOON, self._budget.seconds / 10), self._budget.seconds)
        budget = Budget(soon) if len(questions) > 1 else self._budget
        try:
            answers = self._session.ask(questions, budget, self._told)
        except Breach as breach:
            # Any of the questions may have caused it. Asked one by one, those before it count.
            if len(questions) > 1:
                self.void = True
                raise Anew from breach
            self.breach = breach
            raise
        if budget is not self._budget:
            self._budget.used += budget.used
        self._prefetched = list(zip(questions, answers, strict=True))
