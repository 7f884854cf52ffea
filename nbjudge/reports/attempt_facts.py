"""What a feedback page says of the attempt that it shows, and how much it may show.

Whoever makes a page says it: feedback on submit, nbgrader's command, a page of results. So a page
needs to know nothing of the course's rules.
"""

from dataclasses import dataclass
from typing import Literal

Shows = Literal["nothing", "results", "messages"]


@dataclass(frozen=True)
class AttemptFacts:
    """What is told of one attempt, in the course's words and time zone.

    number     which attempt it is; None for work that did not come through the exchange
    sentences  when it came, whether it is late, whether it counts
    later      what the page will show later; empty where nothing more comes
    shows      how much the page shows now: a receipt, each criterion met or not, or messages, too
    results    the address of the results page; empty where there is none
    penalty    the points that lateness takes off, where the gradebook does not hold the attempt
    """

    number: int | None = None
    sentences: tuple[str, ...] = ()
    later: str = ""
    shows: Shows = "messages"
    penalty: float = 0.0
    results: str = ""

    @property
    def title(self) -> str:
        """Return its name, such as `attempt 2`; an empty text where it has no number."""
        return f"attempt {self.number}" if self.number else ""

    @property
    def with_messages(self) -> bool:
        """Whether the page explains what is wrong, besides naming what is not met."""
        return self.shows == "messages"
