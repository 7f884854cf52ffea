"""Hostile and honest submissions in one run of nbgrader; a run that is killed; what is left.

A run takes some of the attacks, which the commit draws: tests/attacks has tried each of them alone.
A thorough one takes all, in a class of two hundred.
"""

import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import demo
import nbformat
import psutil
import pytest
from attacks.corpus import ATTACKS
from attacks.world import World
from attention_samples import SAMPLES
from support.course import run
from support.graded import scores
from support.samples import NAME, expected_totals
from support.samples import submit as submit_sample
from support.sampling import sample, sample_seed, thorough

pytestmark = pytest.mark.slow
LIMITS = ("--Judge.limits", "cell_seconds=3", "--Judge.limits", "memory_mb=1024",
          "--Judge.limits", "files=200", "--Judge.limits", "files_mb=64")  # fmt: skip
ATTACKING, HONEST = (len(ATTACKS), 200 - len(ATTACKS)) if thorough() else (40, 20)
KILLS = 8 if thorough() else 3


def submit(course, student, kind, world):
    """Hand in a sample, by its name, or an attack."""
    if isinstance(kind, str):
        submit_sample(course, student, kind)
        return
    target = course / "submitted" / student / NAME
    target.parent.mkdir(parents=True)
    nbformat.write(kind.notebook(world.fill), target)


def ours(folder):
    """The judge's processes that work below `folder`."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        judges = any("nbjudge.confined" in word for word in process.info["cmdline"] or ())
        with contextlib.suppress(psutil.NoSuchProcess):
            if judges and works_below(folder, process):
                found.append(process)
    return found


def works_below(folder, process):
    """Say where it works; if it hides that, where its parent does. Orphans that hide count."""
    with contextlib.suppress(psutil.AccessDenied):
        return str(folder) in process.cwd()
    parent = process.parent()
    return parent is None or parent.pid == 1 or works_below(folder, parent)


def test_honest_scores_are_the_same_among_attacks_and_nothing_is_left(built, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(built, course)
    honest = sorted(set(SAMPLES) - {"not_a_notebook", "infinite_loop"})
    chance = random.Random(sample_seed())
    with World(tmp_path / "world", course) as world:
        shutil.rmtree(course / "submitted")
        kinds = [*sample(ATTACKS, ATTACKING), *(honest[n % len(honest)] for n in range(HONEST))]
        chance.shuffle(kinds)
        who = {f"s{number:03}": kind for number, kind in enumerate(kinds)}
        for student, kind in who.items():
            submit(course, student, kind, world)
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        done = run("nbgrader", "autograde", "attention", *LIMITS, cwd=course, check=False,
                   NBJUDGE_SEED="0", TMPDIR=str(scratch))  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        found, right = scores(course), expected_totals()
        for student, kind in who.items():
            assert found[student] == (right[kind] if isinstance(kind, str) else 0), (student, kind)
        assert world.harm() == []
        assert ours(tmp_path) == []
        assert list(scratch.iterdir()) == []


def test_a_killed_run_leaves_no_process_and_a_sound_gradebook_and_the_next_completes(
    built, tmp_path
):
    course = tmp_path / "course"
    shutil.copytree(built, course)
    kinds = ("perfect", "infinite_loop", "half_done", "wrong_exercise_4", "loud", "empty")
    for kind in kinds:
        submit_sample(course, kind, kind)
    chance = random.Random(sample_seed())
    moments = [chance.uniform(2, 14) for _ in range(KILLS)]
    for seconds in moments:
        running = subprocess.Popen(
            demo.command("nbgrader", "autograde", "attention", *LIMITS),
            cwd=course, env={**demo.environment(), "TMPDIR": str(tmp_path)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
        waited = time.monotonic() + 15  # one that still imports torch ends after that
        while ours(tmp_path) and time.monotonic() < waited:
            time.sleep(0.05)
        assert ours(tmp_path) == [], f"after {seconds:.1f} s"
        with sqlite3.connect(course / "gradebook.db") as book:
            assert book.execute("pragma integrity_check").fetchone() == ("ok",)
    run("nbgrader", "autograde", "attention", "--force", *LIMITS, cwd=course)
    right = expected_totals()
    assert scores(course) == {kind: right[kind] for kind in kinds}
    print(f"\nKilled at {', '.join(f'{seconds:.1f}' for seconds in moments)} s of a run each.")
