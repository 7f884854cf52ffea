"""Made-up students, and a small course that knows its assignment."""

import shutil
from dataclasses import dataclass

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from support.small import marked

CONFIG = """\
from nbjudge.nbgrader_ext.defaults import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "small"
c.Exchange.timezone = "Europe/Berlin"
"""
DUE = "2026-12-05 17:00:00 UTC"  # 18:00 in Berlin


@dataclass(frozen=True)
class Learner:
    """A student: `number` is Canvas's user id, `participant` Moodle's number in one assignment."""

    login: str
    first: str
    last: str
    number: str
    participant: str

    @property
    def name(self):
        return f"{self.first} {self.last}"

    @property
    def email(self):
        return f"{self.login}@example.edu"


LEARNERS = (
    Learner("ada", "Ada", "Lovelace", "101", "9001"),
    Learner("ana", "Ana-Lucía", "Müller", "102", "9002"),
    Learner("xiaoming", "小明", "陈", "103", "9003"),
    Learner("layla", "ليلى", "حداد", "104", "9004"),
    Learner("seamus", "Séamus", "O'Brien", "105", "9005"),
    Learner("anna5", "Anna", "Schmidt 5", "106", "9006"),
    Learner("anna", "Anna", "Schmidt", "107", "9007"),
    Learner("anna2", "Anna", "Schmidt", "108", "9008"),
)


def make_small(folder):
    """Make a course whose gradebook has the assignment `week1` and nobody in it."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(CONFIG)
    source = folder / "source/week1/week1.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[cell()]), source)
    with book(folder) as opened:
        opened.add_assignment("week1", duedate=DUE)
        opened.add_notebook("week1", "week1")
        opened.add_solution_cell("double", "week1", "week1")
        opened.add_source_cell("double", "week1", "week1", cell_type="code")
    return folder


def book(course):
    return Gradebook(f"sqlite:///{course}/gradebook.db", "small")


def cell(text="def double(x):\n    return 2 * x"):
    return marked(new_code_cell(text, id="double"), "double", solution=True)


def notebook(text="def double(x):\n    return 2 * x"):
    """Return a submission of `week1` as bytes."""
    return nbformat.writes(new_notebook(cells=[cell(text)])).encode()


def enrol(course, learners=LEARNERS, numbers=True):
    with book(course) as opened:
        for one in learners:
            opened.add_student(
                one.login, first_name=one.first, last_name=one.last, email=one.email,
                lms_user_id=one.number if numbers else None,
            )  # fmt: skip
    return course


def copied(course, target):
    return shutil.copytree(course, target)
