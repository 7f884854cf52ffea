"""A course whose assignment `week2` has cells of all of nbgrader's kinds, in two notebooks.

    code.ipynb    double     a plain test, hidden lines in it; a visible test for 0 points   2
                  share      a test whose last expression is its score                       4
                  manual     code that a person grades                                       3
                  bonus      one of our rubrics, in a cell of 0 points                 extra 5
    words.ipynb   why        a written answer that a person grades                           5
                  draw       a task with a mark scheme                                       6
                  rules      locked text

Numbers are points. `HIDDEN` stands in what no student may ever get.
"""

import shutil

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.course import nbjudge

from nbjudge.notebook.canonical import canonical, to_text

ASSIGNMENT = "week2"
HIDDEN = ("hidden_constant", "secret marking notes")
POINTS = {"double-test": 2, "share-test": 4, "manual": 3, "why": 5, "draw": 6}
BONUS = 5
SOLUTION = "    ### BEGIN SOLUTION\n    {}\n    ### END SOLUTION"
RIGHT = {  # what a student writes, by cell
    "double": "def double(x):\n    return 2 * x",
    "share": "def share(xs):\n    return [x / sum(xs) for x in xs]",
    "manual": "plan = 'first the data'",
    "triple": "def triple(x):\n    return 3 * x",
    "why": "Because attention weights sum to 1.",
}
CONFIG = """\
from nbjudge.nbgrader_ext.defaults import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "mixed"
"""
RUBRIC = '''\
"""Bonus: three times a number."""

from nbjudge.rubric import Rubric, expect

rubric = Rubric("Bonus: triple", 5, "triple", lambda x: 3 * x, extra_credit=True)


@rubric.criterion("Three times the number", points=5)
def value(triple, random):
    """One number."""
    if triple(2) != 6:
        raise expect.NotMet("2 should become 6.")
'''


def make_mixed_course(folder, config="", words=()):
    """Make and build the course; `config` are further lines of its configuration.

    `words` replace others in the masters, such as markers that `config` names. The notebook
    `source/header.ipynb`, which imports math, is used where `config` names it.
    """
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG + config, encoding="utf-8")
    rubrics = folder / "rubrics" / ASSIGNMENT
    rubrics.mkdir(parents=True)
    (rubrics / "__init__.py").touch()
    (rubrics / "bonus.py").write_text(RUBRIC, encoding="utf-8")
    for name, cells in (("code", _code()), ("words", _words())):
        notebook = canonical(new_notebook(cells=cells))
        for cell in notebook.cells:
            for ours, theirs in dict(words).items():
                cell.source = cell.source.replace(ours, theirs)
        (source / f"{name}.ipynb").write_text(to_text(notebook), encoding="utf-8")
    header = canonical(new_notebook(cells=[new_code_cell("import math")]))
    (folder / "source/header.ipynb").write_text(to_text(header), encoding="utf-8")
    nbjudge("build", ASSIGNMENT, cwd=folder)
    return folder


def hand_in(course, student, without=(), **answers):
    """Submit the release as `student`, without some notebooks, with the text of some cells.

    Returns the folder. `**RIGHT` answers all that a machine grades rightly.
    """
    folder = course / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted((course / "release" / ASSIGNMENT).glob("*.ipynb")):
        if file.stem in without:
            continue
        shutil.copy(file, folder)
        notebook = nbformat.read(file, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(name, cell.source)
        nbformat.write(notebook, folder / file.name)
    return folder


def _code():
    return [
        new_code_cell("import math", id="imports"),
        marked("double", "def double(x):\n" + SOLUTION.format("return 2 * x"), solution=True),
        marked("double-seen", "assert double(1) == 2", grade=True, locked=True, points=0),
        marked(
            "double-test",
            "assert double(math.pi) > 6\n### BEGIN HIDDEN TESTS\nhidden_constant = 21\n"
            "assert double(hidden_constant) == 42, 'Try a larger number.'\n### END HIDDEN TESTS",
            grade=True, locked=True, points=2,
        ),
        marked(
            "share",
            "def share(xs):\n" + SOLUTION.format("return [x / sum(xs) for x in xs]"),
            solution=True,
        ),
        marked(
            "share-test",
            "4 * sum(abs(sum(share([1, n])) - 1) < 1e-6 for n in (1, 3)) / 2",
            grade=True, locked=True, points=4,
        ),
        marked(
            "manual",
            "### BEGIN SOLUTION\nplan = 'data first'\n### END SOLUTION",
            solution=True, grade=True, points=3,
        ),
        marked("triple", "def triple(x):\n" + SOLUTION.format("return 3 * x"), solution=True),
        marked(
            "bonus",
            "# The bonus is marked here.\n### BEGIN HIDDEN TESTS\n"
            f'from nbjudge.rubric import grade\n\ngrade("{ASSIGNMENT}/bonus", globals())\n'
            "### END HIDDEN TESTS",
            extra=BONUS, grade=True, locked=True, points=0,
        ),
    ]  # fmt: skip


def _words():
    scheme = "### BEGIN MARK SCHEME\nsecret marking notes\n### END MARK SCHEME"
    return [
        marked("rules", "Write in whole sentences.", "markdown", locked=True),
        marked("why", "Because.", "markdown", solution=True, grade=True, points=5),
        marked("draw", f"Draw a mask.\n\n{scheme}", "markdown", task=True, locked=True, points=6),
    ]


def marked(name, source, kind="code", extra=None, **marks):
    """Return a cell with nbgrader's mark, as Create Assignment writes it."""
    cell = (new_code_cell if kind == "code" else new_markdown_cell)(source, id=name)
    empty = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    cell.metadata = {"nbgrader": {**empty, "grade_id": name, "schema_version": 3, **marks}}
    if extra is not None:
        cell.metadata["nbjudge"] = {"extra_credit": extra}
    return cell
