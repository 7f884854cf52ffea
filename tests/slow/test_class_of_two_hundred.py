"""Hostile and honest submissions in one run of nbgrader; a run that is killed; what is left."""

import contextlib
import csv
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
from make_submissions import SAMPLES
from nbgrader.api import Gradebook
from support.course import ROOT, make_course, run

pytestmark = pytest.mark.slow
LIMITS = ("--Judge.limits", "cell_seconds=3", "--Judge.limits", "memory_mb=1024",
          "--Judge.limits", "files=200", "--Judge.limits", "files_mb=64")  # fmt: skip
NAME = "attention/attention.ipynb"


def submit(course, student, source):
    target = course / "submitted" / student / NAME
    target.parent.mkdir(parents=True)
    if isinstance(source, nbformat.NotebookNode):
        nbformat.write(source, target)
    else:
        shutil.copy(source, target)


def scores(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        return {s.student.id: s.score for s in book.assignment_submissions("attention")}


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


def expected():
    with (ROOT / "examples/expected_scores.csv").open() as file:
        rows = {row["submission"]: row["Total"] for row in csv.DictReader(file)}
    return {name: float(total) for name, total in rows.items() if total != "not graded"}


def test_honest_scores_are_the_same_among_all_attacks_and_nothing_is_left(tmp_path):
    course = make_course(tmp_path / "course")
    run("nbgrader", "generate_assignment", "attention", "--force", cwd=course)
    honest = sorted(set(SAMPLES) - {"not_a_notebook", "infinite_loop"})
    chance = random.Random(7)
    with World(tmp_path / "world", course) as world:
        shutil.rmtree(course / "submitted")
        kinds = [*ATTACKS, *(honest[n % len(honest)] for n in range(200 - len(ATTACKS)))]
        chance.shuffle(kinds)
        who = {f"s{number:03}": kind for number, kind in enumerate(kinds)}
        for student, kind in who.items():
            sample = ROOT / "examples/submissions" / str(kind) / NAME
            submit(course, student, sample if isinstance(kind, str) else kind.notebook(world.fill))
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        done = run("nbgrader", "autograde", "attention", *LIMITS, cwd=course, check=False,
                   NBJUDGE_SEED="0", TMPDIR=str(scratch))  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        found, right = scores(course), expected()
        for student, kind in who.items():
            assert found[student] == (right[kind] if isinstance(kind, str) else 0), (student, kind)
        assert world.harm() == []
        assert ours(tmp_path) == []
        assert list(scratch.iterdir()) == []


def test_a_killed_run_leaves_no_process_and_a_sound_gradebook_and_the_next_completes(tmp_path):
    course = make_course(tmp_path / "course")
    run("nbgrader", "generate_assignment", "attention", "--force", cwd=course)
    kinds = ("perfect", "infinite_loop", "half_done", "wrong_exercise_4", "loud", "empty")
    for kind in kinds:
        submit(course, kind, ROOT / "examples/submissions" / kind / NAME)
    chance = random.Random(3)
    moments = [chance.uniform(2, 14) for _ in range(8)]
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
    right = expected()
    assert scores(course) == {kind: right[kind] for kind in kinds}
    print(f"\nKilled at {', '.join(f'{seconds:.1f}' for seconds in moments)} s of a run each.")
