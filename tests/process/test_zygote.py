"""Zygotes that are forks of one template: each on its own, all gone with it."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from support import zygotes

from nbjudge.process import zygote
from nbjudge.process.launch import Executed, Forked
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.process.zygote import Confinement, JudgeFault, Zygote

IN_A_FORK = """
import tempfile
from nbjudge.classrun.forkserver import Ancestors
with Ancestors() as ancestors:
    fork = ancestors.context.Process(target=print, args=(tempfile.gettempdir(),))
    fork.start()
    fork.join()
"""


AT_ITS_END = """
import os, signal, sys
from nbjudge.process.zygote import Confinement, running
pid = running(Confinement(unconfined=True)).pid
os.kill(pid, signal.SIGSTOP)  # so that it does not end at once
print(pid, flush=True)
"""


@pytest.fixture
def template():
    started = Executed()
    yield started
    started.close()


@pytest.fixture
def pair(template):
    twins = [Zygote(Confinement(), Forked(template.control)) for _ in range(2)]
    yield twins
    for twin in twins:
        twin.close()


def said(zygote, source):
    session = Session(zygote, Limits())
    try:
        return session.run(source).outputs[0]["text"]
    finally:
        session.close()


def gone(pid):
    """Whether a process has ended, within the time that others may take from it."""
    for _ in range(200):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_zygote_ends_when_it_is_idle_but_not_below_a_student_process(monkeypatch):
    zygotes.wait(monkeypatch, seconds=0.5)
    zygote = Zygote(Confinement())
    session = Session(zygote, Limits())
    try:
        slow = session.run("import time; time.sleep(2); print('here')")
        assert slow.outputs[0]["text"] == "here\n"
        assert zygote.alive
    finally:
        session.close()
    assert gone(zygote.pid)
    zygote.close()


def test_a_second_signal_does_not_interrupt_the_end():
    ending = subprocess.Popen(
        [sys.executable, "-c", AT_ITS_END],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pid = int(ending.stdout.readline())
    time.sleep(1)
    ending.send_signal(signal.SIGTERM)
    assert ending.communicate() == ("", "")
    assert gone(pid)


def test_twins_are_confined_and_judge_side_by_side(pair):
    assert [twin.missing for twin in pair] == [[], []]
    sessions = [Session(twin, Limits()) for twin in pair]
    for number, session in enumerate(sessions):
        session.run(f"kept = {number}")
    assert [s.run("print(kept)").outputs[0]["text"] for s in sessions] == ["0\n", "1\n"]
    sessions[0].close()
    assert sessions[1].run("print(kept)").outputs[0]["text"] == "1\n"
    sessions[1].close()


def test_a_twin_that_is_closed_or_killed_leaves_the_other(template, pair):
    first, second = pair
    os.kill(first.pid, signal.SIGKILL)
    assert gone(first.pid)
    assert not first.alive
    assert second.alive
    assert said(second, "print(1)") == "1\n"
    another = Zygote(Confinement(), Forked(template.control))
    assert said(another, "print(2)") == "2\n"
    another.close()
    assert gone(another.pid)
    assert said(second, "print(3)") == "3\n"


def test_twins_end_with_their_template_and_their_students_with_them(template, pair):
    session = Session(pair[0], Limits())
    session.run("x = 1")
    students = psutil.Process(pair[0].pid).children()
    assert len(students) == 1
    template.close()
    for pid in (pair[0].pid, pair[1].pid, students[0].pid):
        assert gone(pid)
    with pytest.raises(JudgeFault, match="was lost"):
        session.close()


def test_a_worker_whose_template_is_gone_starts_a_zygote_of_its_own(template):
    zygote.close_zygotes()  # another test's
    zygote.fork_zygotes_from(template.control)
    try:
        first = zygote.running(Confinement())
        assert psutil.Process(first.pid).ppid() != os.getpid()
        template._process.kill()
        assert gone(first.pid)
        second = zygote.running(Confinement())
        assert psutil.Process(second.pid).ppid() == os.getpid()
        assert said(second, "print(1)") == "1\n"
    finally:
        zygote.close_zygotes()
        zygote._template.clear()


def test_a_twin_shares_most_of_its_memory(pair):
    used = psutil.Process(pair[1].pid).memory_full_info()
    assert used.rss > 150 * 2**20
    assert used.uss < used.rss / 4


def test_workers_start_where_the_temporary_folder_is_too_deep_for_a_socket(tmp_path):
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    told = subprocess.run(
        [sys.executable, "-c", IN_A_FORK],
        env={**os.environ, "TMPDIR": str(deep)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (told.stdout, told.returncode) == (f"{deep}\n", 0), told.stderr
    assert list(deep.iterdir()) == []


REHEARSED = """
import os, seaborn, sys
from nbjudge.confined import cells
from nbjudge.confined import warm_up
shell = cells.make_shell()
known = set(shell.user_ns)
warm_up.warm_up(shell)
from matplotlib import pyplot
assert [one["output_type"] for one in shell.recorder.outputs if one["output_type"] != "stream"] == [
    "display_data", "display_data"], shell.recorder.outputs
assert not pyplot.get_fignums()
assert "sympy" in sys.modules or os.path.exists("/dev/nvidiactl")  # a backward pass was made
assert set(shell.user_ns) == known, set(shell.user_ns) - known
"""


def test_a_rehearsal_goes_to_its_end_and_leaves_nothing_behind():
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    subprocess.run([sys.executable, "-c", REHEARSED], env=environment, check=True)
