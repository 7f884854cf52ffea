"""A class run that is killed at any moment, and two at once: what is written is whole and right."""

import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from dataclasses import replace

import demo
import nbformat
import psutil
import pytest
from attention_samples import EXERCISES
from support.course import ROOT, run
from support.samples import NAME, expected_scores
from support.samples import submit as submit_sample
from support.sampling import sample_seed, thorough

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun
from nbjudge.classrun.workers import Workers
from nbjudge.judge.job import Job
from nbjudge.nbgrader_ext.graded_files import digest
from nbjudge.rubric.scorecard import Scorecard

pytestmark = pytest.mark.slow
KINDS = ("perfect", "half_done", "wrong_exercise_1", "wrong_exercise_2", "wrong_exercise_4",
         "wrong_bonus", "moved_cells", "not_a_notebook")  # fmt: skip
STUDENTS = tuple(f"s{number}" for number in range(8))
GRADE_CELLS = tuple(f"{exercise}-marks" for exercise in EXERCISES)
RUNS_KILLED, WRITINGS_KILLED, BOTH_AT_ONCE = (12, 40, 2) if thorough() else (4, 12, 1)
GONE_SECONDS = 90  # a process that still imports torch ends after that, later than all others
ROWS = """
    select a.student_id, c.name, g.auto_score, g.extra_credit, g.needs_manual_grade, s.scorecard
    from grade g
    join base_cell c on c.id = g.cell_id
    join submitted_notebook n on n.id = g.notebook_id
    join submitted_assignment a on a.id = n.assignment_id
    left join nbjudge_scorecard s on s.grade_id = g.id
"""


class Class:
    """A course, what each student submitted last, and whatever was submitted before that."""

    def __init__(self, folder, seed):
        self.course, self.chance = folder, random.Random(seed)
        self.kinds, self.before = {}, {student: set() for student in STUDENTS}
        self.halfway, self.left = set(), set()

    def submit(self, student, kind, blank_cells=0):
        """Hand in a sample; blank cells make it another submission with the same scores."""
        submit_sample(self.course, student, kind)
        target = self.course / "submitted" / student / NAME
        if blank_cells and kind != "not_a_notebook":
            notebook = nbformat.read(target, as_version=4)
            notebook.cells += [nbformat.v4.new_markdown_cell("") for _ in range(blank_cells)]
            nbformat.write(notebook, target)
        self.kinds[student] = kind
        self.before[student].add(kind)

    def change_some(self, blank_cells=0):
        for student in self.chance.sample(STUDENTS, 4):
            self.submit(student, self.chance.choice(KINDS), blank_cells)

    def points(self):
        return {student: EXPECTED[kind] for student, kind in self.kinds.items()}

    def check(self, pid, told=()):
        """Check that whatever a killed run left is whole, and that what it told is there."""
        self._check_folder(pid)
        graded, rows = read(self.course)
        assert graded.keys() == rows.keys()
        halfway = set()
        for student, (written, outcome) in graded.items():
            of_rows = points_of_rows(rows[student])
            assert of_rows in {EXPECTED[kind] for kind in self.before[student]}, (student, of_rows)
            assert bool(outcome["reason"]) == (of_rows is None), student
            of_file = points_of_file(self.course / "autograded" / student / NAME)
            assert of_file in {None, *(EXPECTED[kind] for kind in self.before[student])}, student
            folder = self.course / "autograded" / student / "attention"
            if digest(sorted(folder.glob("*.ipynb")), folder) != written:
                halfway.add(student)  # the next run sees the same, and grades it again
            else:
                assert of_rows == of_file, (student, of_rows, of_file)
        assert len(halfway - self.halfway) <= 1
        for student in told:
            assert points_of_rows(rows[student]) == EXPECTED[self.kinds[student]]
            assert student not in halfway
        self.halfway = halfway

    def _check_folder(self, pid):
        folder = self.course / "autograded"
        files = [path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()]
        assert all(
            part[0].startswith(".nbjudge-") or (part[0] in STUDENTS and "/".join(part[1:]) == NAME)
            for part in files
        ), files
        left = {path.name for path in folder.glob(".nbjudge-*")}
        assert left in (self.left, {f".nbjudge-{pid}"}, set()), (left, self.left, pid)
        self.left = left


def expected():
    """Return the points of each kind by exercise; None is not graded."""
    rows = {kind: list(row.values())[1:6] for kind, row in expected_scores().items()}
    return {kind: None if "-" in row else tuple(map(float, row)) for kind, row in rows.items()}


EXPECTED = expected()


def read(course):
    """Return what `nbjudge_graded` says of each student, and the rows of the grade cells."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)
        assert book.execute("pragma foreign_key_check").fetchall() == []
        tables = {name for (name,) in book.execute("select name from sqlite_master")}
        if not {"nbjudge_graded", "nbjudge_scorecard"} <= tables:
            assert book.execute("select count(*) from grade").fetchone() == (0,)
            return {}, {}
        graded = {
            student: (written, json.loads(outcome))
            for student, written, outcome in book.execute(
                "select student_id, written, outcome from nbjudge_graded "
                "join submitted_assignment on submitted_assignment.id = submission"
            )
        }
        rows = {}
        for student, cell, *row in book.execute(ROWS):
            cells = rows.setdefault(student, {})
            assert cell not in cells, (student, cell)
            cells[cell] = row
    return graded, rows


def points_of_rows(cells):
    """Return the points by exercise, or None where none is graded; fails for some of each."""
    if all(auto is None for auto, *_ in cells.values()):
        assert all(row == [None, None, 1, None] for row in cells.values()), cells
        return None
    assert not any(auto is None or manual for auto, _, manual, _ in cells.values()), cells
    scores = [cells[cell] for cell in GRADE_CELLS]
    points = tuple(auto + (extra or 0) for auto, extra, *_ in scores)
    cards = [json.loads(card) for *_, card in scores]
    assert points == tuple(
        sum(mark["points"] for mark in card["marks"] if mark["met"]) for card in cards
    )
    return points


def points_of_file(path):
    """Return the points that an autograded notebook shows; it is executed, or it is not there."""
    if not path.exists():
        return None
    assert path.stat().st_mode & 0o777 == 0o444
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    return tuple(Scorecard.from_outputs(cells[name].outputs).score for name in GRADE_CELLS)


def processes(folder):
    """Return the processes that work below `folder`, where the run's temporary files are too."""
    return [
        process
        for process in psutil.process_iter(["cwd", "environ"])
        if any(str(folder) in str(found) for found in process.info.values())
    ]


def loops(process):
    """Whether it is a student's process that has used much time: a child of a zygote."""
    with contextlib.suppress(psutil.NoSuchProcess):
        confined = all(
            any("nbjudge.confined" in word for word in one.cmdline())
            for one in (process, process.parent())
        )
        return confined and process.cpu_times().user > 2
    return False


def start(course, *options, told=subprocess.DEVNULL):
    scratch = course.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return subprocess.Popen(
        demo.command("nbjudge", "autograde", "attention", "--workers", "2", *options),
        cwd=course, env={**demo.environment(), "TMPDIR": str(scratch)},
        stdout=told, stderr=told,
    )  # fmt: skip


def kill(running, folder):
    """Kill the run; return how long its workers and what they started lived on."""
    running.send_signal(signal.SIGKILL)
    begun = time.monotonic()
    running.wait()
    while (rest := processes(folder)) and time.monotonic() - begun < GONE_SECONDS:
        time.sleep(0.05)
    assert rest == [], [process.as_dict(("cmdline", "status", "cpu_times")) for process in rest]
    return time.monotonic() - begun


def phase(course, running):
    if running.poll() is not None:
        return "ended before"
    if not (course / f"autograded/.nbjudge-{running.pid}").exists():
        return "start"
    return "writing" if (course / "gradebook.db-journal").exists() else "judging"


def complete(group):
    """Grade the rest as an instructor would; check scores, files and that nothing is left to do."""
    told = {}
    for _ in range(2):
        done = run("nbjudge", "autograde", "attention", "--json", cwd=group.course, check=False)
        assert done.returncode in (0, 1), done.stderr
        told = {one["student"]: one for one in json.loads(done.stdout)["submissions"]}
        found = {name: tuple(one["scores"].values()) or None for name, one in told.items()}
        assert found == group.points()
        group.check(0, STUDENTS)
        assert group.halfway == group.left == set()
    rest = {name: one["status"] for name, one in told.items() if one["status"] != "unchanged"}
    assert rest == {name: "not graded" for name, points in found.items() if points is None}


@pytest.fixture
def group(built, tmp_path):
    shutil.copytree(built, tmp_path / "course")
    made = Class(tmp_path / "course", seed=sample_seed())
    for student, kind in zip(STUDENTS, KINDS, strict=True):
        made.submit(student, kind)
    return made


@pytest.fixture(scope="module")
def judged(built):
    """What judging gives for each kind: the writing alone can be killed often then."""
    settings = ClassRun(built, "attention").settings
    works = [Job(kind, ROOT / "examples/submissions" / kind / "attention") for kind in KINDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBJUDGE_SEED", "0")
        with Ancestors() as ancestors, Workers(settings, 2, ancestors) as workers:
            return {ahead.student: ahead for ahead in workers.results(works)}


def test_a_run_killed_at_any_moment_leaves_whole_submissions_and_the_next_goes_on(group):
    phases, gone = Counter(), []
    for number in range(RUNS_KILLED):
        if number % 3 == 2:
            group.change_some(blank_cells=number)
        running = start(group.course)
        # A third is aimed at the short moments of writing, wherever the rest goes.
        aimed, until = number % 3 == 1, time.monotonic() + group.chance.uniform(2, 14)
        while running.poll() is None and (aimed or time.monotonic() < until):
            if aimed and phase(group.course, running) == "writing":
                time.sleep(group.chance.uniform(0, 0.2))
                break
            time.sleep(0.001)
        phases[phase(group.course, running)] += 1
        gone.append(kill(running, group.course.parent))
        group.check(running.pid)
    complete(group)
    print(f"\nRuns killed: {dict(phases)}; all processes gone after {max(gone):.1f} s at most.")


def replay(course, kinds, judged, told, rounds):
    """Write what is judged, all of it again and again; tell each submission that is reported."""
    os.environ["NBJUDGE_SEED"] = "0"

    def results(works):
        for work in works:
            yield replace(judged[kinds[work.student]], student=work.student)

    for _ in range(rounds):
        for outcome in ClassRun(course, "attention").run(results, force=True):
            told.send((outcome.student, tuple(outcome.scores.values()) or None))


def begin(group, judged, rounds):
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=replay, args=(group.course, group.kinds, judged, theirs, rounds)
    )
    process.start()
    theirs.close()
    process.poll = lambda: process.exitcode  # as subprocess has it
    return process, ours


def received(ours):
    with ours, contextlib.suppress(EOFError):
        while True:
            yield ours.recv()


def test_writing_killed_at_any_moment_leaves_whole_submissions(group, judged):
    phases, halfway = Counter(), 0
    for _ in range(WRITINGS_KILLED):
        process, ours = begin(group, judged, rounds=100)
        process.join(group.chance.uniform(0.2, 1.2))
        phases[phase(group.course, process)] += 1
        process.kill()
        process.join()
        before = group.halfway
        group.check(process.pid, [student for student, _ in received(ours)])
        halfway += bool(group.halfway - before)
        group.change_some()
    complete(group)
    print(f"\nWritings killed: {dict(phases)}; {halfway} times files were ahead of rows.")


def test_two_runs_at_once_are_safe(group, judged):
    both = [start(group.course, "--force", "--json", told=subprocess.PIPE) for _ in range(2)]
    for running in both:
        output, errors = running.communicate()
        assert output, errors
        told = json.loads(output)["submissions"]
        found = {one["student"]: tuple(one["scores"].values()) or None for one in told}
        assert found == group.points()
    complete(group)
    for _ in range(BOTH_AT_ONCE):
        both = [begin(group, judged, rounds=3) for _ in range(2)]
        for process, ours in both:
            told = list(received(ours))
            process.join()
            assert process.exitcode == 0
            assert dict(told) == group.points()
            assert len(told) == 3 * len(STUDENTS)
        group.change_some()
    complete(group)


def test_a_killed_run_ends_the_endless_loop_that_it_judges(built, tmp_path):
    shutil.copytree(built, tmp_path / "course")
    Class(tmp_path / "course", seed=0).submit("s0", "infinite_loop")
    running = start(tmp_path / "course")
    until = time.monotonic() + 60
    while not any(loops(process) for process in processes(tmp_path)) and time.monotonic() < until:
        time.sleep(0.2)
    kill(running, tmp_path)


def test_ctrl_c_stops_a_run_says_how_to_go_on_and_leaves_no_process(group):
    command = "nbjudge", "autograde", "attention", "--workers", "2", "--json", "--force"
    running = subprocess.Popen(
        # Whoever started the tests in the background had it ignored.
        ["env", "--default-signal=INT", *demo.command(*command)],
        cwd=group.course, env=demo.environment(), start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    family = psutil.Process(running.pid)
    while not any(group.course.glob("autograded/.nbjudge-*/s*")):
        time.sleep(0.01)
    begun = [family, *family.children(recursive=True)]
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    output, errors = running.communicate(timeout=30)
    assert running.returncode == 130, errors
    assert "the same command goes on with the rest" in errors
    assert "Traceback" not in errors
    told = json.loads(output)
    assert told["stopped"]
    assert len(told["submissions"]) < len(STUDENTS)
    for one in told["submissions"]:
        assert "was lost" not in one["reason"]
    assert psutil.wait_procs(begun, timeout=15)[1] == []
    complete(group)
