"""Thirty students submit in the same minute, one of them an endless loop. Needs root."""

import os
import secrets
import shutil
import signal
import subprocess
import time

import demo
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from support.course import ROOT
from support.exchange import NAME, Exchange
from support.samples import expected_totals

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.alone]
KINDS = ("perfect", "perfect_einsum", "perfect_loops", "half_done", "wrong_exercise_1",
         "wrong_exercise_4", "wrong_bonus", "moved_cells", "loud", "syntax_error")  # fmt: skip
STUDENTS = {f"s{number:02}": KINDS[number % len(KINDS)] for number in range(30)}
FIRST_UID = 170_000
LIMIT_SECONDS = {"one": 10, "thirty": 60}
EXPECTED = expected_totals()


@pytest.fixture(scope="module")
def exchange(built, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.fail("This test gives folders to thirty accounts, which only root can do.")
    folder = tmp_path_factory.mktemp("class")
    made = Exchange(built, folder)
    names = [*STUDENTS, "looping", "alone"]
    accounts = "".join(f"{name}:{FIRST_UID + n}\n" for n, name in enumerate(names))
    (folder / "accounts").write_text(accounts)
    made.uids = {name: FIRST_UID + n for n, name in enumerate(names)}
    return made


@pytest.fixture(scope="module")
def watching(exchange):
    with subprocess.Popen(
        demo.command("nbjudge", "watch", "attention", "--workers", "2"), cwd=exchange.course,
        env=demo.environment(), stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline().startswith("Watching")
        yield process
        process.send_signal(signal.SIGTERM)


def send(exchange, student, kind):
    """Put a submission into the exchange as `nbgrader submit` does; return its page to come."""
    secret = secrets.token_hex(64)
    making = exchange.inbound / f".making-{student}"
    making.mkdir()
    shutil.copy(ROOT / "examples/submissions" / kind / "attention" / NAME, making)
    (making / "submission_secret.txt").write_text(secret)
    for path in (making, *making.iterdir()):
        os.chown(path, exchange.uids[student], 0)
    making.rename(exchange.inbound / f"{student}+attention+2026-11-25 10:00:00.000000 UTC+x")
    page = notebook_hash(secret=secret, notebook_id="attention")
    return exchange.feedback / f"{page}.html", time.monotonic()


def waited(sent, limit):
    """Return the seconds from each submission to its page."""
    seconds = {}
    while len(seconds) < len(sent):
        for student, (page, begun) in sent.items():
            now = time.monotonic() - begun
            if student not in seconds and page.exists():
                seconds[student] = now
            assert student in seconds or now < limit, f"{student} has no feedback after {now:.0f} s"
        time.sleep(0.05)
    return sorted(seconds.values())


def test_one_student_has_feedback_within_seconds(exchange, watching):
    (seconds,) = waited({"alone": send(exchange, "alone", "perfect")}, LIMIT_SECONDS["one"])
    print(f"\nFrom Submit to feedback, one student: {seconds:.1f} s.")


def test_thirty_at_once_have_feedback_within_the_minute(exchange, watching):
    send(exchange, "looping", "infinite_loop")
    sent = {student: send(exchange, student, kind) for student, kind in STUDENTS.items()}
    seconds = waited(sent, LIMIT_SECONDS["thirty"])
    middle, last = seconds[len(seconds) // 2], seconds[-1]
    print(f"\nFrom Submit to feedback, thirty at once beside an endless loop: "
          f"first {seconds[0]:.1f} s, median {middle:.1f} s, last {last:.1f} s.")  # fmt: skip
    expected = {student: EXPECTED[kind] for student, kind in STUDENTS.items()}
    while graded(exchange).keys() < expected.keys():
        time.sleep(0.2)
    assert {name: graded(exchange)[name] for name in expected} == expected


def graded(exchange):
    with Gradebook(f"sqlite:///{exchange.course}/gradebook.db", "nlp-llm") as book:
        return {one.student_id: one.score for one in book.assignment_submissions("attention")}
