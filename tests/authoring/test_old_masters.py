"""A master as courses have them: of an old format, with outputs, metadata, and cells that raise."""

import json

import nbformat
import pytest
from support.course import nbjudge
from support.mixed import CONFIG

from nbjudge.authoring import build as builder
from nbjudge.authoring import masters
from nbjudge.notebook.canonical import to_text

OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["seven\n"]}
SOLUTION = {"grade": False, "solution": True, "locked": False, "points": 0}
TEST = {"grade": True, "solution": False, "locked": True, "points": 2}
OLD = {
    "authors": [{"name": "Ada"}],
    "kernelspec": {"display_name": "Course", "language": "python", "name": "of-another-machine"},
    "language_info": {"name": "python", "version": "3.5.2"},
    "toc": {"sideBar": True},
    "widgets": {"state": {}},
}
CODE = "### BEGIN SOLUTION\nn = 3\n### END SOLUTION"
TAGGED = {"tags": ["raises-exception"]}


def cell(source, kind="code", mark=None, **metadata):
    """Return a cell as nbformat 4.2 had them, without an id."""
    made = {"cell_type": kind, "metadata": metadata, "source": source}
    if mark:
        name = "f" if mark["solution"] else "f-test"
        metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, "task": False, **mark}
    return made | ({"outputs": [OUTPUT], "execution_count": 7} if kind == "code" else {})


def make_course(folder, *cells, code=CODE, test="assert n == 3"):
    """Lay down a course with one assignment `old`; return the file of its master."""
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    data = folder / "source/old/data/deep"
    data.mkdir(parents=True)
    (data / "data.txt").write_text("seven", encoding="utf-8")
    (folder / "source/old/beside.py").write_text("seven = 7\n", encoding="utf-8")
    notebook = {
        "cells": [*cells, cell(code, mark=SOLUTION), cell(test, mark=TEST)],
        "metadata": OLD,
        "nbformat": 4,
        "nbformat_minor": 2,
    }
    file = folder / "source/old/old.ipynb"
    file.write_text(json.dumps(notebook), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A built course, and what the command said."""
    folder = tmp_path_factory.mktemp("old")
    make_course(
        folder,
        cell("# Week 1", "markdown", slideshow={"slide_type": "slide"}),
        cell("import beside\nprint(open('data/deep/data.txt').read())", tags=["setup"]),
        cell("open('made.txt', 'w').write('seven')", execution={"iopub.execute_input": "9 am"}),
        cell("1 / 0", **TAGGED),
        cell("print('now mend this'"),
        cell("x = %timeit -o -n1 -r1 1"),
    )
    return folder, nbjudge("build", cwd=folder)


def test_what_is_not_ours_is_kept_in_the_master_and_in_the_release(course):
    folder, _ = course
    for step in ("source", "release"):
        notebook = nbformat.read(folder / step / "old/old.ipynb", as_version=4)
        title, setup = notebook.cells[:2]
        assert title.metadata["slideshow"] == {"slide_type": "slide"}
        assert setup.metadata["tags"] == ["setup"]
        assert notebook.metadata["authors"] == OLD["authors"]
        assert notebook.metadata["toc"] == OLD["toc"]
        assert notebook.metadata["kernelspec"] == OLD["kernelspec"]
        assert not any(one.get("outputs") for one in notebook.cells)
        assert [one.get("execution_count") for one in notebook.cells] == [None] * 8
        assert len({one.id for one in notebook.cells}) == 8


def test_what_a_run_left_goes_and_each_change_is_said(course):
    folder, done = course
    notebook = nbformat.read(folder / "source/old/old.ipynb", as_version=4)
    assert to_text(notebook) == (folder / "source/old/old.ipynb").read_text(encoding="utf-8")
    assert "execution" not in notebook.cells[2].metadata
    assert "widgets" not in notebook.metadata
    said = [line for line in done.stdout.splitlines() if line.startswith("Changed in ")]
    assert said == [
        f"Changed in source/old/old.ipynb: {what}."
        for what in (
            "in 7 of 8 cells, outputs and counts of a run are removed",
            "in 1 of 8 cells, times of a run are removed",
            "in 8 of 8 cells, the id is new",
            "metadata of the notebook that differ now: language_info, widgets",
            "format 4.2 is 4.5 now",
            "how each test is graded is written down",
        )
    ]


def test_files_beside_the_notebook_come_along_and_what_cells_write_does_not(course):
    folder, _ = course
    for step in ("release", "solutions"):
        files = {one.relative_to(folder / step) for one in (folder / step).rglob("*.*")}
        assert {str(one) for one in files} == {
            "old/old.ipynb",
            "old/beside.py",
            "old/data/deep/data.txt",
        }
    assert not (folder / "source/old/made.txt").exists()
    assert (folder / "build/executed/old/made.txt").read_text() == "seven"


def test_an_ordinary_cell_that_raises_is_named_unless_it_says_that_it_does(course):
    folder, done = course
    (line,) = done.stderr.splitlines()
    assert line == (
        f"Warning: {folder}/source/old/old.ipynb, cell 'print-now-mend-this' raises SyntaxError "
        "when the solution runs. If students are to see that, give the cell the tag "
        "'raises-exception'; else mend it."
    )


def test_a_second_build_changes_nothing(course):
    folder, _ = course
    before = {one: one.stat().st_mtime_ns for one in (folder / "source").rglob("*")}
    done = nbjudge("build", cwd=folder)
    assert {one: one.stat().st_mtime_ns for one in (folder / "source").rglob("*")} == before
    assert "Changed" not in done.stdout
    nbjudge("build", "--check", cwd=folder)


@pytest.mark.parametrize(
    ("code", "test", "says"),
    [
        (CODE.replace("3", "1 / 0"), "assert n == 3", "'f' raises when the solution runs"),
        (CODE, "assert n == 4", "'f-test' raises when the solution runs"),
        (CODE, "1", "'f-test' gives 1 of 2 points"),
        (CODE, "n", "'f-test' ends in a number above its points, which nbgrader refuses."),
        (
            CODE,
            "import warnings\nwarnings.warn('slow')\nassert n == 3",
            "'f-test' gives 0 of 2 points. It writes to standard error, which nbgrader takes for a",
        ),
        (CODE.replace("END", "STOP"), "", "'f': Line 1: BEGIN SOLUTION is never closed"),
    ],
    ids=["solution", "test", "points", "above the points", "standard error", "markers"],
)
def test_a_master_that_cannot_be_built_is_left_as_it_was(tmp_path, code, test, says):
    file = make_course(tmp_path, code=code, test=test)
    before = file.read_bytes()
    done = nbjudge("build", cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert f"{file}, cell {says}" in done.stderr
    assert file.read_bytes() == before
    assert not (tmp_path / "release").exists()


TASK = {**TEST, "grade_id": "draw", "grade": False, "task": True}
SCHEME = "Draw.\n### BEGIN MARK SCHEME\nTwo axes."


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (cell(CODE), "Solution region detected in a non-solution cell"),
        (
            cell(f"{SCHEME}\n### END MARK SCHEME", "markdown"),
            "Mark scheme region detected in a non",
        ),
        (cell(SCHEME, "markdown", TASK), "No end mark scheme tests statement found"),
        (cell("# Draw", mark=TASK), "Task cells have to be markdown: # Draw"),
        (cell("Why?", "markdown", TEST), "Markdown grade cell 'f-test' is not marked as a"),
    ],
    ids=["region", "scheme", "open scheme", "task", "text"],
)
def test_a_master_that_nbgrader_refuses_is_left_as_it_was(tmp_path, wrong, says):
    file = make_course(tmp_path, wrong)
    before = file.read_bytes()
    done = nbjudge("build", cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert f"nbgrader could not convert source/old: {says}" in done.stderr
    assert file.read_bytes() == before


def test_a_master_that_is_saved_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    file = make_course(tmp_path)
    convert = builder._convert

    def saved(*arguments):
        file.write_text("{}")
        return convert(*arguments)

    monkeypatch.setattr(builder, "_convert", saved)
    done = nbjudge("build", cwd=tmp_path, check=False)
    assert f"{file} was saved while it was built. Build it again." in done.stderr
    assert file.read_text() == "{}"
    assert not (tmp_path / "release").exists()


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    make_course(tmp_path).write_text("no notebook")
    with pytest.raises(masters.BuildError, match=r"old\.ipynb cannot be read as a notebook"):
        builder.build(tmp_path, "old")
