"""A feedback page, as a reader finds its way in it, and notebooks to make pages of."""

from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbjudge.rubric.scorecard import Mark, Scorecard
from nbjudge.verdict import Verdict

SENTENCE = "Your scores are divided by the wrong root."


class Page:
    """What stands on a page."""

    def __init__(self, html):
        self.html = html
        self.soup = BeautifulSoup(html, "html.parser")

    @property
    def text(self):
        return said(self.soup.body)

    @property
    def title(self):
        return self.soup.title.get_text()

    @property
    def score(self):
        """The score as a number; None where there is none."""
        found = self.soup.find("data")
        return None if found is None else float(found["value"])

    @property
    def rows(self):
        """What each exercise earned, and what to do next, by its title."""
        body = self.soup.find("table").tbody
        cells = [[said(cell) for cell in row(["th", "td"])] for row in body("tr")]
        return {title: (points, then) for title, points, then in cells}

    def folded(self, section):
        """Whether each part of a section is folded, by its title."""
        parts = self.soup.find("section", class_=section)("details", recursive=False)
        return {said(part.summary): not part.has_attr("open") for part in parts}

    def headings(self):
        return [int(one.name[1]) for one in self.soup(["h1", "h2", "h3", "h4", "h5", "h6"])]


def said(element):
    return " ".join(element.get_text(" ").split())


def card(title="Exercise 1", met=(True, False), diagnosis="", verdict=Verdict.WAITING, fault=""):
    """Return a scorecard with a criterion of 5 points for each of `met`."""
    marks = tuple(
        Mark(f"Criterion {number}", 5, one, "" if one else f"Look at {number}.")
        for number, one in enumerate(met, start=1)
    )
    about = (0, "0123", "nbjudge", True)
    return Scorecard(
        title, title, 5 * len(met), marks, *about, fault=fault, diagnosis=diagnosis, verdict=verdict
    )


def exercise(name, scorecard, extra=None, source="def solution(): ..."):
    """Return the cells of an exercise, judged."""
    marked = {"schema_version": 3, "task": False, "locked": False}
    answer = new_code_cell(source, id=name)
    answer.metadata.nbgrader = {**marked, "grade": False, "solution": True, "grade_id": name}
    marks = new_code_cell("# Marked here.", id=f"{name}-marks")
    points = 0 if extra else scorecard.points
    marks.metadata.nbgrader = {
        **marked, "grade": True, "solution": False, "points": points, "grade_id": f"{name}-marks",
    }  # fmt: skip
    if extra:
        marks.metadata.nbjudge = {"extra_credit": extra}
    score = 0.0 if extra else scorecard.score
    marks.outputs = [
        new_output("display_data", dict(scorecard._repr_mimebundle_())),
        new_output("execute_result", {"text/plain": str(score)}, execution_count=1),
    ]
    return [new_markdown_cell(f"# {name}\n\n#### Formula", id=f"{name}-text"), answer, marks]


def marked(cell, name, grade=False, solution=False, points=0):
    """Return a cell with nbgrader's mark."""
    kind = {"schema_version": 3, "task": False, "locked": grade and not solution}
    cell.id = name
    cell.metadata.nbgrader = {**kind, "grade": grade, "solution": solution, "grade_id": name}
    if grade:
        cell.metadata.nbgrader["points"] = points
    return cell


def plain(name="cell-5aef2caea9c352f0", source="", test="", points=2):
    """Return the cells of an exercise that has no rubric."""
    return [
        marked(new_code_cell(source), f"{name}-answer", solution=True),
        marked(new_code_cell(test), name, grade=True, points=points),
    ]


def notebook(*cells):
    return new_notebook(cells=[one for some in cells for one in some])
