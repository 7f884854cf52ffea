"""Ctrl-C waits where something is to be done whole."""

import shutil
import signal

import pytest
from support.samples import submit

from nbjudge.classrun import interrupts
from nbjudge.classrun.grade import ClassRun
from nbjudge.judge.job import JobResult
from nbjudge.nbgrader_ext.writer import Books
from nbjudge.notebook.submission import NotGraded


@pytest.fixture
def ctrl_c():
    """What Ctrl-C does in a terminal; whoever started the tests may have had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def course(built, tmp_path):
    """A course with two submissions."""
    shutil.copytree(built, tmp_path / "course")
    for kind in ("perfect", "half_done"):
        submit(tmp_path / "course", kind, kind)
    return tmp_path / "course"


def refused(works):
    return (JobResult.refused(work.student, NotGraded("only looked at.")) for work in works)


def test_ctrl_c_while_a_submission_is_written_waits_until_it_is_reported(
    course, monkeypatch, ctrl_c
):
    write, reported = Books.write, []

    def interrupted(*arguments):
        write(*arguments)
        ctrl_c()

    monkeypatch.setattr(Books, "write", interrupted)
    run_ = ClassRun(course, "attention").run(refused, force=True)
    with pytest.raises(KeyboardInterrupt):
        reported.extend(outcome.student for outcome in run_)
    assert len(reported) == 1


def test_a_second_ctrl_c_does_not_wait(ctrl_c):
    def press(times):
        with interrupts.held():
            for number in range(times):
                ctrl_c()
                done.append(number)

    for times, wanted in ((1, [0]), (2, [0]), (3, [0])):
        done = []
        with pytest.raises(KeyboardInterrupt):
            press(times)
        assert done == wanted
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()


def test_where_ctrl_c_is_ignored_it_stays_so(ctrl_c):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts.held():
        ctrl_c()
    ctrl_c()
