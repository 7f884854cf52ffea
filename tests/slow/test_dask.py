"""Real Dask clusters: workers without the course, killed workers, a killed scheduler, Ctrl-C."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import demo
import nbformat
import psutil
import pytest
from support.course import ROOT, nbjudge, run
from support.graded import files, scores, tables
from support.judging import answer
from support.ports import free_port
from support.samples import NAME, submit
from support.sampling import sample_seed, thorough

pytestmark = pytest.mark.slow
KINDS = ("perfect", "half_done", "moved_cells", "wrong_bonus", "not_a_notebook")
KILLS = 6 if thorough() else 4
POINTS = {"perfect": 110, "half_done": 40, "moved_cells": 110, "wrong_bonus": 106}
# How a rubric of ours might end its own process, or raise what nobody expects.
BROKEN_RUBRIC = """
import os
import torch

_prepare = rubric.prepare


def _prepare_or_end(solution, random):
    try:
        solution(torch.ones(1, 1), torch.ones(1, 1, 1), torch.ones(1, 1, 1))
    except Exception as error:
        if "end the worker" in str(error):
            os._exit(1)
        if "end the rubric" in str(error):
            raise SystemExit("the rubric gave up") from None
    return _prepare(solution, random)


rubric.prepare = _prepare_or_end
"""
# Whoever started the tests in the background had it ignored.
HEEDS_CTRL_C = ("env", "--default-signal=INT")


class Dask:
    """A scheduler and workers as an administrator starts them, in a folder without the course."""

    def __init__(self, folder, **environment):
        self.folder, self.programs, self.keys = folder, [], environment
        (folder / "tmp").mkdir(parents=True)
        self.environment = {**demo.environment(), **environment, "TMPDIR": str(folder / "tmp")}
        port = free_port()
        scheme = "tls" if "DASK_CONFIG" in environment else "tcp"
        self.address = f"{scheme}://127.0.0.1:{port}"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard",
            "--protocol", scheme,
        )  # fmt: skip

    def work(self, number=1, **environment):
        return [
            self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", **environment)
            for _ in range(number)
        ]

    def _start(self, *arguments, **environment):
        with (self.folder / f"log{len(self.programs)}").open("w") as log:
            started = subprocess.Popen(
                demo.command("dask", *arguments), cwd=self.folder,
                env={**self.environment, **environment}, stdout=log, stderr=log,
            )  # fmt: skip
        self.programs.append(started)
        return started

    def kept(self):
        """What workers have on disk of the run: the course, submissions."""
        return [path.name for path in (self.folder / "tmp").glob("nbjudge-[cs]*")]

    def close(self):
        for program in reversed(self.programs):
            program.terminate()
        for program in self.programs:
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:  # a nanny whose worker was killed waits for long
                program.kill()
                program.wait()


def worker_processes(nanny):
    """The process that judges below a nanny, which would start it again."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(nanny.pid).children():
            if any("spawn_main" in word for word in child.cmdline()):
                yield child


def start(course, address, *options, **keys):
    """Start a run of its own process group, as a terminal does."""
    command = "nbjudge", "autograde", "attention", "--cluster", address, "--json", *options
    return subprocess.Popen(
        [*HEEDS_CTRL_C, *demo.command(*command)], cwd=course, env={**demo.environment(), **keys},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def ended(running):
    """Return what a run said of each student, said once; its status; what it told a person."""
    out, errors = running.communicate(timeout=300)
    told = json.loads(out)["submissions"]
    assert len({one["student"] for one in told}) == len(told)
    return {one["student"]: one for one in told}, running.returncode, errors


def marked(course):
    """How often each student's result was written."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        return dict(book.execute("select student, count(*) from written group by student"))


def wait_until(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(scope="module")
def counting(built, tmp_path_factory):
    course = tmp_path_factory.mktemp("class") / "course"
    shutil.copytree(built, course)
    submit(course, "first", "perfect")
    nbjudge("autograde", "attention", "--workers", "1", cwd=course)
    # From here on, whatever writes a result is counted.
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        book.execute("create table written (student text)")
        for event in ("insert", "update"):
            book.execute(
                f"create trigger count_{event} after {event} on nbjudge_graded "
                "begin insert into written select student_id from submitted_assignment "
                "where id = new.submission; end"
            )
        book.commit()
    return course


@pytest.fixture
def course(counting, tmp_path):
    shutil.copytree(counting, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def dask(tmp_path):
    """A scheduler of the test's own."""
    started = Dask(tmp_path / "nodes")
    yield started
    started.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers for several tests, over TLS as docs/cluster.md says."""
    folder = tmp_path_factory.mktemp("cluster")
    started = Dask(folder / "nodes", **with_key(folder / "keys"))
    started.work(2)
    yield started
    started.close()


def fill(course, number, kinds=tuple(POINTS)):
    """Hand in samples; return the points that each student must get."""
    who = {f"s{n:02}": kinds[n % len(kinds)] for n in range(number)}
    for student, kind in who.items():
        submit(course, student, kind)
    return {student: POINTS[kind] for student, kind in who.items()}


def with_key(folder):
    """Make a key as docs/cluster.md says; return the environment that names its settings."""
    folder.mkdir()
    page = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^openssl req .*$", page, re.M)
    subprocess.run(command.split(), cwd=folder, check=True, stderr=subprocess.DEVNULL)
    (settings,) = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    (folder / "nbjudge.yaml").write_text(settings.replace("/etc/nbjudge", str(folder)))
    return {"DASK_CONFIG": str(folder / "nbjudge.yaml")}


def test_rows_and_files_are_those_of_local_workers_also_over_tls(course, cluster, tmp_path):
    for kind in KINDS:
        submit(course, kind, kind)
    (course / "submitted/perfect/attention/words.txt").write_text("words")
    here = tmp_path / "here"
    shutil.copytree(course, here)
    run("nbjudge", "autograde", "attention", "--workers", "2", cwd=here, check=False)
    command = ("nbjudge", "autograde", "attention", "--cluster", cluster.address)
    done = run(*command, cwd=course, check=False, **cluster.keys)
    assert done.returncode == 1, done.stderr
    assert tables(course) == tables(here)
    assert files(course) == files(here)
    assert rows(course) == rows(here)
    assert set(marked(course).values()) == {1}
    assert cluster.kept() == []
    done = run(*command, cwd=course, check=False)
    assert done.returncode == 1
    assert f"No Dask scheduler answers at {cluster.address}" in done.stderr


def rows(course):
    """What a run remembers of each student, wherever the course is."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        query = (
            "select student_id, fingerprint, written, outcome from nbjudge_graded "
            "join submitted_assignment on submitted_assignment.id = submission"
        )
        return {tuple(str(x).replace(str(course), "") for x in row) for row in book.execute(query)}


def test_workers_killed_at_any_moment_lose_nothing_and_nothing_is_written_twice(course, cluster):
    chance = random.Random(sample_seed())
    points = fill(course, 16)
    running, kills = start(course, cluster.address, **cluster.keys), 0
    wait_until(cluster.kept)
    while running.poll() is None and kills < KILLS:
        time.sleep(chance.uniform(1, 9))
        for process in worker_processes(chance.choice(cluster.programs[1:])):
            process.kill()
            kills += 1
    told, status, errors = ended(running)
    assert status == 0, errors
    assert kills >= 3
    assert {name: one["total"] for name, one in told.items() if name in points} == points
    assert {name: score for name, score in scores(course).items() if name in points} == points
    assert marked(course) == dict.fromkeys(points, 1)
    print(f"\nWorkers killed: {kills}.")


def test_after_a_killed_scheduler_the_same_command_goes_on_with_the_rest(course, dask, cluster):
    points = fill(course, 24)
    dask.work(2)
    running = start(course, dask.address)
    wait_until(lambda: marked(course))
    dask.scheduler.kill()
    killed = time.monotonic()
    told, status, errors = ended(running)
    seconds = time.monotonic() - killed
    assert status == 1
    assert f"The cluster at {dask.address} is lost" in errors
    assert "the same command goes on with the rest" in errors
    assert "Traceback" not in errors
    assert seconds < 30
    before = {name for name, one in told.items() if name in points}
    assert marked(course) == dict.fromkeys(before, 1)
    assert before < set(points)
    told, status, errors = ended(start(course, cluster.address, **cluster.keys))
    assert status == 0, errors
    assert {name for name, one in told.items() if one["status"] == "unchanged"} - before == {
        "first"
    }
    assert {name: one["total"] for name, one in told.items() if name in points} == points
    assert marked(course) == dict.fromkeys(points, 1)
    print(f"\nThe run ended {seconds:.1f} s after its scheduler, {len(before)} of 24 were done.")


def test_who_ends_the_worker_each_time_is_refused_alone(course, cluster):
    points = fill(course, 6)
    rubric = course / "rubrics/attention/dot_product.py"
    rubric.write_text(rubric.read_text() + BROKEN_RUBRIC)
    for student in ("end the worker", "end the rubric"):
        notebook = nbformat.read(ROOT / "solutions" / NAME, as_version=4)
        answer(
            notebook, dot_product=f"def dot_product_attention(*_):\n    raise OSError('{student}')"
        )
        target = course / "submitted" / student / NAME
        target.parent.mkdir(parents=True)
        nbformat.write(notebook, target)
    told, status, errors = ended(start(course, cluster.address, **cluster.keys))
    assert status == 1, errors
    assert {name: one["total"] for name, one in told.items() if name in points} == points
    assert "and nothing else, ended, 4 times" in told["end the worker"]["reason"]
    assert "SystemExit: the rubric gave up" in told["end the rubric"]["reason"]
    assert set(marked(course).values()) == {1}


def test_a_worker_with_other_code_of_ours_judges_nothing(course, dask, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "nbjudge", other / "nbjudge")
    with (other / "nbjudge/sanitize/text.py").open("a") as file:
        file.write("\n# Another version.\n")
    dask.work(1, PYTHONPATH=str(other))
    fill(course, 2)
    told, status, errors = ended(start(course, dask.address))
    assert status == 1
    assert "its nbjudge is another one than that of this command" in errors
    assert set(told) == {"first"}


def test_ctrl_c_ends_a_local_cluster_and_all_that_it_started(course):
    fill(course, 24)
    running = start(course, "local", "--workers", "2")
    wait_until(lambda: marked(course))
    begun = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    told, status, errors = ended(running)
    assert status == 130, errors
    assert time.monotonic() - begun < 20
    assert "the same command goes on with the rest" in errors
    assert "Traceback" not in errors
    assert set(marked(course)) <= set(told)
    wait_until(lambda: not of_group(running.pid), 15)


def of_group(group):
    """The processes that a run started, and has not ended."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
