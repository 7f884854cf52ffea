"""What Validate says of a notebook: never more than the visible tests know."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum

TEXT = {
    "visible": "assert double(2) == 4, 'double(2) should be 4'",
    "hidden": "# Your instructor marks exercise 1 here. Nothing to do in this cell.",
}


def cell(name, source, points=0.0, **about):
    made = new_code_cell(source, id=name)
    made.metadata["nbgrader"] = {
        "schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": False,
        "task": False, "cell_type": "code", **about,
    }  # fmt: skip
    if about.get("grade"):
        made.metadata["nbgrader"]["points"] = points
    made.metadata["nbgrader"]["checksum"] = compute_checksum(made)
    return made


def graded(name, points=0.0):
    return cell(name, TEXT[name], points, grade=True, locked=True)


def notebook(solution, *tests):
    code = cell("double", solution, solution=True)
    return new_notebook(
        cells=[new_markdown_cell("## Exercise 1: *Double* it"), code, *tests],
        metadata={"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}},
    )


RIGHT = "def double(x): return 2 * x"


def validated(made, folder):
    """Validate as the server does: in a process of its own."""
    nbformat.write(made, folder / "a.ipynb")
    command = [sys.executable, "-m", "nbjudge.lab.validation", str(folder / "a.ipynb")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_what_is_marked_besides_is_named_where_the_visible_tests_pass(tmp_path):
    line, where = validated(notebook(RIGHT, graded("visible"), graded("hidden", 20)), tmp_path)
    assert line["text"] == "The visible tests pass. More is marked:"
    assert line["items"] == ["Exercise 1: Double it"]
    assert where["text"].startswith("Look above the code of an exercise")


def test_a_test_with_points_may_have_hidden_parts_and_nobody_knows(tmp_path):
    (line,) = validated(notebook(RIGHT, graded("visible", 5)), tmp_path)
    assert line["text"] == "The visible tests pass. Grading may run more tests:"
    assert line["items"] == ["Exercise 1: Double it"]


def test_a_failed_test_is_told_with_its_exercise_and_its_reason(tmp_path):
    wrong = notebook("def double(x): return x", graded("visible"), graded("hidden", 20))
    count, why = validated(wrong, tmp_path)
    assert count["text"] == "Of 1 visible tests, 1 fails."
    assert why["text"] == "Exercise 1: Double it: AssertionError: double(2) should be 4"
    assert "Traceback" in why["detail"]
    assert "\x1b" not in why["detail"]


def test_a_changed_test_is_told_and_so_is_the_result(tmp_path):
    made = notebook(RIGHT, graded("visible"))
    made.cells[-1].source = "assert True"
    changed, passed = validated(made, tmp_path)
    assert changed["text"].startswith("Locked cells were changed. Grading runs them as they were")
    assert changed["items"] == ["Exercise 1: Double it"]
    assert passed["text"] == "The visible tests pass."


@pytest.mark.parametrize("source", ["", "# a comment"])
def test_a_notebook_without_visible_tests_passes_none(source, tmp_path):
    line, _ = validated(notebook(RIGHT, cell("t", source, 3, grade=True, locked=True)), tmp_path)
    assert line["text"].startswith("There is no visible test. More is marked:")
