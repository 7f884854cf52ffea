"""What a process uses: processor time, or the clock while it sleeps; never waiting for its turn."""

import os
import subprocess
import sys
import time

import pytest

from nbjudge.process.budget import Meter

BUSY = "while True: pass"
SLEEPS = "import time; time.sleep(60)"
THREAD = (
    "import threading, time\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()"
)


@pytest.fixture
def process():
    started = []

    def start(code, cpu=None):
        one = subprocess.Popen([sys.executable, "-c", code])
        started.append(one)
        if cpu is not None:
            os.sched_setaffinity(one.pid, {cpu})
        while _computed(one.pid) < 0.01:
            time.sleep(0.01)
        return one.pid

    yield start
    for one in started:
        one.kill()
        one.wait()


def _computed(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return sum(map(int, file.read().split()[13:15])) / os.sysconf("SC_CLK_TCK")


def watched(pid, seconds):
    """Read the meter as the monitor does; return what was used, and the processor time of it."""
    meter, before, used = Meter(pid), _computed(pid), 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.05)
        used += meter.read()
    return used, _computed(pid) - before


def test_a_process_that_computes_uses_its_processor_time(process):
    used, computed = watched(process(BUSY), 1)
    assert used == pytest.approx(computed, abs=0.1)
    assert computed > 0


def test_a_process_that_sleeps_uses_time_by_the_clock(process):
    pid = process(SLEEPS)
    time.sleep(0.5)  # until it sleeps
    used, computed = watched(pid, 1)
    assert computed < 0.3
    assert used == pytest.approx(1, abs=0.4)


def test_waiting_for_its_turn_uses_nothing(process):
    """Six processes on one processor: each has a sixth of it, and none is charged for the rest."""
    (cpu, *_) = os.sched_getaffinity(0)
    pids = [process(BUSY, cpu) for _ in range(6)]
    used, computed = watched(pids[0], 2)
    assert used == pytest.approx(computed, abs=0.15)
    assert used < 1.2


def test_a_thread_counts(process):
    used, computed = watched(process(THREAD), 1)
    assert used == pytest.approx(computed, abs=0.1)
    assert computed > 0


def test_time_in_which_the_judge_itself_stood_still_is_nobodys(process):
    pid = process(SLEEPS)
    time.sleep(0.5)
    meter = Meter(pid)
    time.sleep(2)
    assert meter.read() < 0.5
