"""The pages of the site as HTML: a student's results, the class, and what went wrong."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nbjudge.reports.feedback import number
from nbjudge.results.shown import AssignmentShown

STATIC = Path(__file__).with_name("static")
_TEMPLATES = Path(__file__).with_name("templates")


class Views:
    """Makes the pages of a site whose addresses begin with `prefix`, which ends with a slash."""

    def __init__(self, course: str, prefix: str):
        self._pages = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters.update(points=number, part=lambda text: quote(str(text), safe=""))
        self._pages.globals.update(course=course, prefix=prefix)

    def of_student(
        self, student: str, results: Sequence[AssignmentShown], of_class: bool, whole: bool
    ) -> str:
        """Return the page of one student; `of_class` links to that of the class.

        Without `whole` it is the part that the page's script renews.
        """
        passing = any(one.state.passing for each in results for one in each.attempts)
        name = "student.html.j2" if whole else "attempts.html.j2"
        return self._pages.get_template(name).render(
            student=student, results=results, of_class=of_class, passing=passing
        )

    def of_class(self, results: Mapping[str, Sequence[AssignmentShown]], whole: bool) -> str:
        """Return the page of all students; without `whole` the part that its script renews."""
        name = "class.html.j2" if whole else "students.html.j2"
        names = [one.name for one in next(iter(results.values()), [])]
        return self._pages.get_template(name).render(results=results, names=names)

    def problem(self, title: str, sentence: str) -> str:
        """Return a page that says what went wrong."""
        return self._pages.get_template("problem.html.j2").render(title=title, sentence=sentence)
