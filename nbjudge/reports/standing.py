"""What is told of an attempt besides its marks: when it came, whether late, whether it counts.

One record for all who tell it: a page, the list of attempts, what a watch prints.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from nbjudge.nbgrader_ext.course_time import CourseTime, span


@dataclass(frozen=True)
class Standing:
    """How one attempt of a student stands, by the course's rules, at this moment.

        number, most  which attempt it is, and how many are graded; 0 for any number. No number for
                      work that did not come through the exchange
        came          when it came to the exchange
        due           the student's due date, an extension included; None where there is none
        extended      whether the due date is an extension
        late          by how much it came after `due`; 0 where it is not late
        rule          `c.FeedbackOnSubmit.after_deadline`: "counts", "penalty" or "shown"
        penalty       the points that lateness takes off
        counting      the number of the attempt that is the grade; None where none is yet

    Times are in UTC.
    """

    number: int | None
    most: int
    came: datetime
    due: datetime | None
    extended: bool
    late: timedelta
    rule: str
    penalty: float
    counting: int | None

    @property
    def counts(self) -> bool:
        """Whether this attempt is the grade."""
        return self.number == self.counting

    def in_short(self) -> str:
        """Return "late by 1 day 3 hours, shown only", or an empty text where it is not late."""
        if not self.late:
            return ""
        lost = f", loses {self.penalty:g} points" if self.penalty else ""
        return f"late by {span(self.late)}{', shown only' if self.rule == 'shown' else lost}"

    def sentences(self, time: CourseTime) -> list[str]:
        """Return sentences for its author: when it came, the due date, what lateness means."""
        of = f" of {self.most}" if self.most else ""
        came = time.text(self.came)
        told = [f"Attempt {self.number}{of}, which came on {came}."]
        if self.number is None:
            told = [f"Submitted on {came}."]
        if self.due is None:
            return told
        if not self.late:
            whose = "your extension ends on" if self.extended else "the due date is"
            return [*told, f"It came in time: {whose} {time.text(self.due)}."]
        ended = "ended" if self.extended else "was"
        whose = "your extension" if self.extended else "the due date"
        return [
            *told,
            f"It came late, by {span(self.late)}: {whose} {ended} {time.text(self.due)}. "
            f"{self.consequence()}",
        ]

    def consequence(self) -> str:
        """Return a sentence on what becomes of it because it is late."""
        if self.rule == "shown":
            return "So it is shown, and does not count."
        if self.penalty:
            return f"So it loses {self.penalty:g} points."
        return "It counts like any other attempt."
