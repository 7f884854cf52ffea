"""What came of judging a notebook, and what a judge process knows of its master."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from nbjudge.judge.budgets import Taken
from nbjudge.judge.decided import Failure
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class Unproven:
    """What is amiss with a test cell, in words for the instructor; see `judge.unproven`.

    It is `used` all the same where plain nbgrader gives the same points. `beside` says that it is
    right in one process with the code that it tests, `placeholder` that a stub would mend it.
    `mend` is what to do, where that follows from the cause alone.
    """

    title: str
    cause: str
    used: bool = False
    beside: bool = False
    placeholder: bool = False
    mend: str = ""

    def __str__(self) -> str:
        """Return sentences that name the cell, the cause, and the mend."""
        return f"{self.title}: {self.cause} {self.mend}".rstrip()


@dataclass(frozen=True)
class OfMaster:
    """What the master's own solution takes here, and what is amiss with its tests, by cell."""

    taken: Taken | None = None
    unproven: Mapping[str, Unproven] = field(default_factory=dict)


@dataclass
class Judged:
    """A judged notebook; the outputs stand in its cells.

    The dictionaries have the ids of cells as keys: `cards` and `scores` those of grade cells,
    `failures` those of tests that raised, `verdicts` and `seconds` those of all code cells.
    `unproven` is what is amiss with tests of the master. `written` has the names of the files that
    the master's own solution makes or changes. `processes` counts the student processes;
    `peak_mb` is the largest of them.
    """

    notebook: NotebookNode
    digest: str = ""
    cards: dict[str, Scorecard] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    unproven: dict[str, Unproven] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    taken: Taken = field(default_factory=Taken)
    written: frozenset[str] = frozenset()
    processes: int = 0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
