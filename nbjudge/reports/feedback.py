"""Feedback pages of attempts, by nbgrader's own template, without the gradebook.

nbgrader makes pages from the gradebook, which holds one attempt of each student. These are for
every attempt, so they are made from the judged notebook. How much they show before the deadline is
the course's choice. Hidden tests and solutions are in none of them.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade, is_task, notebook_hash

from nbjudge.nbgrader_ext.recorded import Recorded
from nbjudge.notebook.master import is_instructors, mark, visible_text
from nbjudge.rubric.scorecard import Scorecard

_STEP = "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor"
_KEPT = 200  # cells
_PICTURE = "A picture that this cell drew"  # for a reader who cannot see it
_NOTICE = Environment(autoescape=True).from_string(
    """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body style="font-family: sans-serif; max-width: 40em; margin: 2em auto">
<h1>{{ title }}</h1>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}
</body>
</html>
"""
)


class _Exporter(HTMLExporter):
    """nbconvert's HTMLExporter without its last step.

    That step parses the whole page once more to give each picture an `alt` text. It takes three
    times as long as making the page. Here the template writes the text, from the cell's metadata.
    """

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook; see `HTMLExporter.from_notebook_node`."""
        page, resources = super(HTMLExporter, self).from_notebook_node(
            nb, self._init_resources(resources), **kw
        )
        return page, resources


class Pages:
    """Makes feedback pages of one course."""

    def __init__(self, coursedir: CourseDirectory, config: Any):
        converter = GenerateFeedback(coursedir=coursedir, config=config)
        self._exporter = _Exporter(config=converter.config)
        # Cached, because most cells of a notebook are the same for all students.
        highlighted = lru_cache(_KEPT)(Highlight2HTML(pygments_lexer="python"))
        self._exporter.register_filter("highlight_code", lambda code, **_: highlighted(code))
        self._exporter.register_preprocessor(_STEP, enabled=True)

    def page(
        self,
        name: str,
        judged: NotebookNode,
        with_messages: bool,
        note: str,
        now: Recorded | None = None,
    ) -> str:
        """Return the page of one judged notebook as HTML, with a `note` in markdown on top.

        Without messages it shows which criteria are met, and no more. The scores are those of the
        gradebook, `now`, where it holds this notebook.
        """
        notebook = deepcopy(judged)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(note, id="attempt"))
        total = most = 0.0
        for cell in notebook.cells:
            cell.metadata.setdefault("alt", _PICTURE)
            if is_instructors(cell):
                cell.source = visible_text(cell)
            if is_grade(cell) or is_task(cell):
                score, points = _marked(cell)
                total, most = total + (score or 0), most + points
                if is_instructors(cell) and not with_messages:
                    _hide_messages(cell)
        penalty = 0.0
        if now is not None:
            total = sum(_as_recorded(notebook, name, now, with_messages))
            penalty = now.penalties.get(name, 0.0)
        shown = {
            "notebook": name,
            "score": total - penalty,
            "max_score": most,
            "late_penalty": penalty,
        }
        resources = {"nbgrader": shown, "metadata": {"name": name}}
        html, _ = self._exporter.from_notebook_node(notebook, resources=resources)
        return str(html)


def without_result(title: str, lines: list[str]) -> str:
    """Return a page with a title and paragraphs, which shows nothing of a result."""
    return _NOTICE.render(title=title, lines=lines)


def page_of(folder: Path, secret: str, name: str) -> Path:
    """Return the path of a notebook's page, where nbgrader's fetch looks for it.

    The name is a digest of the author's secret, so nobody else can find the page.
    """
    return folder / f"{notebook_hash(secret=secret, notebook_id=name)}.html"


def _marked(cell: NotebookNode) -> tuple[float | None, float]:
    """Write score and points of a cell where the template looks for them; return both.

    The score is None where a person has to grade.
    """
    points = float(mark(cell).get("points") or 0)
    earned = determine_grade(cell)[0] if is_grade(cell) else None
    card = Scorecard.from_outputs(cell.get("outputs", []))
    extra = cell.metadata.get("nbjudge", {}).get("extra_credit", 0)
    if card is not None:
        earned = None if card.fault else min(card.score, points or extra)
    cell.metadata.nbgrader.update(score=earned, points=points)
    return earned, points


def _as_recorded(
    notebook: NotebookNode, name: str, now: Recorded, with_messages: bool
) -> Iterator[float]:
    """Write the gradebook's scores and comments where the template looks for them; yield scores."""
    grades = {one.cell: one for one in now.grades if one.notebook == name}
    comments = {cell: by_hand or ours for cell, ours, by_hand in now.comments}
    for cell in notebook.cells:
        marked = mark(cell)
        if with_messages and marked.get("grade_id") in comments:
            marked["comment"] = comments[marked["grade_id"]]
        if (grade := grades.get(marked.get("grade_id", ""))) is not None:
            marked["score"] = grade.score
            yield grade.score or 0.0


def _hide_messages(cell: NotebookNode) -> None:
    """Reduce the outputs of a grade cell to its criteria, met or not."""
    card = Scorecard.from_outputs(cell.get("outputs", []))
    cell.outputs = []
    if card is not None:
        bare = replace(
            card,
            diagnosis="",
            note="",
            marks=tuple(replace(mark, message="") for mark in card.marks),
        )
        data = dict(bare._repr_mimebundle_())
        cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
