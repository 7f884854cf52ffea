"""Feedback on submit: who arrived, what each attempt earned, what its author is told."""

import json
import re
import shutil
import signal
import subprocess
from datetime import UTC, datetime

import demo
import pytest
from nbgrader.api import Gradebook
from support.course import ROOT, nbjudge
from support.exchange import NAME

from nbjudge.exchange import watch
from nbjudge.exchange.attempts import Attempts
from nbjudge.judge import job
from nbjudge.process.zygote import JudgeFault

MESSAGE = "Your scores are divided by √d"


def gradebook(exchange):
    with Gradebook(f"sqlite:///{exchange.course}/gradebook.db", "nlp-llm") as book:
        return {one.student_id: one.score for one in book.assignment_submissions("attention")}


def attempts(exchange, student="ada"):
    folder = exchange.course / "attempts/attention" / student
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*/attempt.json"))]


def points(said):
    return [one.split(": ", 1)[1] for one in said]


def test_a_submission_is_graded_and_its_author_reads_why(exchange):
    exchange.submit("wrong_exercise_1")
    assert points(exchange.watch()) == ["104 points"]
    (page,) = exchange.pages()
    assert "Attempt 1, which came on" in page
    assert "✗ not met" in page
    master = (ROOT / "source/attention" / NAME).read_text(encoding="utf-8")
    for hidden in ("HIDDEN TESTS", "nbjudge.rubric"):
        assert hidden in master
        assert hidden not in page
    pictures = re.findall("<img[^>]*", page)
    assert pictures
    assert all(' alt="' in one or "\nalt=" in one for one in pictures)
    assert gradebook(exchange) == {"ada": 104}
    done = nbjudge("autograde", "attention", "--json", cwd=exchange.course)
    assert [one["status"] for one in json.loads(done.stdout)["submissions"]] == ["unchanged"]


def test_an_attempt_arrives_at_the_file_systems_time(exchange):
    folder = exchange.submit("perfect")
    forged = folder.with_name("ada+attention+2020-01-01 00:00:00.000000 UTC+abc")
    folder.rename(forged)
    (forged / "timestamp.txt").write_text("2020-01-01 00:00:00.000000 UTC")
    exchange.watch()
    changed = max(path.stat().st_ctime_ns for path in (forged, *forged.iterdir()))
    seconds, nanoseconds = divmod(changed, 1_000_000_000)
    told = (exchange.course / "submitted/ada/attention/timestamp.txt").read_text()
    second = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    assert told == f"{second}.{nanoseconds // 1000:06d} UTC"


def test_what_its_author_changes_later_is_a_later_attempt(exchange):
    folder = exchange.submit("half_done")
    exchange.watch()
    shutil.copy(ROOT / "examples/submissions/perfect/attention" / NAME, folder / NAME)
    assert points(exchange.watch(times=2)) == ["110 points"]
    first, second = attempts(exchange)
    assert (sum(first["scores"].values()), first["recorded"]) == (40, False)
    assert (sum(second["scores"].values()), second["recorded"]) == (110, True)
    kept = exchange.course / "attempts/attention/ada/001/submitted" / NAME
    sample = ROOT / "examples/submissions/half_done/attention" / NAME
    assert kept.read_bytes() == sample.read_bytes()


def test_each_attempt_has_its_own_page_and_the_last_graded_one_counts(exchange):
    for kind in ("wrong_bonus", "half_done", "not_a_notebook"):
        exchange.submit(kind)
    exchange.watch()
    assert gradebook(exchange) == {"ada": 40}
    pages = exchange.pages()
    assert ["could not be graded" in page for page in pages] == [False, False, True]
    assert str(exchange.course) not in pages[2]
    assert "attention.ipynb cannot be read as a Jupyter notebook (" in pages[2]
    assert "of 10 points" in pages[0] and "Attempt 2," in pages[1]  # noqa: PT018


def test_the_best_attempt_counts_where_the_course_says_so(exchange):
    exchange.configure("c.FeedbackOnSubmit.counts = 'best'")
    for kind in ("half_done", "wrong_bonus", "wrong_exercise_1"):
        exchange.submit(kind)
        exchange.watch()
    assert gradebook(exchange) == {"ada": 106}
    assert [one["recorded"] for one in attempts(exchange)] == [False, True, False]


def test_attempts_beyond_the_number_are_not_graded_and_their_author_is_told(exchange):
    exchange.configure("c.FeedbackOnSubmit.attempts = 1")
    exchange.submit("half_done")
    exchange.submit("perfect")
    exchange.watch()
    assert gradebook(exchange) == {"ada": 40}
    assert "Only 1 attempt is graded" in exchange.pages()[1]


def test_the_next_attempt_waits_for_its_turn(exchange):
    exchange.configure("c.FeedbackOnSubmit.minimum_interval = 3600")
    exchange.submit("half_done")
    exchange.submit("perfect")
    exchange.watch(times=2)
    assert gradebook(exchange) == {"ada": 40}
    assert "At least 1 hour must lie between two gradings" in exchange.pages()[1]
    due(exchange, "2020-01-01")
    exchange.watch()
    assert gradebook(exchange) == {"ada": 110}


@pytest.mark.parametrize(
    ("shown", "criteria", "messages"),
    [("nothing", False, False), ("results", True, False), ("messages", True, True)],
)
def test_what_is_shown_before_the_deadline_and_all_of_it_afterwards(
    exchange, shown, criteria, messages
):
    exchange.configure(f"c.FeedbackOnSubmit.before_deadline = '{shown}'")
    due(exchange, "2100-01-01")
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    (page,) = exchange.pages()
    assert ("✗ not met" in page) == criteria
    assert (MESSAGE in page) == messages
    assert "It came in time: the due date is 2100-01-01 00:00:00 UTC." in page
    assert ("after the deadline, 2100-01-01 00:00:00 UTC" in page) == (not messages)
    due(exchange, "2020-01-01")
    exchange.watch()
    assert MESSAGE in exchange.pages()[0]


def test_a_page_that_the_instructor_released_stays(exchange):
    exchange.configure("c.FeedbackOnSubmit.before_deadline = 'nothing'")
    exchange.submit("perfect")
    exchange.watch()
    exchange.nbgrader("generate_feedback")
    exchange.nbgrader("release_feedback")
    final = exchange.pages()
    due(exchange, "2020-01-01")
    exchange.watch()
    assert exchange.pages() == final


def test_after_a_crash_before_the_gradebook_the_same_result_is_written(exchange, monkeypatch):
    monkeypatch.delenv("NBJUDGE_SEED")
    exchange.submit("half_done")
    with monkeypatch.context() as patch:
        patch.setattr(watch.OnSubmit, "_record", crash)
        with pytest.raises(KeyboardInterrupt):
            exchange.watch()
    assert gradebook(exchange) == {}
    seeds = attempts(exchange)[0]["seeds"]
    assert exchange.pages() == []  # a page shows what is recorded
    exchange.watch()
    assert gradebook(exchange) == {"ada": 40}
    assert attempts(exchange)[0]["seeds"] == seeds
    assert len(exchange.pages()) == 1


def test_each_attempt_is_asked_with_a_seed_of_its_own(exchange, monkeypatch):
    monkeypatch.delenv("NBJUDGE_SEED")
    for kind in ("half_done", "perfect"):
        exchange.submit(kind)
        exchange.watch()
    seeds = [set(attempt["seeds"].values()) for attempt in attempts(exchange)]
    assert [len(one) for one in seeds] == [1, 1]
    assert seeds[0] != seeds[1]


def test_a_fault_of_the_machine_costs_no_attempt(exchange, monkeypatch):
    exchange.submit("half_done")
    with monkeypatch.context() as patch:
        patch.setattr(job, "judge_again", no_memory)
        (said,) = exchange.watch()
    assert said == "ada, attempt 1 at attention, is tried again later: Not graded: no memory"
    assert gradebook(exchange) == {}
    (page,) = exchange.pages()
    assert "is tried again" in page
    assert "no memory" not in page
    assert points(exchange.watch()) == ["40 points"]
    assert gradebook(exchange) == {"ada": 40}
    assert "is tried again" not in exchange.pages()[0]


def test_after_a_fault_of_the_machine_the_watch_tries_again_by_itself(exchange, monkeypatch):
    exchange.submit("half_done")
    judge, faults = job.judge_again, [no_memory, no_memory]
    tried = lambda *given: (faults.pop() if faults else judge)(*given)  # noqa: E731
    monkeypatch.setattr(job, "judge_again", tried)
    monkeypatch.setattr(watch, "_AGAIN_SECONDS", 0.0)
    assert points(exchange.watch()) == ["Not graded: no memory"] * 2 + ["40 points"]
    assert attempts(exchange)[0]["failures"] == 2


def test_collecting_by_hand_takes_the_same_attempts(exchange):
    exchange.submit("half_done")
    exchange.nbgrader("collect")
    exchange.submit("perfect")
    exchange.nbgrader("collect")  # without --update, what is there stays
    submitted = exchange.course / "submitted/ada/attention" / NAME
    samples = ROOT / "examples/submissions"
    assert submitted.read_bytes() == (samples / "half_done/attention" / NAME).read_bytes()
    exchange.nbgrader("collect", "--update")
    assert submitted.read_bytes() == (samples / "perfect/attention" / NAME).read_bytes()
    assert points(exchange.watch()) == ["40 points", "110 points"]
    assert gradebook(exchange) == {"ada": 110}


def test_a_folder_under_anothers_name_is_put_aside(exchange):
    exchange.submit("perfect", student="bob")
    exchange.submit("half_done")
    said = exchange.watch()
    assert sorted(points(said)) == ["40 points", "it claims to be of bob, and belongs to ada."]
    assert gradebook(exchange) == {"ada": 40}
    told = exchange.nbgrader("collect").stderr
    assert "it claims to be of bob, and belongs to ada" in told


def test_what_cannot_be_copied_is_put_aside_until_it_is_mended(exchange):
    folder = exchange.submit("half_done")
    (folder / "data").symlink_to("/etc")
    told = "it holds a link, data; links are not followed."
    assert points(exchange.watch(times=2)) == [told, told]
    assert told in exchange.nbgrader("collect").stderr
    (folder / "data").unlink()
    assert points(exchange.watch()) == ["40 points"]


def test_the_command_grades_what_comes_until_it_is_stopped(exchange):
    watching = subprocess.Popen(
        demo.command("nbjudge", "watch", "attention", "--workers", "1"), cwd=exchange.course,
        env=demo.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout.readline() == "Watching attention.\n"
    assert watching.stdout.readline() == "Stop with Ctrl-C; the same command goes on.\n"
    for kind, told in (("wrong_bonus", "106 points\n"), ("perfect", "110 points\n")):
        exchange.submit(kind)
        assert watching.stdout.readline().endswith(told)
    watching.send_signal(signal.SIGTERM)
    _, errors = watching.communicate(timeout=30)
    assert (watching.returncode, errors) == (0, "Stopped. The same command goes on.\n")


def test_a_second_watch_of_the_same_assignment_is_refused(exchange):
    attempts = Attempts(exchange.course, "attention")
    with attempts.only_judge():
        done = nbjudge("watch", "attention", "--once", cwd=exchange.course, check=False)
    assert done.returncode == 1
    assert "Another nbjudge watch of attention runs in this course already" in done.stderr


def test_without_a_release_it_says_what_to_do(exchange):
    exchange.configure("c.Exchange.root = '/nowhere'")
    done = nbjudge("watch", "attention", "--once", cwd=exchange.course, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: /nowhere/nlp-llm/inbound is not there or closed to you. Release first.\n"
    )


def crash(*_):
    raise KeyboardInterrupt


def no_memory(*_):
    raise JudgeFault("no memory")


def due(exchange, date):
    with Gradebook(f"sqlite:///{exchange.course}/gradebook.db", "nlp-llm") as book:
        book.update_or_create_assignment("attention", duedate=datetime.fromisoformat(date))
