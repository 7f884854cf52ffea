"""A course of masters that were not written for nbjudge, graded by plain nbgrader and by the judge.

Each case of `foreign_cases` is an assignment. Two students hand it in: `SOLUTION` the master's own
text, and `RELEASE` what was handed out, untouched.
"""

import asyncio
import contextlib
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import determine_grade, is_grade, is_solution
from support.course import nbjudge
from support.foreign_cases import CASES
from support.mixed import marked
from support.scored import CONFIG, book_of

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun, together
from nbjudge.classrun.workers import Pool
from nbjudge.notebook import decision
from nbjudge.notebook.canonical import canonical, to_text

SOLUTION, RELEASE = "solution", "release"
AS_PLAIN, BY_PERSON, LOWER, FREE, REFUSED, NOT_GRADED = VERDICTS = (
    "as plain nbgrader gives", "left to a person", "SILENTLY LOWER", "FREE MARKS",
    "refused at build", "not graded",
)  # fmt: skip
NOTEBOOK = "work"
WORKERS = 2
ROLES = {
    "solution": {"solution": True},
    "test": {"grade": True, "locked": True, "points": 2},
    "test2": {"grade": True, "locked": True, "points": 2},
    "manual": {"solution": True, "grade": True, "points": 2},
}
FILES = {"data.txt": "seven\n", "beside.py": "def check(f):\n    assert f(1) == 1\n"}
_MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.M)


@dataclass(frozen=True)
class Case:
    """One master; `name` is that of its assignment."""

    kind: str
    title: str
    cells: list

    @property
    def name(self):
        return re.sub(r"\W+", "-", f"{self.kind} {self.title}").strip("-")

    @property
    def points(self):
        """Return the points of the tests that a machine grades."""
        return sum(ROLES[role]["points"] for role, _ in self.cells if role.startswith("test"))

    def master(self):
        cells = [_cell(role, place, text) for place, (role, text) in enumerate(self.cells, 1)]
        return canonical(new_notebook(cells=cells))


EVERY = tuple(Case(*one) for one in CASES)


@dataclass
class Points:
    """What a submission has for the tests that a machine grades; `fault` says why it has none."""

    points: float = 0.0
    by_person: bool = False
    fault: str = ""


@dataclass
class Row:
    """What became of one case; `judged` is empty where nothing was built.

    `build` is "ok", or what was told first. `way` is what the master says of its tests since it
    was built. `seconds` are those in which cells were judged.
    """

    case: Case
    build: str
    plain: dict[str, Points]
    judged: dict[str, Points] = field(default_factory=dict)
    way: str = ""
    seconds: float = 0.0

    @property
    def fault(self):
        """Return why a submission has no points, or nothing."""
        return next((one.fault for one in self.judged.values() if one.fault), "")

    @property
    def verdicts(self):
        """Return what can be said of it: one of `VERDICTS`, or both of those that must never be."""
        if not self.judged:
            return [REFUSED]
        if self.fault:
            return [NOT_GRADED]
        solution, release = self.judged[SOLUTION], self.judged[RELEASE]
        lower = solution.points < self.plain[SOLUTION].points and not solution.by_person
        free = release.points > self.plain[RELEASE].points and not release.by_person
        by_person = solution.by_person or release.by_person
        return [LOWER] * lower + [FREE] * free or [BY_PERSON if by_person else AS_PLAIN]


def compared(folder, cases=EVERY, beside=False):
    """Grade cases both ways, in a new course below `folder`; return their rows.

    `beside` is the course's `c.Judge.beside`.
    """
    course = make_course(folder / "course", cases)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"c.Judge.beside = {beside}\n")
    with ThreadPoolExecutor(WORKERS) as beside:
        plain = list(beside.map(lambda case: in_plain_nbgrader(folder / "plain", case), cases))
    rows = [
        Row(case, built(course, case), points) for case, points in zip(cases, plain, strict=True)
    ]
    released = [row for row in rows if (course / "release" / row.case.name).is_dir()]
    for row in released:
        row.way = way_of(course / "source" / row.case.name)
    judge(course, released)
    return rows


def way_of(source):
    """Return the ways of the tests of a built master, each once."""
    cells = nbformat.read(source / f"{NOTEBOOK}.ipynb", as_version=4).cells
    return ", ".join(dict.fromkeys(filter(None, map(decision.written, cells))))


def make_course(course, cases):
    """Make a course that says no more of nbjudge than its page for instructors asks for."""
    course.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for case in cases:
        write(course / "source" / case.name, case.master())
    return course


def write(folder, notebook):
    """Write the notebook of a case, and what lies beside it."""
    folder.mkdir(parents=True)
    (folder / f"{NOTEBOOK}.ipynb").write_text(to_text(notebook), encoding="utf-8")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")


def in_plain_nbgrader(folder, case):
    """Return what nbgrader gives, by student; its release has its own stub, and hidden tests."""
    release, _ = ClearSolutions().preprocess(case.master(), {})
    return {
        student: executed(folder / student / case.name, notebook)
        for student, notebook in ((SOLUTION, case.master()), (RELEASE, release))
    }


def executed(folder, notebook):
    """Run a notebook in a kernel of its own, with its files; return its points."""
    write(folder, notebook)
    client = NotebookClient(
        notebook,
        timeout=300,
        allow_errors=True,
        extra_arguments=["--HistoryManager.hist_file=:memory:", "--Application.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    for tries_left in (2, 1, 0):
        try:
            asyncio.run(client.async_execute())
            break
        except RuntimeError:  # of many kernels at once, two may be given the same port
            if not tries_left:
                raise
    tests = [cell for cell in notebook.cells if is_grade(cell) and not is_solution(cell)]
    return Points(sum(determine_grade(cell)[0] for cell in tests))


def built(course, case):
    """Build a case; return "ok", or the first line of what is said against it."""
    try:
        done = nbjudge("build", case.name, cwd=course, check=False)
    except Exception as error:  # a master that nobody expected may break any part of it
        return f"broke: {type(error).__name__}: {error}".splitlines()[0]
    # Above a refusal stands nbgrader's log. Without one, a cell that is left to a person is told.
    _, *refusal = re.split(r"^Error: ", done.stderr, flags=re.M)
    told = "".join(refusal).replace(f"{course / 'source' / case.name}/", "")
    return told.splitlines()[0] if told else "ok"


def judge(course, rows):
    """Hand in both submissions of each row, grade them in one class run, fill in the rows."""
    for row in rows:
        hand_in(course, row.case)
    with contextlib.chdir(course), Ancestors() as ancestors, Pool(WORKERS, ancestors) as pool:
        by_source = {course / "source" / row.case.name: row for row in rows}

        def timed(tasks):
            for settings, result in pool.judged(tasks):
                cells = [one.seconds.values() for one in result.judged.values()]
                by_source[settings.source].seconds += sum(map(sum, cells))
                yield settings, result

        runs = [ClassRun(course, row.case.name) for row in rows]
        graded = list(together(runs, timed, force=True))
    with book_of(course) as book:
        for run, outcome in graded:
            row = by_source[run.settings.source]
            row.judged[outcome.student] = recorded(book, row.case, outcome)


def hand_in(course, case):
    """Submit what was released, untouched and with the master's own answers."""
    for student in (SOLUTION, RELEASE):
        folder = course / "submitted" / student / case.name
        shutil.copytree(course / "release" / case.name, folder)
    path = course / "submitted" / SOLUTION / case.name / f"{NOTEBOOK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    answers = {cell.id: cell.source for cell in case.master().cells if is_solution(cell)}
    for cell in notebook.cells:
        cell.source = _MARKER.sub("", answers.get(cell.id, cell.source))
    nbformat.write(notebook, path)


def recorded(book, case, outcome):
    """Return what the gradebook holds of a submission's tests."""
    work = book.find_submission_notebook(NOTEBOOK, case.name, outcome.student)
    tests = [grade for grade in work.grades if grade.name.startswith("test")]
    return Points(
        sum(grade.auto_score or 0.0 for grade in tests),
        any(grade.auto_score is None or grade.needs_manual_grade for grade in tests),
        outcome.reason,
    )


def _cell(role, place, text):
    if role in ROLES:
        return marked(f"{role}-{place}", text, **ROLES[role])
    tags = {"tags": ["raises-exception"]} if role == "raises" else {}
    return new_code_cell(text, metadata=tags)
