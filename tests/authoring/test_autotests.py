"""AUTOTEST lines give what plain nbgrader gives; what cannot be made a test is refused."""

import re
import shutil
from pathlib import Path

import nbformat
import nbgrader as installed
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import is_solution
from support.course import nbgrader, nbjudge
from support.scored import CONFIG, book_of
from support.small import marked
from traitlets.config import Config

from nbjudge.authoring.build import build
from nbjudge.authoring.instantiation import instantiated
from nbjudge.authoring.masters import BuildError, masters_of
from nbjudge.notebook.autotests import kept_in
from nbjudge.notebook.canonical import canonical, to_text
from nbjudge.notebook.master import Conventions

TEMPLATES = Path(installed.__file__).parent / "docs/source/user_guide/autotests.yml"
# Of a course's own: another check, no hashes, no text at the end.
OWN = """
python3:
  dispatch: type({{snippet}})
  normalize: repr({{snippet}})
  check: 'assert {{snippet}} == "{{value}}", "{{message}}"'
  templates:
    default:
      - test: '{{snippet}}'
        fail: '{{snippet}} is not right'
"""
PLAIN = 'c = get_config()\nc.CourseDirectory.course_id = "course"\n'
IMPORTS = "import numpy as np\nimport pandas as pd"
DOUBLE, WRONG = "2 * x", "x + 1"
# What the solution returns, and what two wrong ones do: a wrong value, and one of a wrong type.
RESULTS = {
    "whole": ("2 * x", "2 * x + 1", "float(2 * x)"),
    "share": ("x / 3", "x / 3 + 0.1", "str(x / 3)"),
    "text": ("'Ab' * x", "'ab' * x", "['Ab'] * x"),
    "many": ("[x, 3, 1]", "[3, x, 1]", "(x, 3, 1)"),
    "pair": ("(x, 'a')", "(x, 'b')", "[x, 'a']"),
    "table": ("{'b': x, 'a': 2}", "{'b': 2, 'a': x}", "None"),
    "both": ("{1, x}", "{2, x}", "[1, x]"),
    "more": ("x > 2", "x > 1", "int(x > 2)"),
    "array": ("np.arange(x)", "np.arange(x) + 1", "list(range(x))"),
    "scalar": ("np.float64(x) / 3", "np.float64(x)", "x / 3"),
    "frame": (
        "pd.DataFrame({'b': [x, 2], 'a': [1.5, 2.5]})",
        "pd.DataFrame({'b': [x, 3], 'a': [1.5, 2.5]})",
        "[[x, 2], [1.5, 2.5]]",
    ),
}
SECRET = 7
WORK = "work"


def region(name, result):
    return f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {result}\n    ### END SOLUTION"


def graded(name, text, points=2):
    return marked(new_code_cell(text), f"{name}-test", grade=True, locked=True, points=points)


def three_tests(name):
    """A visible line; hashed ones of several expressions, with code between; a hidden one."""
    yield graded(f"{name}-seen", f"### AUTOTEST {name}(3)")
    yield graded(
        f"{name}-hashed", f"# Why\ny = 4\n### HASHED AUTOTEST {name}(2); {name}(y);\ny = 5", 3
    )
    yield graded(
        f"{name}-hidden",
        f"### AUTOTEST {name}(1)\n### BEGIN HIDDEN TESTS\n"
        f"### HASHED AUTOTEST {name}({SECRET}); type({name}(5))\n### END HIDDEN TESTS",
    )


def master(*cells):
    return canonical(new_notebook(cells=[new_code_cell(IMPORTS), *cells]))


def of_results():
    cells = []
    for name, (right, *_) in RESULTS.items():
        code = marked(new_code_cell(region(name, right)), name, solution=True)
        cells += [code, *three_tests(name)]
    return master(*cells)


def of_one(line, solution=DOUBLE):
    code = marked(new_code_cell(region("f", solution)), "f", solution=True)
    return master(code, graded("f", line))


def make_course(folder, notebook, config=CONFIG, templates=None):
    (folder / "source/week1").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    (folder / f"source/week1/{WORK}.ipynb").write_text(to_text(notebook), encoding="utf-8")
    if templates is None:
        shutil.copy(TEMPLATES, folder)
    elif templates:
        (folder / "autotests.yml").write_text(templates, encoding="utf-8")
    return folder


def cells_of(course, step="release"):
    found = nbformat.read(course / step / f"week1/{WORK}.ipynb", as_version=4).cells
    return {cell.id: cell for cell in found}


def hand_in(course, student, bodies):
    """Submit the release with functions of these bodies."""
    folder = course / "submitted" / student / "week1"
    folder.mkdir(parents=True)
    notebook = nbformat.read(course / f"release/week1/{WORK}.ipynb", as_version=4)
    for cell in filter(is_solution, notebook.cells):
        if cell.id in bodies:
            cell.source = f"def {cell.id}(x):\n    return {bodies[cell.id]}"
    nbformat.write(notebook, folder / f"{WORK}.ipynb")


def scores(course, student):
    with book_of(course) as book:
        grades = book.find_submission_notebook(WORK, "week1", student).grades
        return {one.name: (one.auto_score, one.needs_manual_grade) for one in grades}


def both(folder, notebook, submissions, templates=None):
    """Build and grade in plain nbgrader and in the judge; return both courses."""
    plain = make_course(folder / "plain", notebook, PLAIN, templates)
    ours = make_course(folder / "ours", notebook, CONFIG, templates)
    nbgrader("generate_assignment", "week1", cwd=plain)
    nbjudge("build", "week1", cwd=ours)
    for course in (plain, ours):
        for student, bodies in submissions.items():
            hand_in(course, student, bodies)
    nbgrader("autograde", "week1", cwd=plain)
    nbjudge("autograde", "week1", cwd=ours)
    return plain, ours


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    bodies = {
        "right": {name: one[0] for name, one in RESULTS.items()},
        "wrong": {name: one[1] for name, one in RESULTS.items()},
        "otherwise": {name: one[2] for name, one in RESULTS.items()},
        "empty": {},
    }
    return both(tmp_path_factory.mktemp("autotests"), of_results(), bodies)


@pytest.mark.slow
@pytest.mark.parametrize("student", ["right", "wrong", "otherwise", "empty"])
def test_every_cell_has_the_points_of_plain_nbgrader(compared, student):
    plain, ours = (scores(course, student) for course in compared)
    assert ours == plain
    assert len(ours) == 3 * len(RESULTS)
    everything = {"right": 7 * len(RESULTS), "empty": 0}
    given = sum(points for points, _ in ours.values())
    assert given == everything.get(student, given)


@pytest.mark.slow
def test_the_release_has_the_tests_of_plain_nbgrader(compared):
    plain, ours = map(cells_of, compared)
    tests = [name for name in ours if name.endswith("-test")]
    assert {name: ours[name].source for name in tests} == {
        name: plain[name].source for name in tests
    }


@pytest.mark.slow
def test_with_templates_of_a_course_too(tmp_path):
    notebook = of_one("### AUTOTEST f(3)\n# Out: AUTOTEST f(5);f(6)")
    submissions = {"right": {"f": "x * 2.0 // 1 and 2 * x"}, "wrong": {"f": "2.0 * x"}}
    plain, ours = both(tmp_path, notebook, submissions, OWN)
    for student in submissions:
        assert scores(ours, student) == scores(plain, student)
    assert scores(ours, "right") == {"f-test": (2.0, False)}
    assert cells_of(ours)["f-test"].source == cells_of(plain)["f-test"].source


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    hidden = f"### BEGIN HIDDEN TESTS\n### AUTOTEST f({SECRET})\n### END HIDDEN TESTS"
    notebook = of_one(f"### AUTOTEST f(3)\n{hidden}")
    course = make_course(tmp_path_factory.mktemp("built") / "course", notebook)
    return course, nbjudge("build", "week1", cwd=course)


def test_a_build_hands_out_visible_tests_and_keeps_the_hidden_ones(built):
    course, said = built
    assert re.search(r"f-test +2 +apart, by asserts", said.stdout)
    released = (course / f"release/week1/{WORK}.ipynb").read_text(encoding="utf-8")
    assert "AUTOTEST" not in released
    assert "f(3)" in released
    assert f"f({SECRET})" not in released
    assert f"f({SECRET})" in kept_in(course, "week1").joinpath(f"{WORK}.json").read_text()
    assert f"### AUTOTEST f({SECRET})" in cells_of(course, "source")["f-test"].source
    assert f"assert str(f({SECRET}))" in cells_of(course, "build/executed")["f-test"].source
    nbjudge("build", "week1", "--check", cwd=course)


def test_nbgraders_own_command_hands_out_the_same(built, tmp_path):
    course = shutil.copytree(built[0], tmp_path / "course")
    before = cells_of(course)["f-test"].source
    shutil.rmtree(course / "build")
    nbgrader("generate_assignment", "week1", "--force", cwd=course)
    assert cells_of(course)["f-test"].source == before
    assert f"f({SECRET})" in kept_in(course, "week1").joinpath(f"{WORK}.json").read_text()


@pytest.mark.slow
def test_where_the_solution_changed_since_nobody_is_marked(built, tmp_path):
    course = shutil.copytree(built[0], tmp_path / "course")
    hand_in(course, "right", {"f": DOUBLE})
    hand_in(course, "wrong", {"f": WRONG})
    nbjudge("autograde", "week1", cwd=course)
    assert scores(course, "right") == {"f-test": (2.0, False)}
    assert scores(course, "wrong") == {"f-test": (0.0, False)}
    file = course / f"source/week1/{WORK}.ipynb"
    file.write_text(file.read_text(encoding="utf-8").replace(DOUBLE, "3 * x"), encoding="utf-8")
    said = nbjudge("autograde", "week1", cwd=course, check=False)
    assert said.returncode == 1
    assert "AUTOTEST line" in said.stdout + said.stderr
    assert "Run 'nbjudge build'" in " ".join((said.stdout + said.stderr).split())
    for student in ("right", "wrong"):
        assert scores(course, student)["f-test"][1]
    nbjudge("build", "week1", cwd=course)
    nbjudge("autograde", "week1", cwd=course)
    assert scores(course, "right") == {"f-test": (0.0, False)}


def other_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "julia", "display_name": "Julia", "language": "julia"}
    return notebook


LINE = "### AUTOTEST f(1)"
UNGRADED = master(new_code_cell("### AUTOTEST len('')"))


@pytest.mark.parametrize(
    ("notebook", "templates", "said"),
    [
        (of_one(LINE), "", "there is no autotests.yml, neither beside it nor in the course folder"),
        (of_one(LINE), "python3: [", "autotests.yml is no YAML"),
        (of_one(LINE), "ir: {}", "autotests.yml lacks 'python3'. Add it."),
        (of_one("### HASHED AUTOTEST f(1)"), OWN, "the hash property has not been set"),
        (of_one(LINE, "1 / 0"), None, "the solution raises ZeroDivisionError: division by zero."),
        (of_one("### AUTOTEST f("), None, "the solution raises SyntaxError"),
        (other_kernel(of_one(LINE)), None, "Kernel julia has not been specified"),
        (UNGRADED, None, "one stands in a cell that is no test."),
    ],
    ids=["no file", "no YAML", "no Python", "no hash", "raises", "no code", "kernel", "no test"],
)
def test_what_cannot_be_made_a_test_is_refused_with_file_cause_and_mend(
    tmp_path, capfd, notebook, templates, said
):
    course = make_course(tmp_path / "course", notebook, templates=templates)
    with pytest.raises(BuildError) as refusal:
        build(course, "week1")
    told = str(refusal.value)
    assert told.startswith(f"{course}/source/week1/{WORK}.ipynb has AUTOTEST lines, and nbgrader")
    assert said in told
    assert not (course / "release").exists()
    assert list((course / "build").iterdir()) == []
    assert "Traceback" not in "".join(capfd.readouterr())


def test_templates_beside_the_master_win(tmp_path):
    course = make_course(tmp_path / "course", of_one(LINE), templates="not: read")
    (course / "source/week1/autotests.yml").write_text(OWN, encoding="utf-8")
    written = Conventions()
    masters = masters_of(course, "week1", written)
    (made,) = instantiated(masters, course, written, Config())
    assert made.notebook.cells[-1].source == 'assert repr(f(1)) == "2", "f(1) is not right"\n'
    assert masters[0].notebook.cells[-1].source == LINE
