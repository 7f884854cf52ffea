"""`nbjudge new` that is stopped, that runs twice at once, or that fails in a course with others."""

import os
import signal
import subprocess
import time

import demo
import nbformat
import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge
from support.fresh import empty_course, inside
from support.mixed import marked


def start(course):
    """Begin to lay down `softmax` as a person would, in a session of its own."""
    return subprocess.Popen(
        demo.command("nbjudge", "new", "softmax"), cwd=course, env=demo.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("late", ["build/executed/softmax", "release/softmax/softmax.ipynb"])
def test_a_run_that_is_stopped_takes_all_back_also_the_row_of_the_gradebook(tmp_path, stop, late):
    course = empty_course(tmp_path / "course")
    before = inside(course)
    running = start(course)
    # The first is made before the kernel runs; when the other is there, the gradebook knows it.
    until = time.monotonic() + 120
    while not (course / late).exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert (course / "gradebook.db").is_file() == late.startswith("release")
    os.kill(running.pid, stop)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "Aborted!" in said
    assert inside(course) == before


@pytest.mark.slow
def test_of_two_runs_at_once_one_makes_it_and_the_other_is_told(tmp_path):
    course = empty_course(tmp_path / "course")
    both = [start(course) for _ in range(2)]
    said = [one.communicate(timeout=200)[1] for one in both]
    assert sorted(one.returncode for one in both) == [0, 1], said
    assert any("already" in one for one in said)
    assert "are as source/ says" in nbjudge("build", "--check", cwd=course).stdout


@pytest.mark.slow
def test_a_gradebook_of_others_is_left_as_it_is_when_a_build_fails(tmp_path):
    more = '\nc.IncludeHeaderFooter.header = "header.ipynb"\n'
    course = empty_course(tmp_path / "course", more)
    nbformat.write(nbformat.v4.new_notebook(), course / "header.ipynb")
    nbjudge("new", "first", cwd=course)
    cells = [marked("header", "### BEGIN SOLUTION\n1 / 0\n### END SOLUTION", solution=True)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course / "header.ipynb")
    assert nbjudge("new", "second", cwd=course, check=False).returncode == 1
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        assert [one.name for one in book.assignments] == ["first"]
    assert nbgrader("db", "assignment", "list", cwd=course).returncode == 0
