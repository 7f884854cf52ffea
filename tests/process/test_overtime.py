"""What this process does for student code ends when its time is used, whatever catches it."""

import contextlib
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest

from nbjudge.process import overtime
from nbjudge.process.overtime import Overtime, at_most, uninterrupted


def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_loop_is_ended():
    with pytest.raises(Overtime), at_most(0.1):
        compute(10**9)


def test_it_is_ended_where_it_catches_everything():
    caught = 0
    with contextlib.suppress(Overtime), at_most(0.1):
        while caught < 3:
            with contextlib.suppress(BaseException):
                compute(10**9)
            caught += 1
    assert caught == 3


@pytest.mark.parametrize(
    "wait",
    [lambda: time.sleep(600), lambda: queue.Queue().get(), lambda: threading.Event().wait()],
    ids=["sleep", "queue", "event"],
)
def test_a_wait_is_ended(wait):
    with pytest.raises(Overtime), at_most(2):
        wait()


def test_a_wait_that_has_its_own_limit_takes_no_time():
    begun = time.monotonic()
    with at_most(1):
        while time.monotonic() < begun + 4:
            with uninterrupted():
                time.sleep(0.2)


def test_what_is_uninterrupted_ends_before_the_block_does():
    reached = []
    with contextlib.suppress(Overtime), at_most(0.1):
        with uninterrupted():
            compute(0.5)
            reached.append("its end")
        compute(10**9)
    assert reached == ["its end"]


def test_who_waits_for_a_turn_has_not_waited():
    # Stopped for most of the time, as in a container with little processor time.
    code = "import time\nfrom nbjudge.process.overtime import at_most\nwith at_most(1.5):\n"
    code += "    while time.thread_time() < 0.8: pass\nprint('done')"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.09)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    assert process.communicate()[0] == "done\n"


def test_a_late_signal_harms_nobody():
    with contextlib.suppress(Overtime), at_most(0.05):
        compute(10**9)
    signal.raise_signal(overtime._SIGNAL)
    with at_most(5):
        signal.raise_signal(overtime._SIGNAL)
        compute(0.1)


def test_nothing_comes_when_the_block_has_ended():
    for _ in range(20):
        with contextlib.suppress(Overtime), at_most(0.05):
            compute(0.05)
    compute(0.2)


def test_one_that_comes_on_the_way_out_leaves_nothing_behind(monkeypatch):
    end = overtime._Watch.end

    def late(watch, depth):
        monkeypatch.undo()
        raise Overtime

    monkeypatch.setattr(overtime._Watch, "end", late)
    with at_most(0.1):
        pass
    assert overtime._Watch.end is end
    compute(0.3)


def test_a_block_that_has_no_time_at_all_leaves_nothing_behind():
    for _ in range(50):
        with contextlib.suppress(Overtime), at_most(0.5):
            with contextlib.suppress(Overtime), at_most(-1):
                compute(10**9)
            compute(0.01)
    compute(0.3)


def test_a_block_within_a_block_needs_no_memory_for_a_thread():
    # In a process of its own, whose memory is nearly used up.
    code = """
import resource, time
from nbjudge.process.overtime import Overtime, at_most, uninterrupted
with at_most(10):
    used = int(open("/proc/self/statm").read().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (used + 2**21, resource.RLIM_INFINITY))
    try:
        with at_most(0.1):
            while True:
                time.thread_time()
    except Overtime:
        ended = True
print("ended", ended)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.stdout, ran.stderr) == ("ended True\n", "")


def test_it_ends_a_thread_that_is_not_the_main_one():
    ended = []

    def work():
        try:
            with at_most(0.1):
                compute(10**9)
        except Overtime:
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended


def test_a_block_within_a_block_has_its_own_time():
    reached = []
    with contextlib.suppress(Overtime), at_most(0.4):
        with at_most(5):
            compute(0.6)
        compute(0.1)
        with contextlib.suppress(Overtime), at_most(0.1):
            compute(10**9)
        reached.append("behind both")
        compute(10**9)
        reached.append("the end")
    assert reached == ["behind both"]


@pytest.mark.parametrize("seconds", [0.05, 0.1])
def test_two_that_end_at_once_leave_nothing_behind(seconds):
    for _ in range(5):
        with contextlib.suppress(Overtime), at_most(0.1):
            with contextlib.suppress(Overtime), at_most(seconds):
                compute(10**9)
            compute(10**9)
    compute(1.5)
