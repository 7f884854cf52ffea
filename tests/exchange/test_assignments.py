"""Every released assignment is watched by one process, and what is left to a person is named."""

import contextlib
import shutil
import signal
import subprocess
import time

import demo
import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge
from support.exchange import Exchange
from support.small import write_small

from nbjudge.exchange import assignments
from nbjudge.exchange.assignments import Watched
from nbjudge.exchange.attempts import Attempts
from nbjudge.exchange.watch import AlreadyWatched

LEFT = "Submissions in the exchange: {}; 'nbgrader collect {}' takes them in."


@pytest.fixture(scope="module")
def course(built, tmp_path_factory):
    """A course with two more masters, one of them for a person; both are built."""
    folder = tmp_path_factory.mktemp("several") / "course"
    shutil.copytree(built, folder)
    write_small(folder)
    for name in ("doubling", "essay"):
        nbjudge("build", name, cwd=folder)
    return folder


@pytest.fixture
def exchange(course, tmp_path):
    """Its exchange, where only `attention` is released."""
    return Exchange(course, tmp_path)


def release(exchange, *names):
    for name in names:
        nbgrader("release_assignment", name, cwd=exchange.course)


@contextlib.contextmanager
def watching(exchange, *arguments):
    process = subprocess.Popen(
        demo.command("nbjudge", "watch", *arguments, "--workers", "1"), cwd=exchange.course,
        env=demo.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process.stdout
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "Stopped. The same command goes on.\n")
    finally:
        process.kill()
        process.communicate()


def scores(exchange):
    with Gradebook(f"sqlite:///{exchange.course}/gradebook.db", "nlp-llm") as book:
        return {
            (one.student_id, name): one.score
            for name in ("attention", "doubling")
            for one in book.assignment_submissions(name)
        }


def ask(exchange, *names):
    """Begin to watch, without workers; return what is said."""
    said = []
    with Watched(exchange.course, names, (), said.append) as watched:
        watched.take_up()
    return said


def test_what_is_released_meanwhile_is_graded_and_each_author_told(exchange):
    with watching(exchange) as said:
        assert said.readline() == "Watching attention.\n"
        assert said.readline() == "Stop with Ctrl-C; the same command goes on.\n"
        release(exchange, "doubling")
        assert said.readline() == "Watching doubling. Left to a person: why.\n"
        exchange.submit("half_done")
        exchange.send(exchange.course / "solutions/doubling/doubling.ipynb")
        told = sorted(said.readline() for _ in range(2))
    assert [line.partition(",")[0] for line in told] == ["ada", "ada"]
    assert [line.split(" at ")[1].split(",")[0] for line in told] == ["attention", "doubling"]
    assert [line.split(": ")[1] for line in told] == ["40 points\n", "5 points\n"]
    assert scores(exchange) == {("ada", "attention"): 40, ("ada", "doubling"): 5}
    assert ["Attempt 1, which came on" in exchange.pages(n)[0] for n in ("attention", "doubling")]
    done = nbjudge("autograde", "doubling", "--json", cwd=exchange.course)
    assert '"status": "unchanged"' in done.stdout


def test_workers_are_ready_before_anything_is_submitted(exchange):
    """Who submits first must not wait until the master was judged."""
    rubric = exchange.course / "rubrics/attention/dot_product.py"
    kept, seen = rubric.read_text(), exchange.course / "seen"
    rubric.write_text(f"{kept}\nopen({str(seen)!r}, 'a').write('loaded ')\n")
    try:
        with watching(exchange) as said:
            assert said.readline() == "Watching attention.\n"
            deadline = time.monotonic() + 60
            while not seen.exists():
                assert time.monotonic() < deadline, "No worker has loaded the rubric."
                time.sleep(0.1)
    finally:
        rubric.write_text(kept)
        seen.unlink(missing_ok=True)


def test_what_cannot_be_graded_is_named_with_what_waits_and_stops_nothing_else(exchange):
    release(exchange, "doubling", "essay")
    ghost = exchange.root / "nlp-llm/outbound/ghost"
    shutil.copytree(ghost.with_name("doubling"), ghost)
    (ghost / "doubling.ipynb").rename(ghost / "ghost.ipynb")
    for name in ("torn", "listed"):
        (ghost.with_name(name)).mkdir()
        (exchange.course / "source" / name).mkdir()
        nbgrader("db", "assignment", "add", name, cwd=exchange.course)
    (exchange.course / "source/torn/torn.ipynb").write_text('{"cells": [')
    (exchange.course / "source/listed/listed.ipynb").write_text("[]")
    exchange.send(exchange.course / "release/essay/essay.ipynb")
    source = exchange.course / "source"
    said = ask(exchange)
    assert [line.partition(":")[0] for line in said[4:]] == [
        f"{name} is left to a person. A notebook in {source / name} cannot be read"
        for name in ("listed", "torn")
    ]
    assert said[:4] == [
        "Watching attention.",
        "Watching doubling. Left to a person: why.",
        f"essay is left to a person. No cell in {source / 'essay'} is graded automatically. "
        + LEFT.format(1, "essay"),
        f"ghost is left to a person. There is no notebook in {source / 'ghost'}. "
        "Check the assignment's name. " + LEFT.format(0, "ghost"),
    ]


def test_an_assignment_that_a_person_mends_is_taken_up_later(exchange, monkeypatch):
    monkeypatch.setattr(assignments, "_AGAIN_SECONDS", 0.0)
    release(exchange, "doubling")
    aside = (exchange.course / "source/doubling").rename(exchange.course / "aside")
    said = []
    with Watched(exchange.course, (), (), said.append) as watched:
        watched.take_up()
        watched.take_up()
        aside.rename(exchange.course / "source/doubling")
        watched.take_up()
    assert said[0] == "Watching attention."
    assert said[1].startswith("doubling is left to a person. There is no notebook in")
    assert said[2:] == ["Watching doubling. Left to a person: why."]


def test_without_any_release_it_waits_for_one(exchange):
    shutil.rmtree(exchange.root / "nlp-llm/outbound/attention")
    assert nbjudge("watch", "--once", cwd=exchange.course).stdout == (
        "Nothing is released yet.\nStop with Ctrl-C; the same command goes on.\n"
    )


def test_a_withdrawn_assignment_with_attempts_keeps_its_watch(exchange):
    exchange.submit("not_a_notebook")
    exchange.nbgrader("collect")
    shutil.rmtree(exchange.root / "nlp-llm/outbound/attention")
    assert ask(exchange) == ["Watching attention."]


def test_several_names_are_watched_and_no_others(exchange):
    release(exchange, "doubling", "essay")
    done = nbjudge("watch", "doubling", "attention", "--once", cwd=exchange.course)
    assert done.stdout.splitlines()[:2] == [
        "Watching doubling. Left to a person: why.", "Watching attention."
    ]  # fmt: skip
    assert "essay" not in done.stdout


def test_a_name_that_cannot_be_watched_ends_the_command(exchange):
    done = nbjudge("watch", "attention", "essay", "--once", cwd=exchange.course, check=False)
    assert done.returncode == 1
    source = exchange.course / "source/essay"
    assert done.stderr == f"Error: No cell in {source} is graded automatically.\n"


def test_what_another_watch_has_is_left_to_it(exchange):
    release(exchange, "doubling")
    with Attempts(exchange.course, "doubling").only_judge():
        said = ask(exchange)
        with pytest.raises(AlreadyWatched):
            ask(exchange, "doubling")
    assert said[0] == "Watching attention."
    assert "Another nbjudge watch of doubling runs in this course already." in said[1]


def test_of_two_assignments_one_submission_of_each_is_judged_in_turn(exchange):
    release(exchange, "doubling")
    with Watched(exchange.course, (), (), print) as watched:
        watched.take_up()
        for name, students in (("attention", "abc"), ("doubling", "x")):
            one = watched._on_submit[name]
            one.look = lambda students=students, name=name: [f"{name} {s}" for s in students]
            one.begun = lambda job: None
        tasks = watched.tasks(once=True)
        turn = [next(tasks)[0] for _ in range(4)]
    assert turn == ["attention a", "doubling x", "attention b", "attention c"]
