"""The result of one exercise, as text, HTML and JSON.

The JSON travels inside the grade cell's output, under the MIME type `MIME`, beside the text and the
HTML. So the judge process and plain nbgrader's kernel hand the same thing to the gradebook, by the
only way that nbgrader has: a notebook. `Scorecard.from_outputs` reads it back.
"""

import functools
import textwrap
from dataclasses import asdict, dataclass
from typing import Any

from nbjudge.verdict import Verdict

_WIDTH = 100
MIME = "application/vnd.nbjudge.scorecard+json"

_HTML = """\
<p><strong>{{ card.title }}: {{ "%g"|format(card.score) }} of {{ card.points }} points</strong></p>
{% if card.fault %}
<p><strong>Not graded.</strong> {{ card.fault }}</p>
{% endif %}
<table>
<thead>
<tr><th scope="col">Result</th><th scope="col">Criterion</th><th scope="col">Points&emsp;</th>
<th scope="col">What to look at</th></tr>
</thead>
<tbody>
{% for mark in card.marks %}
<tr><td>{{ ("✓&nbsp;met" if mark.met else "✗&nbsp;not&nbsp;met")|safe }}&emsp;</td>
<td>{{ mark.criterion }}</td>
<td>{{ "%g"|format(mark.earned) }} / {{ mark.points }}&emsp;</td>
<td>{{ mark.message }}</td></tr>
{% endfor %}
</tbody>
</table>
{% if card.diagnosis %}
<p><strong>What happened:</strong> {{ card.diagnosis }}</p>
{% endif %}
{% if card.note %}
<p><strong>Note:</strong> {{ card.note }}</p>
{% endif %}
<p>{{ card.footnote }}</p>
"""


@dataclass(frozen=True)
class Mark:
    """One criterion's outcome; `message` is for the student and empty when the criterion is met.

    `verdict` says in one word why. A mark that an earlier version kept has none: it is met or not.
    """

    criterion: str
    points: int
    met: bool
    message: str = ""
    verdict: Verdict = Verdict.WAITING

    def __post_init__(self) -> None:
        kept = Verdict(self.verdict)
        if kept is Verdict.WAITING:
            kept = Verdict.MET if self.met else Verdict.NOT_MET
        object.__setattr__(self, "verdict", kept)

    @property
    def earned(self) -> int:
        """Points earned: all or none of the criterion's."""
        return self.points if self.met else 0


@dataclass(frozen=True)
class Scorecard:
    """What an exercise earned, and why.

    `fault` is a sentence where the fault is ours, else empty. `submission` is a digest of what was
    graded: the same submission is graded with the same seed. `diagnosis` explains the misconception
    that the code behaves like; `misconception` is its sentence in the bank, and `behaviour` a
    digest of the code's answers to the bank's calls. They count students who are alike, and decide
    no points. `note` says what else to know. `verdict` is of the exercise as a whole; a scorecard
    that version 0.1.0 kept has none, and gets the one that its marks lead to.
    """

    exercise: str
    title: str
    points: int
    marks: tuple[Mark, ...]
    seed: int
    rubric_version: str
    engine: str
    confined: bool
    fault: str = ""
    submission: str = ""
    diagnosis: str = ""
    note: str = ""
    verdict: Verdict = Verdict.WAITING
    misconception: str = ""
    behaviour: str = ""

    def __post_init__(self) -> None:
        kept = Verdict(self.verdict)
        if kept is Verdict.WAITING:
            kept = _verdict(self.marks, self.fault)
        object.__setattr__(self, "verdict", kept)

    @property
    def score(self) -> float:
        """The sum of the points earned."""
        return float(sum(mark.earned for mark in self.marks))

    @property
    def footnote(self) -> str:
        """Where the result comes from: what a regrade needs, and whether it was confined."""
        confinement = "confined" if self.confined else "unconfined"
        return (
            f"Seed {self.seed}, rubric {self.rubric_version}, graded by {self.engine} "
            f"({confinement})."
        )

    def to_text(self) -> str:
        """Render a table for terminals, 100 columns wide, without colour."""
        lines = [f"{self.title}: {self.score:g} of {self.points} points"]
        if self.fault:
            lines = [f"{self.title}: {self.points} points"]
            lines.append(textwrap.fill(f"Not graded. {self.fault}", _WIDTH))
        if self.marks:
            lines.append(_table(self.marks))
        for label, text in (("What happened", self.diagnosis), ("Note", self.note)):
            if text:
                lines.append(textwrap.fill(f"{label}: {text}", _WIDTH))
        return "\n".join([*lines, self.footnote, ""])

    def to_html(self) -> str:
        """Render an HTML table; what student code raised or printed is escaped."""
        return _template().render(card=self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": self.to_text(), "text/html": self.to_html(), MIME: asdict(self)}

    @classmethod
    def from_outputs(cls, outputs: list[Any]) -> "Scorecard | None":
        """Return the scorecard that a grade cell's nbformat outputs carry, if there is one."""
        for output in outputs:
            fields = output.get("data", {}).get(MIME)
            if fields is not None:
                return cls.from_dict(fields)
        return None

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "Scorecard":
        """Return the scorecard that `dataclasses.asdict` made these fields of."""
        return cls(**{**fields, "marks": tuple(Mark(**mark) for mark in fields["marks"])})


def _verdict(marks: tuple[Mark, ...], fault: str) -> Verdict:
    """Return the verdict of an exercise: what stopped it, else what all lost criteria share."""
    lost = [mark.verdict for mark in marks if not mark.met]
    if fault:
        return Verdict.FAULT
    if not lost:
        return Verdict.MET
    stopped = [verdict for verdict in lost if verdict.stopped]
    if stopped:
        return stopped[0]
    return lost[0] if len(set(lost)) == 1 else Verdict.NOT_MET


# jinja2 and rich are imported where a scorecard is shown: a rubric that marks needs neither.
@functools.cache
def _template() -> Any:
    from jinja2 import Environment

    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_HTML)


@functools.lru_cache(maxsize=1024)
def _table(marks: tuple[Mark, ...]) -> str:
    # Cached, because in a class most tables are alike, and each takes rich some milliseconds.
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from nbjudge.tables import as_text

    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in ("Result", "Criterion", "Points", "What to look at"):
        table.add_column(heading, justify="right" if heading == "Points" else "left")
    for mark in marks:
        table.add_row(
            "✓ met" if mark.met else "✗ not met",
            Text(mark.criterion),
            f"{mark.earned:g} / {mark.points}",
            Text(mark.message),
        )
    return as_text(table, width=_WIDTH).rstrip("\n")
