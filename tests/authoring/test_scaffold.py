"""`nbjudge new` lays down an assignment that works, or nothing at all."""

import json
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from support.course import ROOT, nbjudge, run
from support.fresh import empty_course, inside

FILES = [
    "source/{0}/{0}.ipynb", "rubrics/{0}/{1}.py", "rubrics/{0}/idioms/{1}.py",
    "rubrics/{0}/misconceptions/{1}.py", "release/{0}/{0}.ipynb",
]  # fmt: skip
CUSTOM = """
c.ClearSolutions.begin_solution_delimeter = "### MODEL ANSWER"
c.ClearSolutions.end_solution_delimeter = "### MODEL ENDS"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course with one new assignment, whose names are not the default's: to be read."""
    course = empty_course(tmp_path_factory.mktemp("new") / "course", CUSTOM)
    options = ("--title", 'A "new" one: {{ x }} \\n', "--function", "row_softmax")
    return course, run("nbjudge", "new", "Week 2", *options, cwd=course).stdout


def test_the_proof_shows_none_all_and_fewer_points(made):
    _, printed = made
    rows = {line[:21].strip(): line.split()[-7:] for line in printed.split("\n") if "/ 6" in line}
    tail = {name: " ".join(row[-5:]) for name, row in rows.items()}
    assert tail["as students get it"].endswith("0 of 10 none ✓")
    assert tail["the solution"].endswith("10 of 10 all ✓")
    assert tail["torch softmax"].endswith("10 of 10 all ✓")
    assert tail["exp of raw scores"].endswith("6 of 10 fewer ✓")
    assert "is told: Your exp overflows" in printed
    assert max(map(len, printed.split("\n"))) <= 80


def test_the_files_that_it_names_are_there_and_the_next_commands_are_quoted(made):
    course, printed = made
    for file in FILES:
        name = file.format("Week 2", "row_softmax")
        assert name in printed
        assert (course / name).is_file()
    following = [line.strip() for line in printed.split("Next:\n")[1].splitlines()]
    assert following[:3] == [
        "jupyter lab 'source/Week 2/Week 2.ipynb'",
        "nbjudge build 'Week 2'",
        "nbjudge verify 'Week 2'",
    ]


def test_what_it_wrote_is_what_a_build_writes_and_verifies(made):
    course, _ = made
    assert "are as source/ says" in nbjudge("build", "--check", cwd=course).stdout
    done = nbjudge("verify", "--seeds", "1", cwd=course)
    assert "Week 2/row_softmax" in done.stdout
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        assert book.find_assignment("Week 2").max_score == 10


def test_the_master_has_the_title_and_the_markers_of_the_course(made):
    course, _ = made
    master = nbformat.read(course / "source/Week 2/Week 2.ipynb", as_version=4)
    nbformat.validate(master)
    assert master.cells[0].source == '# A "new" one: {{ x }} \\n'
    text = "".join(cell.source for cell in master.cells)
    assert "### MODEL ANSWER" in text
    assert "BEGIN SOLUTION" not in text
    released = nbformat.read(course / "release/Week 2/Week 2.ipynb", as_version=4)
    assert "keepdim" not in "".join(cell.source for cell in released.cells)


def test_an_assignment_has_at_most_sixty_lines_of_cells_and_python(made):
    course, _ = made
    master = json.loads((course / "source/Week 2/Week 2.ipynb").read_text("utf-8"))
    texts = ["".join(cell["source"]) for cell in master["cells"]]
    texts += [file.read_text("utf-8") for file in (course / "rubrics").rglob("*.py")]
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    assert 40 < len(lines) <= 60


def test_what_it_writes_passes_the_houses_own_lint_and_format(made):
    course, _ = made
    shutil.copy(ROOT / "pyproject.toml", course)
    # N999: a folder "Week 2" is no name of a module, and nobody imports it by name.
    run("ruff", "check", "--ignore", "N999", "source", "rubrics", cwd=course)
    run("ruff", "format", "--check", "rubrics", cwd=course)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a+b",), "Assignment names should not contain"),
        (("../a",), "NAME cannot be '../a'. A name has letters"),
        (("a", "--function", "def"), "--function cannot be 'def'"),
        (("a", "--function", "weights"), "has something of this name besides"),
        (("a", "--title", ""), "--title cannot be ''"),
        (("a", "--title", "### MODEL ANSWER"), "holds no marker"),
        (("week 2",), "is there already, and nothing is overwritten"),
    ],
)
def test_a_word_that_cannot_be_used_is_named_and_nothing_is_written(made, words, said):
    course, _ = made
    before = inside(course)
    done = nbjudge("new", *words, cwd=course, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Nothing was written." in done.stderr
    assert inside(course) == before


@pytest.mark.parametrize("folder", ["rubrics", "release", "solutions", "build/executed"])
def test_a_name_that_is_taken_anywhere_is_refused(tmp_path, folder):
    course = empty_course(tmp_path / "course")
    (course / folder / "softmax").mkdir(parents=True)
    before = inside(course)
    done = nbjudge("new", "softmax", cwd=course, check=False)
    assert f"{course / folder / 'softmax'} is there already" in done.stderr
    assert inside(course) == before


def test_a_name_that_the_gradebook_knows_is_refused(tmp_path):
    course = empty_course(tmp_path / "course")
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        book.add_assignment("softmax")
    done = nbjudge("new", "softmax", cwd=course, check=False)
    assert "The gradebook has an assignment 'softmax' already." in done.stderr
    assert {path.name for path in inside(course)} == {"nbgrader_config.py", "gradebook.db"}


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path):
    course = empty_course(tmp_path / "course")
    (course / "solutions").write_text("a file, where a folder should be")
    before = inside(course)
    done = nbjudge("new", "softmax", cwd=course, check=False)
    assert f"{course / 'solutions/softmax'} cannot be written (Not a directory)" in done.stderr
    assert inside(course) == before


def test_outside_of_a_course_it_says_where_to_go(tmp_path):
    done = nbjudge("new", "softmax", cwd=tmp_path, check=False)
    assert "No nbgrader_config.py in" in done.stderr
    assert inside(tmp_path) == set()


def test_a_header_that_raises_is_named(tmp_path):
    more = '\nc.IncludeHeaderFooter.header = "header.ipynb"\n'
    course = empty_course(tmp_path / "course", more)
    cells = [nbformat.v4.new_code_cell("raise OSError('no data here')")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course / "header.ipynb")
    done = nbjudge("new", "softmax", cwd=course)
    assert "raises OSError when the solution runs" in done.stderr


def test_a_build_that_fails_leaves_nothing_behind(tmp_path):
    more = '\nc.IncludeHeaderFooter.header = "header.ipynb"\n'
    course = empty_course(tmp_path / "course", more)
    cells = [nbformat.v4.new_code_cell("import torch\ntorch.softmax = None\ntorch.exp = None")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course / "header.ipynb")
    before = inside(course)
    done = nbjudge("new", "softmax", cwd=course, check=False)
    assert done.returncode == 1
    assert "raises when the solution runs" in done.stderr
    assert inside(course) == before
