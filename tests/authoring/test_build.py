"""`nbjudge build` writes what the master says, or says what is wrong and writes nothing."""

import nbformat
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge, run


def edit(course, cell_id, old, new):
    path = course / "source/attention/attention.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    assert old in cell.source
    cell.source = cell.source.replace(old, new, 1)
    nbformat.write(notebook, path)


def test_check_names_what_is_stale_and_build_mends_it(course):
    edit(course, "plot-helper", "Nothing to do in this cell.", "Nothing to do.")
    check = nbjudge("build", "attention", "--check", cwd=course, check=False)
    assert check.returncode == 1
    for step in ("release", "solutions"):
        assert f"{step}/attention/attention.ipynb is stale." in check.stderr
    assert "Run 'nbjudge build attention'" in check.stderr
    run("nbjudge", "build", cwd=course)
    nbjudge("build", "attention", "--check", cwd=course)
    executed = nbformat.read(course / "build/executed/attention/attention.ipynb", as_version=4)
    pictures = [
        o for c in executed.cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})
    ]
    assert len(pictures) == 4
    assert (course / "gradebook.db").exists()


def test_a_wrong_reference_solution_writes_nothing_and_shows_the_criterion(course):
    before = (course / "release/attention/attention.ipynb").read_bytes()
    edit(course, "scaled", "/ d_k**0.5", "/ d_k")
    done = run("nbjudge", "build", "attention", cwd=course, check=False)
    assert done.returncode == 1
    assert "'scaled-marks': the reference solution does not have full marks" in done.stderr
    assert "The weights are the softmax" in done.stderr
    assert (course / "release/attention/attention.ipynb").read_bytes() == before


def test_a_broken_region_is_named_by_file_cell_and_line(course):
    edit(course, "dot_product", "### END SOLUTION", "### END")
    done = nbjudge("build", "attention", cwd=course, check=False)
    assert done.returncode == 1
    assert "attention.ipynb, cell 'dot_product': Line 15: BEGIN SOLUTION inside" in done.stderr
    done = nbgrader("generate_assignment", "attention", "--force", cwd=course, check=False)
    assert done.returncode == 1
    assert "Solution cell 'dot_product': Line 15" in done.stderr


def test_an_unknown_assignment_and_a_place_outside_a_course_are_named(course, tmp_path):
    done = nbjudge("build", "decoder", cwd=course, check=False)
    assert "There is no notebook in" in done.stderr
    done = nbjudge("build", cwd=tmp_path, check=False)
    assert "No nbgrader_config.py" in done.stderr


def test_what_nbgrader_refuses_is_shown_with_its_own_message(course):
    edit(course, "plot-helper", "#", "### BEGIN SOLUTION\n### END SOLUTION\n#")
    done = nbjudge("build", "attention", "--check", cwd=course, check=False)
    assert done.returncode == 1
    assert "Solution region detected in a non-solution cell" in done.stderr
    assert "gradebook" not in done.stderr


def test_check_writes_nothing_and_build_registers_the_assignment(course):
    def files():
        return {path: path.stat().st_mtime_ns for path in course.rglob("*")}

    edit(course, "plot-helper", "Nothing to do in this cell.", "Nothing to do.")
    before = files()
    assert nbjudge("build", "attention", "--check", cwd=course, check=False).returncode == 1
    assert files() == before
    nbjudge("build", "attention", cwd=course)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        assert book.find_assignment("attention").max_score == 100
