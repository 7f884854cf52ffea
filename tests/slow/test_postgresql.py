"""The course's gradebook in PostgreSQL, as a hub has it: a server of its own, on this machine."""

import contextlib
import csv
import getpass
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import demo
import pytest
from nbgrader.api import Gradebook
from support.course import make_course, run
from support.ports import free_port
from support.samples import expected_totals, submit
from support.sampling import sample

try:
    import psycopg
except ImportError:
    psycopg = None

pytestmark = pytest.mark.slow
FEW = ("perfect", "half_done", "wrong_bonus", "not_a_notebook")
MORE = (*FEW, "wrong_exercise_1", "wrong_exercise_4", "moved_cells", "loud")


class Server:
    """A PostgreSQL server on a free port of the loopback, which root runs as user `postgres`."""

    def __init__(self, folder, programs):
        self.data, self.programs, self.made = folder / "data", programs, 0
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        port = free_port()
        self.call(
            "initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", f"--username={self.user}"
        )
        self.options = (
            f"-o -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}",
            "-w", "-l", str(folder / "log"),
        )  # fmt: skip
        self.call("pg_ctl", *self.options, "start")
        self.url = f"postgresql+psycopg://{self.user}@127.0.0.1:{port}"

    def call(self, program, *arguments):
        as_user = ["runuser", "-u", self.user, "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_user, str(self.programs / program), "-D", str(self.data), *arguments],
            check=True, cwd=self.data.parent, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def restart(self):
        """Restart it as after a power cut: every connection is lost, none is asked."""
        self.call("pg_ctl", *self.options, "-m", "immediate", "restart")

    def database(self):
        """Make a database of its own; return its address."""
        self.made += 1
        name = f"course{self.made}"
        main = f"{self.url}/postgres".replace("+psycopg", "")
        with contextlib.closing(psycopg.connect(main, autocommit=True)) as connection:
            connection.execute(f"create database {name}")
        return f"{self.url}/{name}"


@pytest.fixture(scope="module")
def server():
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.fail("There is no PostgreSQL: apt-get install postgresql")
    if psycopg is None:
        pytest.fail("There is no psycopg: pip install 'nbjudge[hub]'")
    # Not below pytest's own folder, which is closed to user postgres.
    with tempfile.TemporaryDirectory(prefix="nbjudge-postgresql-") as folder:
        running = Server(Path(folder), programs[-1].parent)
        yield running
        running.call("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture
def hub(server, tmp_path):
    """A course with its gradebook on the server; what runs in it gets `NBGRADER_DB_URL`."""
    hub = Hub(make_course(tmp_path / "course"), server.database())
    hub.run("nbgrader", "generate_assignment", "attention", "--force")
    return hub


class Hub:
    """A course folder and the address of its gradebook."""

    def __init__(self, course, url):
        self.course, self.url = course, url

    def submit(self, kinds):
        for kind in kinds:
            submit(self.course, kind, kind)

    def run(self, *command, check=True):
        return run(*command, cwd=self.course, check=check, NBGRADER_DB_URL=self.url)

    def start(self, *options):
        return subprocess.Popen(
            demo.command("nbjudge", "autograde", "attention", "--workers", "2", "--json", *options),
            cwd=self.course, env={**demo.environment(), "NBGRADER_DB_URL": self.url},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def query(self, text):
        with contextlib.closing(psycopg.connect(self.url.replace("+psycopg", ""))) as connection:
            return connection.execute(text).fetchall()

    def scores(self):
        with Gradebook(self.url, "nlp-llm") as book:
            found = book.assignment_submissions("attention")
            assert len({one.student.id for one in found}) == len(found)
            return {one.student.id: total(one) for one in found}


def total(submission):
    """Return the score of a submission, None where no cell has one."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    assert len({grade.name for grade in grades}) == len(grades) == 10
    missing = [grade.auto_score is None for grade in grades]
    assert all(missing) or not any(missing)
    return None if any(missing) else submission.score


def expected(kinds):
    totals = expected_totals()
    return {kind: totals[kind] for kind in kinds}


def told(running):
    """Return the totals that a run tells, after its end."""
    output, errors = running.communicate()
    assert running.returncode == 1, errors  # one of ours is no notebook
    return {one["student"]: one["total"] for one in json.loads(output)["submissions"]}


def test_scores_exports_and_feedback_are_those_of_sqlite(hub):
    hub.submit(FEW)
    assert told(hub.start()) == hub.scores() == expected(FEW)
    assert not (hub.course / "gradebook.db").exists()
    hub.run("nbgrader", "export")
    with (hub.course / "grades.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == "attention"]
    exported = {row["student_id"]: float(row["score"]) if row["score"] else None for row in rows}
    assert exported == expected(FEW)
    hub.run("nbgrader", "generate_feedback", "attention")
    pages = {path.parts[-3] for path in (hub.course / "feedback").rglob("attention.html")}
    assert pages == set(FEW) - {"not_a_notebook"}


def test_an_extension_holds_and_goes_with_its_student(hub):
    with Gradebook(hub.url, "nlp-llm") as book:
        book.update_or_create_assignment("attention", duedate="2026-03-01 12:00:00 UTC")
        for name in ("perfect", "half_done"):
            book.add_student(name)
    hub.submit(["half_done"])
    came = hub.course / "submitted/half_done/attention/timestamp.txt"
    came.write_text("2026-03-02 12:00:00 UTC")
    words = ("nbjudge", "extend", "attention", "--student", "perfect", "--student", "half_done")
    said = hub.run(*words, "--days", "3").stdout
    assert said.count("2026-03-04 12:00:00 UTC") == 2
    output = hub.run("nbjudge", "autograde", "attention", "--json").stdout
    (told,) = json.loads(output)["submissions"]
    assert (told["late_seconds"], told["due"]) == (0, "2026-03-04T12:00:00+00:00")
    hub.run("nbgrader", "db", "student", "remove", "perfect")
    assert hub.query("select student from nbjudge_extension") == [("half_done",)]


def test_a_comment_a_preview_and_a_report_do_there_what_they_do_in_sqlite(hub):
    kinds = ("wrong_exercise_1", "wrong_exercise_4", "perfect")
    hub.submit(kinds)
    hub.run("nbjudge", "autograde", "attention")
    before = hub.scores()
    lost = "The weights are the softmax of query · keys"
    hub.run("nbjudge", "comment", "attention", "--criterion", lost, "--points", "1")
    assert hub.query("select score from nbjudge_comment") == [(15.0,)]
    rubric = hub.course / "rubrics/attention/dot_product.py"
    text = rubric.read_text(encoding="utf-8")
    rubric.write_text(text.replace("points=3", "points=4", 1).replace("points=6", "points=5", 1))
    rows = "select id, auto_score, manual_score from grade order by id"
    was = hub.query(rows)
    seen = json.loads(hub.run("nbjudge", "autograde", "attention", "--preview", "--json").stdout)
    assert hub.query(rows) == was
    assert hub.query("select count(*) from nbjudge_change") == [(0,)]
    hub.run("nbjudge", "autograde", "attention")
    moved = {one["student"]: one["after"] for one in seen["submissions"] if one["changes"]}
    with Gradebook(hub.url, "nlp-llm") as book:
        now = {one.student.id: one.score for one in book.assignment_submissions("attention")}
    assert moved["wrong_exercise_1"] == now["wrong_exercise_1"] == before["wrong_exercise_1"] + 2
    assert hub.query("select count(*) from nbjudge_change") == [(len(moved),)]
    hub.run("nbjudge", "comment", "attention", "--undo", "1")
    assert hub.query("select count(*) from nbjudge_comment") == [(0,)]
    assert "1 of 3, Exercise 1" in hub.run("nbjudge", "report", "attention").stdout


@pytest.mark.parametrize("written", sample([0, 1, 3], 1))
def test_a_run_survives_that_the_server_restarts(hub, server, written):
    """Restarts it when so many are written, and again at once: while it recovers."""
    hub.submit(MORE)
    running = hub.start()
    staging = hub.course / f"autograded/.nbjudge-{running.pid}"
    while running.poll() is None:
        count = "select count(*) from nbjudge_graded" if staging.exists() else "select -1"
        with contextlib.suppress(psycopg.Error):
            if hub.query(count)[0][0] >= written:
                break
        time.sleep(0.01)
    assert running.poll() is None
    server.restart()
    time.sleep(0.5)
    server.restart()
    assert told(running) == hub.scores() == expected(MORE)
    assert hub.query("select count(*) from nbjudge_graded")[0][0] == len(MORE)
    again = json.loads(hub.start().communicate()[0])
    without = sum(score is None for score in expected(MORE).values())
    assert again["counts"] == {"unchanged": len(MORE) - without, "not graded": without}


def test_a_name_that_the_gradebook_has_no_room_for_fails_alone(hub):
    """SQLite takes names of any length; this is the database's own refusal."""
    hub.submit(("perfect",))
    name = "x" * 200
    shutil.copytree(hub.course / "submitted/perfect", hub.course / "submitted" / name)
    running = hub.start()
    assert told(running) == {"perfect": 110.0, name: None}
    assert hub.scores() == {"perfect": 110.0}


def test_two_runs_at_once_are_safe(hub):
    hub.submit(FEW)
    for _ in range(2):  # the first pair makes the rows, the second changes them
        both = [hub.start("--force") for _ in range(2)]
        assert [told(running) for running in both] == [expected(FEW)] * 2
        assert hub.scores() == expected(FEW)
        assert hub.query("select count(*) from nbjudge_scorecard")[0][0] == 5 * (len(FEW) - 1)
    assert not list((hub.course / "autograded").glob(".nbjudge-*"))


def test_the_gradebook_comes_back_from_a_dump(hub, tmp_path):
    """As docs/jupyterhub.md says."""
    hub.submit(FEW)
    told(hub.start())
    before = hub.scores()
    address, dump = hub.url.replace("+psycopg", ""), str(tmp_path / "gradebook.dump")
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", address], check=True)
    with contextlib.closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("delete from nbjudge_graded")
    options = ("--clean", "--if-exists", "--single-transaction")
    subprocess.run(["pg_restore", *options, f"--dbname={address}", dump], check=True)
    assert hub.scores() == before
    assert hub.query("select count(*) from nbjudge_graded")[0][0] == len(FEW)
