"""The feedback page: one function makes it, for nbgrader's command and for feedback on submit.

    Pages.page   a judged notebook, the facts of its attempt, the gradebook's rows  ->  HTML

What a reader asks first stands first: the score, which attempt it is, and what to do next. Then
come the criteria of each exercise, and then the notebook. Hidden tests and solutions are on no
page, and nothing runs in the reader's browser. The templates lie in `nbgrader_ext/templates`, which
nbgrader's own exporter uses, so a course may put others before them.
"""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import notebook_hash
from pygments.formatters import HtmlFormatter

from nbjudge.nbgrader_ext.recorded import Recorded
from nbjudge.notebook.master import with_ids
from nbjudge.reports.attempt_facts import AttemptFacts
from nbjudge.reports.contents import ROOMS, Outline, Part, notes_on_top, parts
from nbjudge.reports.exercises import Exercise, exercises

_KEPT = 400  # cells
_LARGEST = 248_000  # bytes of a page
# Names, operators, punctuation and blanks have no colour of their own: half of a page's size.
_UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')
_NOTEBOOK = 3  # the level of the first heading in a notebook, below the page's own
Resources = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """What a page is about: whose notebook, which attempt, and its rows in the gradebook."""

    name: str
    assignment: str = ""
    student: str = ""
    attempt: AttemptFacts = field(default_factory=AttemptFacts)
    now: Recorded | None = None

    @property
    def heading(self) -> str:
        """What the page is called: the assignment, and the notebook where the names differ."""
        whole = self.assignment and self.assignment != self.name
        return f"{self.assignment}: {self.name}" if whole else self.name


@dataclass(frozen=True)
class Feedback:
    """All that the template shows."""

    subject: Subject
    exercises: list[Exercise]
    notes: list[NotebookNode]
    parts: list[Part]
    outline: Outline

    @property
    def by_need(self) -> list[Exercise]:
        """The exercises: first those with a sentence for their mistake, last those that are right.

        Else in the notebook's order. A phone's first screen shows three of them.
        """
        return sorted(self.exercises, key=lambda one: (not one.diagnosis, one.right))

    @property
    def penalty(self) -> float:
        """What lateness costs, in points."""
        subject = self.subject
        if subject.now is None:
            return subject.attempt.penalty
        return subject.now.penalties.get(subject.name, 0.0)

    @property
    def given(self) -> float | None:
        """The sum of the exercises, the bonus included; None where nobody has graded any."""
        scores = [one.earned for one in self.exercises if one.earned is not None]
        return sum(scores) if scores else None

    @property
    def total(self) -> float | None:
        """The score: the gradebook's, less its late penalty."""
        return None if self.given is None else max(0.0, self.given - self.penalty)

    @property
    def most(self) -> float:
        """The most that the notebook gives, the bonus aside."""
        return sum(one.points for one in self.exercises if not one.bonus)

    @property
    def title(self) -> str:
        """A title that tells this page from those of other attempts and other students."""
        subject = self.subject
        parts = [subject.heading, subject.attempt.title, self.points, subject.student]
        return ", ".join(filter(None, parts))

    @property
    def points(self) -> str:
        """The score in words."""
        if self.total is None:
            return "not graded yet"
        return f"{number(self.total)} of {number(self.most)} points"

    def about_score(self) -> list[str]:
        """Return what to know of the score, in sentences."""
        said = []
        bonus = sum(one.earned or 0 for one in self.exercises if one.bonus)
        if self.penalty and self.given is not None:
            of_it = f", {number(bonus)} of them from the bonus" if bonus else ""
            said.append(
                f"The work has {number(self.given)} points{of_it}; a late penalty of "
                f"{number(self.penalty)} is taken off."
            )
        elif bonus:
            said.append(f"{number(bonus)} of them come from the bonus.")
        if any(one.by_hand for one in self.exercises):
            said.append("A person has set some of the points by hand.")
        waiting = [one.title for one in self.exercises if one.earned is None]
        if waiting:
            said.append(f"The score will change. Not graded yet: {'; '.join(waiting)}.")
        return said


class PageExporter(HTMLExporter):
    """nbconvert's HTMLExporter, for the template of the feedback page.

    It leaves out nbconvert's last step, which parses the page once more to give each picture an
    `alt` text, and takes longer than making the page. The template writes these.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        # Cached, because most cells of a notebook are the same for all students.
        coloured = Highlight2HTML(pygments_lexer="python")
        highlighted = lru_cache(_KEPT)(lambda code: _UNCOLOURED.sub(r"\1", coloured(code)))
        self.register_filter("highlight_code", lambda code, **_: highlighted(code))
        self.register_filter("points", number)
        self.register_filter("pygments_css", lambda _: _pygments_css())

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        """Convert a notebook; `resources["subject"]` is the `Subject` of its page."""
        resources = self._init_resources(resources)
        subject = resources["subject"]
        if subject.attempt.shows == "nothing":
            return self.notice(
                subject, [*subject.attempt.sentences, subject.attempt.later]
            ), resources
        for self._room in ROOMS:
            page, made = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
            if len(page.encode()) < _LARGEST:
                break
        return page, made

    def _preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        nb, resources = super()._preprocess(nb, resources)
        resources["feedback"] = feedback(nb, resources["subject"], self._room)
        return nb, resources

    def notice(self, subject: Subject, sentences: list[str]) -> str:
        """Return a page that says why there is no result to show."""
        template = self.environment.get_template("notice.html.j2")
        return template.render(subject=subject, sentences=sentences)


class Pages:
    """Makes feedback pages of one course."""

    def __init__(self, coursedir: CourseDirectory, config: Any):
        converter = GenerateFeedback(coursedir=coursedir, config=config)
        self.assignment = coursedir.assignment_id
        self._exporter = PageExporter(config=converter.config)

    def page(self, judged: NotebookNode, subject: Subject) -> str:
        """Return the page of a judged notebook as HTML.

        It shows what the attempt's facts allow: a receipt, results, or messages, too. Scores are
        those of the gradebook where `subject` has its rows, and those of the scorecards where it
        has none.
        """
        return self._exporter.from_notebook_node(judged, resources={"subject": subject})[0]

    def notice(self, subject: Subject, sentences: list[str]) -> str:
        """Return a page that says why there is no result to show."""
        return self._exporter.notice(subject, sentences)


def feedback(notebook: NotebookNode, subject: Subject, room: tuple[int, int]) -> Feedback:
    """Return all that the page of a judged notebook shows; `room` is one of `contents.ROOMS`."""
    with_ids(notebook)  # plain nbgrader may have graded it, with none
    with_messages = subject.attempt.with_messages
    found = list(exercises(notebook, subject.name, subject.now, with_messages))
    return Feedback(
        subject,
        found,
        notes_on_top(notebook),
        parts(notebook, found, with_messages, room),
        Outline(_NOTEBOOK),
    )


def page_of(folder: Path, secret: str, name: str) -> Path:
    """Return the path of a notebook's page, where nbgrader's fetch looks for it.

    The name is a digest of the author's secret, so nobody else can find the page.
    """
    return folder / f"{notebook_hash(secret=secret, notebook_id=name)}.html"


def number(points: float) -> str:
    """Return a number of points as people write it: at most two decimals, none that is 0."""
    return f"{round(points, 2):g}"


@cache
def _pygments_css() -> str:
    """Return the colours of code: each has a contrast of at least 4.5 to 1 on white."""
    formatter = HtmlFormatter(style="default")
    return "\n".join(
        line for line in formatter.get_style_defs(".highlight").splitlines() if "{ color" in line
    )
