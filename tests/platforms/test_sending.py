"""`nbjudge export --lti`: scores of the gradebook at the line items of a platform, in order."""

import json
import shutil
import sqlite3
from datetime import datetime, timedelta

import pytest
from support.course import nbjudge
from support.platforms.lti import (
    CLIENT,
    SERVICE,
    Platform,
    answers,
    drops,
    forgets,
    launch,
    settings,
    takes_and_drops,
)
from support.scored import ASSIGNMENT, book_of, course_with, give

from nbjudge.platforms import answers as requests_to_it
from nbjudge.platforms.posted import only_one

STUDENTS = {name: {} for name in ("ada", "bob", "cyd", "dan", "eve")}
SCORES = {
    "ada": {"points": 93.5, "bonus": 10.0},
    "bob": {"points": 80.0, "penalty": 30.0},
    "cyd": {"points": None},
    "eve": {"points": 60.0, "waits": True},
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course whose students were graded, with the tool's key, and what is registered of it."""
    made = course_with(tmp_path_factory.mktemp("lti") / "course", STUDENTS, SCORES)
    told = nbjudge("lti-key", "lti.pem", cwd=made).stdout
    return made, json.loads(told[told.index("{") :])


@pytest.fixture
def course(graded, platform, tmp_path, monkeypatch):
    """A copy of it, all of whose students have come from the platform once."""
    monkeypatch.setattr(requests_to_it, "_FIRST_WAIT", 0.01)
    folder, platform.jwk = graded
    made = shutil.copytree(folder, tmp_path / "course")
    with (made / "nbgrader_config.py").open("a") as file:
        file.write(settings(platform, "launches"))
    (made / "launches").mkdir(mode=0o700)
    for name in STUDENTS:
        launch(made / "launches", platform, name)
    return made


def leads_to(item, **more):
    return {SERVICE: {"lineitem": item, "scope": [
        "https://purl.imsglobal.org/spec/lti-ags/scope/score"], **more}}  # fmt: skip


def export(course, *words, code=0):
    done = nbjudge("export", ASSIGNMENT, "--lti", *(words or ("--yes",)), cwd=course, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def kept(course):
    with sqlite3.connect(course / "gradebook.db") as opened:
        rows = opened.execute("select student, posted, score from nbjudge_lti_score")
        return {name: (posted, json.loads(score)) for name, posted, score in rows}


def without_time(score):
    datetime.fromisoformat(score["timestamp"])
    return {name: value for name, value in score.items() if name != "timestamp"}


def test_each_student_has_the_score_of_the_gradebook_or_is_pending(course, platform):
    told = export(course)
    assert without_time(platform.last("u-ada")) == {
        "userId": "u-ada", "scoreGiven": 103.5, "scoreMaximum": 100.0,
        "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        "comment": "103.5 of 100 points. 10 points of the work are a bonus.",
    }  # fmt: skip
    assert platform.last("u-bob")["scoreGiven"] == 50.0
    assert platform.last("u-bob")["comment"].endswith("taken off because it came late.")
    for name in ("cyd", "eve"):
        assert without_time(platform.last(f"u-{name}")) == {
            "userId": f"u-{name}", "activityProgress": "Submitted",
            "gradingProgress": "PendingManual",
        }  # fmt: skip
    assert {user for _, user in platform.scores} == {"u-ada", "u-bob", "u-cyd", "u-eve"}
    assert "to be sent as pending: not graded" in told
    assert "to be sent as pending: needs manual grade" in told
    assert "Scores: 2 to be sent, 2 to be sent as pending, 1 not submitted." in told
    assert told.rstrip().endswith("Scores: 2 sent, 2 sent as pending.")
    assert platform.token_requests == 1


def test_a_query_of_the_line_item_stays_behind_the_path(course, platform):
    export(course)
    assert {path for path, _ in platform.requests} == {"/mod/lti/5/lineitem/scores?type_id=2"}


def test_what_has_not_changed_is_not_sent_again(course, platform):
    export(course)
    sent = len(platform.requests)
    assert "Scores: 4 unchanged, 1 not submitted." in export(course)
    assert len(platform.requests) == sent
    with book_of(course) as book:
        give(book, "bob", points=90.0, penalty=30.0)
        give(book, "cyd", points=10.0)
    assert "Scores: 2 sent." in export(course)
    assert platform.last("u-bob")["scoreGiven"] == 60.0
    assert platform.last("u-cyd")["gradingProgress"] == "FullyGraded"
    assert len(platform.requests) == sent + 2


def test_a_score_that_is_taken_back_is_pending(course, platform):
    export(course)
    with book_of(course) as book:
        give(book, "ada", points=93.5, bonus=10.0, waits=True)
    export(course)
    assert platform.last("u-ada")["gradingProgress"] == "PendingManual"
    assert "scoreGiven" not in platform.last("u-ada")


def test_a_newer_submission_that_nobody_graded_is_pending(course, platform):
    folder = course / f"submitted/ada/{ASSIGNMENT}"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-03-01 00:00:00 UTC")  # the one that was graded
    assert "newer" not in export(course)
    (folder / "timestamp.txt").write_text("2026-03-01 00:00:01 UTC")
    assert "as pending: a newer submission is not graded" in export(course)
    assert platform.last("u-ada")["gradingProgress"] == "PendingManual"
    (folder / "timestamp.txt").write_text("no date")
    assert "Scores: 4 unchanged" in export(course)


def test_a_dry_run_asks_the_platform_nothing(course, platform):
    told = export(course, "--dry-run")
    assert "Nothing is sent." in told
    assert not platform.requests
    assert not platform.token_requests
    with pytest.raises(sqlite3.OperationalError):
        kept(course)


def test_without_yes_a_program_sends_nothing(course, platform):
    told = export(course, "--no-comments", code=1)
    assert "Nothing is sent. Say --yes to send it." in told
    assert not platform.requests


def test_cap_and_no_comments(course, platform):
    export(course, "--cap", "--no-comments", "--yes")
    assert platform.last("u-ada")["scoreGiven"] == 100.0
    assert "comment" not in platform.last("u-ada")


def test_a_clock_that_was_set_back_sends_nothing_that_is_earlier(course, platform):
    export(course)
    ahead = (datetime.now() + timedelta(seconds=30)).isoformat(sep=" ")
    later = f"{ahead}+00:00".replace(" ", "T")
    platform.last("u-ada")["timestamp"] = later
    with sqlite3.connect(course / "gradebook.db") as opened:
        opened.execute("update nbjudge_lti_score set posted = ? where student = 'ada'", [ahead])
    with book_of(course) as book:
        give(book, "ada", points=1.0)
    export(course)
    assert platform.last("u-ada")["scoreGiven"] == 1.0
    assert platform.last("u-ada")["timestamp"] > later
    assert kept(course)["ada"][0] > ahead


def test_a_lost_answer_is_sent_again_as_a_later_score(course, platform):
    platform.faults = [takes_and_drops(platform)]
    assert "2 sent, 2 sent as pending" in export(course)
    first, second = platform.scores[platform.line_item(), "u-ada"]
    assert second["timestamp"] > first["timestamp"]
    assert without_time(first) == without_time(second)


def test_a_crash_before_it_is_noted_sends_the_same_score_again(course, platform):
    export(course)
    with sqlite3.connect(course / "gradebook.db") as opened:
        opened.execute("delete from nbjudge_lti_score where student = 'ada'")
    assert "Scores: 1 sent." in export(course)
    first, second = platform.scores[platform.line_item(), "u-ada"]
    assert without_time(first) == without_time(second)


def test_a_busy_platform_is_asked_again(course, platform):
    platform.token_faults = [answers(503), drops]
    platform.faults = [answers(429, Retry_After="0"), answers(502), drops, answers(500)]
    assert "2 sent, 2 sent as pending" in export(course)


def test_a_token_that_the_platform_forgot_is_got_anew_once(course, platform):
    platform.faults = [lambda handler: True, forgets(platform)]
    export(course)
    assert platform.token_requests == 2
    assert len(platform.scores) == 4


def test_a_token_is_used_until_it_ends(course, platform):
    platform.seconds = 20  # less than what is kept back: a new one for each score
    export(course)
    assert platform.token_requests == 4


def test_one_refusal_stops_nobody_else(course, platform):
    platform.faults = [answers(422, json.dumps({"error": "no \x1b[31mgrade \nfor her"}))]
    told = export(course, code=1)
    assert "not taken by the platform: it answered 422: no grade for her" in told
    assert "Scores: 1 sent, 2 sent as pending, 1 not taken by the platform." in told
    assert "Scores: 1 sent." in export(course)


def test_a_platform_that_is_down_stops_the_rest(course, platform):
    platform.faults = [answers(503)] * 20
    told = export(course, code=1)
    assert "2 not taken by the platform, 2 not sent." in told
    assert "Sending stopped: 2 scores in a row failed. Run the same command again later." in told
    assert len(platform.requests) == 10


def test_one_student_who_breaks_the_platform_stops_nobody_else(course, platform):
    platform.faults = [answers(500, "<html>Fatal error</html>")] * 5
    told = export(course, code=1)
    assert "ada" in told
    assert "it answered 500" in told
    assert "Fatal" not in told
    assert "Scores: 1 sent, 2 sent as pending, 1 not taken by the platform." in told


def test_no_token_sends_nothing_and_says_what_to_look_at(course, platform):
    platform.jwk = {**platform.jwk, "kid": "another"}
    told = export(course, code=1).replace("\n", " ")
    assert "gives no access token" in told
    assert "it answered 400: invalid_client: no such key. Look at c.LTITool" in told
    assert "Scores: 4 not sent." in told
    assert not platform.requests


@pytest.mark.parametrize("status", [302, 307])
def test_no_redirect_carries_a_token_elsewhere(course, platform, status):
    elsewhere = Platform()
    try:
        platform.faults = [answers(status, Location=f"{elsewhere.issuer}/lineitem/scores")]
        told = export(course, code=1)
        assert f"it answered {status}, a redirect, and none is followed" in told
        platform.tokens.clear()
        platform.token_faults = [answers(status, Location=elsewhere.token_url)]
        assert "a redirect" in export(course, code=1)
        assert not elsewhere.requests
        assert not elsewhere.token_requests
    finally:
        elsewhere.close()


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("http://evil.example/lineitem", "does not begin with https://"),
        ("https://evil.example/lineitem", "its line item is at evil.example"),
        ("https://{host}@evil.example/lineitem", "is not the address of a service"),
        ("https://{host}\\@evil.example/lineitem", "characters that no address has"),
        ("https://{host}\t.evil.example/lineitem", "characters that no address has"),
        ("https://{host}.evil.example/lineitem", ".evil.example, and scores go to"),
        ("https://[{host}/lineitem", "it is no address"),
        ("file:///etc/passwd", "is not the address of a service"),
    ],
)
def test_a_token_goes_to_no_host_that_a_launch_names(course, platform, item, why):
    launch(course / "launches", platform, "ada", **leads_to(item.format(host=platform.host)))
    told = export(course, code=1)
    assert "nowhere to send it" in told
    assert why in " ".join(told.split())
    assert "u-ada" not in {user for _, user in platform.scores}
    assert len(platform.requests) == 3


def test_launches_of_others_are_not_used(course, platform):
    launch(course / "launches", platform, "ada", iss="https://other.example")
    launch(course / "launches", platform, "bob", aud="tool-18")
    launch(course / "launches", platform, "cyd", **leads_to(platform.line_item(), scope=[]))
    (course / "launches/bad.json").write_text("{")
    told = " ".join(export(course, code=1).split())
    assert f"it was opened from https://other.example, as the tool {CLIENT}" in told
    assert f"it was opened from {platform.issuer}, as the tool tool-18" in told
    assert "the platform lets this tool send no scores there" in told
    assert "1 launches cannot be read, such as" in told
    assert {user for _, user in platform.scores} == {"u-eve"}


def test_who_never_came_from_the_platform_is_named(course, platform):
    for file in (course / "launches").iterdir():
        if '"ada"' in file.read_text():
            file.unlink()
    told = export(course, code=1)
    assert "nowhere to send it: the assignment was not opened from the platform yet" in told
    assert "Scores: 1 sent, 2 sent as pending." in told


def test_a_link_with_another_name_is_told(course, platform):
    for file in (course / "launches").iterdir():
        file.write_text(file.read_text().replace('"attention"', '"Week 3"'))
    told = " ".join(export(course, code=1).split())
    assert "Opened from the platform were 'Week 3', and not attention: set the link's" in told


def test_several_line_items_are_told_and_each_gets_its_own(course, platform):
    launch(course / "launches", platform, "ada", **leads_to(platform.line_item(9)))
    told = " ".join(export(course).split())
    assert f"There are 2 line items, with students: {platform.line_item()} (3)" in told
    assert platform.last("u-ada", platform.line_item(9))["scoreGiven"] == 103.5
    launch(course / "launches", platform, "ada")  # the link was made anew
    assert "Scores: 1 sent." in export(course)


def test_only_one_export_sends(course, platform):
    with only_one(course):
        assert "being sent by another export" in export(course, code=1)
        assert "Nothing is sent." in export(course, "--dry-run")
    assert not platform.requests
    export(course)


def test_a_student_who_is_removed_goes_with_what_was_sent(course):
    export(course)
    with book_of(course) as book:
        book.remove_student("ada")
    assert set(kept(course)) == {"bob", "cyd", "eve"}


def test_an_assignment_without_a_maximum_is_refused(platform, course):
    with book_of(course) as book:
        book.find_graded_cell("test", ASSIGNMENT, ASSIGNMENT).max_score = 0
        book.db.commit()
    assert "a platform needs a maximum above 0" in " ".join(export(course, code=1).split())
    assert not platform.requests


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda course: edit(course, "client_id", ""), "does not set c.LTITool.client_id"),
        (
            lambda course: edit(course, "token_url", "http://example.org/token"),
            "it does not begin with https://",
        ),
        (lambda course: (course / "lti.pem").chmod(0o644), "lti.pem is open to every account"),
        (lambda course: (course / "lti.pem").write_text("key"), "holds no private key in PEM"),
        (lambda course: (course / "lti.pem").unlink(), "lti.pem: No such file"),
        (lambda course: (course / "launches").chmod(0o755), "launches is open to every account"),
        (lambda course: edit(course, "launches", "none"), "none is not there"),
        (lambda course: edit(course, "clientid", "x"), "c.LTITool.clientid is no option"),
    ],
)
def test_settings_that_are_not_safe_or_missing_are_told(course, platform, change, told):
    change(course)
    assert told in " ".join(export(course, code=1).split())
    assert not platform.requests


def edit(course, name, value):
    file = course / "nbgrader_config.py"
    file.write_text(f'{file.read_text()}\nc.LTITool.{name} = "{value}"\n')


@pytest.mark.parametrize(
    "words", [("--canvas", "gradebook.db"), ("--force",), ("--to", "a.csv"), ("--no-scale",)]
)
def test_options_of_files_do_not_go_with_it(course, words):
    assert "--lti fills no file" in export(course, *words, code=2)
