"""Plain nbgrader, its API and the formgrader where a course's file failed; and in other courses."""

import contextlib
import json
import re
import shutil
from unittest import mock

import nbformat
import pytest
from nbgrader.apps import NbGrader
from support.course import nbgrader, run
from support.exchange import Exchange
from support.samples import submit

from nbjudge.nbgrader_ext import checked
from nbjudge.notebook.head import UNCONFINED, lines_on_top
from nbjudge.rubric.scorecard import Scorecard

BROKEN = "c.FeedbackOnSubmit.counts = best\n"
REFUSED = "NameError: name 'best' is not defined"


def break_it(course):
    file = course / "nbgrader_config.py"
    whole = file.read_text()
    file.write_text(whole + BROKEN)
    return whole


@pytest.fixture
def exchange(built, tmp_path):
    return Exchange(built, tmp_path)


@pytest.mark.parametrize(
    "command", ["release_assignment", "release_feedback", "collect", "generate_feedback"]
)
def test_nothing_is_released_collected_or_shown(exchange, command):
    course = exchange.course
    shutil.rmtree(exchange.root / "nlp-llm")
    graded = course / "autograded/ada/attention"
    graded.mkdir(parents=True)
    shutil.copy(course / "release/attention/attention.ipynb", graded)
    break_it(course)
    options = ("--course=nlp-llm", f"--Exchange.root={exchange.root}", "--assignment=attention")
    if command == "generate_feedback":
        options = ("attention",)
    done = nbgrader(command, *options, cwd=course, check=False)
    assert done.returncode == 1
    assert f"{course}/nbgrader_config.py, line " in done.stderr
    assert REFUSED in done.stderr
    assert list(exchange.root.iterdir()) == []
    assert not (course / "feedback").exists()


def test_a_student_submits_by_our_classes_or_not_at_all(exchange, monkeypatch, tmp_path):
    """The hub's file names our classes; a broken file of the student's own does not matter."""
    home, hub, own = exchange.home, tmp_path / "hub", tmp_path / "own"
    (home / "nbgrader_config.py").unlink()
    shutil.copy(exchange.course / "release/attention/attention.ipynb", home / "attention")
    hub.mkdir()
    own.mkdir()
    text = (
        "from nbjudge.nbgrader_ext.defaults import configure_exchange\nc = get_config()\n"
        f"configure_exchange(c)\nc.Exchange.root = {str(exchange.root)!r}\n"
        "c.CourseDirectory.course_id = 'nlp-llm'\n"
    )
    places = {"JUPYTER_CONFIG_PATH": str(hub), "JUPYTER_CONFIG_DIR": str(own)}
    (own / "jupyter_config.py").write_text("1 / 0\n")
    (hub / "nbgrader_config.py").write_text(text)
    nbgrader("submit", "attention", cwd=home, **places)
    (sent,) = exchange.inbound.iterdir()
    assert sent.stat().st_mode & 0o007 == 0
    (hub / "nbgrader_config.py").write_text(text + "oops\n")
    asked = ("submit", "attention", "--course=nlp-llm", f"--Exchange.root={exchange.root}")
    done = nbgrader(*asked, cwd=home, check=False, **places)
    assert done.returncode == 1
    assert f"{hub}/nbgrader_config.py, line 6: NameError: name 'oops'" in done.stderr
    assert list(exchange.inbound.iterdir()) == [sent]


FORMGRADER = """
import pathlib, sys
from nbconvert.exporters import HTMLExporter
from nbgrader.apps import NbGraderAPI
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
file, graded = pathlib.Path("nbgrader_config.py"), sys.argv[1]
whole = file.read_text()
def press():
    formgrader.load_config_file()  # as each request to it does
    result = NbGraderAPI(formgrader.coursedir, parent=formgrader).autograde("attention", "ada")
    return result["success"], str(result)
def show():
    try:
        page, _ = exporter.from_filename(graded, resources=dict(index=0, total=1))
    except Exception as error:
        return str(error)
    return "<script>1" not in page and "<h1>" in page
def start():
    FormgradeExtension.clear_instance()
    formgrader = FormgradeExtension()
    formgrader.initialize([])
    return formgrader, HTMLExporter(config=formgrader.config)
file.write_text(whole + "c.FeedbackOnSubmit.counts = best\\n")
formgrader, exporter = start()
for well, said in (press(), (False, show())):
    assert not well and "name 'best' is not defined" in said, said
file.write_text(whole)
assert "start the formgrader's server again" in show()
formgrader, exporter = start()
assert show() is True, show()
well, said = press()
assert well, said
file.write_text(whole + "c.FeedbackOnSubmit.counts = best\\n")
well, said = press()
assert not well and "name 'best' is not defined" in said, said
"""


def test_the_formgrader_neither_grades_nor_shows(built, tmp_path):
    """Started while the file is broken; mended; started again; broken again while it runs."""
    course = shutil.copytree(built, tmp_path / "course")
    submit(course, "ada", "perfect")
    page = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("<h1>1</h1><script>1</script>")]
    )
    nbformat.write(page, tmp_path / "page.ipynb")
    run("python", "-c", FORMGRADER, str(tmp_path / "page.ipynb"), cwd=course)
    assert (course / "autograded/ada/attention/attention.ipynb").exists()


TESTS = nbformat.v4.new_code_cell("assert answer == 42")
TESTS.metadata["nbgrader"] = {
    "grade": True, "grade_id": "q-test", "locked": True, "points": 1, "schema_version": 3,
    "solution": False, "task": False,
}  # fmt: skip
ANSWER = nbformat.v4.new_code_cell("### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION")
ANSWER.metadata["nbgrader"] = {
    "grade": False, "grade_id": "q", "locked": False, "schema_version": 3, "solution": True,
    "task": False,
}  # fmt: skip


@pytest.mark.parametrize("more", ["", "oops  # not nbjudge's\n"], ids=["whole", "broken"])
def test_a_course_of_plain_nbgrader_is_as_without_this_package(tmp_path, more):
    """`JUPYTER_NO_CONFIG` hides what the package puts into `etc/jupyter/`."""
    made = {}
    for with_us in (True, False):
        course = tmp_path / f"course_{with_us}"
        (course / "source/ps1").mkdir(parents=True)
        notebook = nbformat.v4.new_notebook(cells=[ANSWER, TESTS])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
        nbformat.write(notebook, course / "source/ps1/p1.ipynb")
        own = f"c = get_config()\nc.CourseDirectory.course_id = 'other'\n{more}"
        (course / "nbgrader_config.py").write_text(own)
        hidden = {} if with_us else {"JUPYTER_NO_CONFIG": "1"}
        said = []
        for words in ("generate_assignment", "generate_solution", "autograde", "generate_feedback"):
            if words == "autograde":
                shutil.copytree(course / "source/ps1", course / "submitted/ada/ps1")
            done = nbgrader(words, "ps1", cwd=course, **hidden)
            said.append([line for line in done.stderr.splitlines() if line.startswith("[")])
        told = json.dumps(said).replace(str(course), "")
        made[with_us] = files(course), re.sub(r"Writing \d+", "Writing", told)
        with contextlib.chdir(course), mock.patch.dict("os.environ", hidden):
            app = NbGrader()
            app.load_config_file()
        assert ("exporter_class" in app.config.Autograde) is with_us
    assert made[True] == made[False]
    assert len(made[True][0]) == 4


def files(course):
    """What the commands made, without the cell ids and names of folders that differ."""
    return {
        str(path.relative_to(course)): re.sub(r"20\d\d-.*Z", "", path.read_text())
        for step in ("release", "solution", "autograded", "feedback")
        for path in (course / step).rglob("*.*")
    }


def test_what_makes_a_course_ours(tmp_path):
    file, rubric = tmp_path / "nbgrader_config.py", tmp_path / "rubrics/a/one.py"
    assert not checked.is_ours(tmp_path)
    file.write_text("c = get_config()  # once by nbjudge\n")
    assert not checked.is_ours(tmp_path)
    file.write_text("form nbjudge.nbgrader_ext import\n")
    assert checked.is_ours(tmp_path)
    file.unlink()
    rubric.parent.mkdir(parents=True)
    rubric.write_text("from nbjudge.rubric import Rubric\n")
    assert checked.is_ours(tmp_path)


def test_a_configuration_that_a_student_submits_is_never_read(built, tmp_path):
    course = shutil.copytree(built, tmp_path / "course")
    submit(course, "ada", "perfect")
    theirs = course / "submitted/ada/attention/nbgrader_config.py"
    theirs.write_text(f"open({str(tmp_path / 'was_here')!r}, 'w')  # nbjudge\n")
    nbgrader("autograde", "attention", cwd=course)
    nbgrader("generate_feedback", "attention", cwd=course)
    assert (course / "feedback/ada/attention/attention.html").is_file()
    assert not (tmp_path / "was_here").exists()


FORGED = """
from IPython.display import display
class Card:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/vnd.nbjudge.scorecard+json": dict(
            exercise="attention/dot_product", title="Forged", points=20, marks=[], seed=1,
            rubric_version="1", engine="nbjudge", confined=True)}
"""


def test_a_result_is_unconfined_by_what_ran_whatever_a_kernel_says(small):
    """In the plain engine student code shares its kernel with the tests, and can show anything."""
    file = small / "submitted/ada/attention/attention.ipynb"
    notebook = nbformat.read(file, as_version=4)
    forging = FORGED + "import nbjudge.rubric\nnbjudge.rubric.grade = lambda *_: display(Card())"
    notebook.cells.insert(2, nbformat.v4.new_code_cell(forging))
    nbformat.write(notebook, file)
    nbgrader("autograde", "attention", "--Judge.engine=plain", cwd=small)
    graded = nbformat.read(small / "autograded/ada/attention/attention.ipynb", as_version=4)
    assert lines_on_top(graded, UNCONFINED) != []
    cards = [
        one for cell in graded.cells if (one := Scorecard.from_outputs(cell.get("outputs", [])))
    ]
    assert any(card.title == "Forged" for card in cards)
    assert {(card.engine, card.confined) for card in cards} == {("plain nbgrader", False)}


def test_a_class_run_says_unconfined_where_no_exercise_has_a_scorecard(small):
    """By a cell on top: an assignment with plain tests has no scorecard that could say so."""
    master = small / "source/attention/attention.ipynb"
    notebook = nbformat.read(master, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"
    nbformat.write(notebook, master)
    nbgrader("generate_assignment", "attention", "--force", cwd=small)
    options = ("--Judge.landlock_abi=0", "--Judge.unconfined=True", "--json", "--workers=1")
    done = run("nbjudge", "autograde", "attention", *options, cwd=small)
    (one,) = json.loads(done.stdout)["submissions"]
    assert (one["verdict"], "unconfined" in one["flags"]) == ("graded", True)


@pytest.fixture
def small(built, tmp_path):
    course = shutil.copytree(built, tmp_path / "course")
    submit(course, "ada", "perfect")
    return course
