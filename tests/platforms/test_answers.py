"""One request to a platform: bounded in size and time, whatever the platform answers."""

import time
from email.utils import formatdate

import pytest
import requests
from support.platforms.lti import Platform, answers, drops, hangs

from nbjudge.platforms import answers as module
from nbjudge.platforms.answers import Answer, ask, persistently


@pytest.fixture
def platform(monkeypatch):
    monkeypatch.setattr(module, "_READ", 0.5)
    made = Platform()
    yield made
    made.close()


@pytest.fixture
def session():
    with requests.Session() as opened:
        yield opened


def answer(platform, session, fault, **more):
    platform.faults = [fault]
    return ask(session, f"{platform.issuer}/lineitem/scores", b"{}", {}, **more)


def drips(handler):
    handler.send_response(400)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"a")
        time.sleep(0.02)


def lies_of_its_size(handler):
    handler.send_response(400)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"short")
    drops(handler)


def test_an_answer_that_does_not_come_or_is_cut_off_is_none(platform, session):
    assert answer(platform, session, hangs(1)) == Answer(0, "it took too long")
    broken = Answer(0, "it cannot be reached, or broke the connection off")
    assert answer(platform, session, drops) == broken
    assert ask(session, "http://127.0.0.1:1/scores", b"", {}) == broken


def test_a_slow_answer_ends_in_time(platform, session):
    begun = time.monotonic()
    found = answer(platform, session, drips)
    assert found.status == 400
    assert set(found.words) == {"a"}
    assert time.monotonic() - begun < 3


def test_a_huge_answer_is_not_read_whole(platform, session):
    found = answer(platform, session, answers(400, b"a" * 5_000_000))
    assert len(found.body) <= 65_536
    assert len(found.words) <= 300


def test_what_cannot_be_read_is_no_fault(platform, session):
    assert answer(platform, session, lies_of_its_size).words == "short"
    found = answer(platform, session, answers(400, b"\x1f\x8b\xff\x00", Content_Encoding="gzip"))
    assert found.status == 400
    nested = answer(platform, session, answers(400, "[" * 60_000))
    assert str(nested).startswith("it answered 400: [[[")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"error": "invalid_scope", "error_description": "Not yours."}',
         "invalid_scope: Not yours"),
        ('{"errors": {"type": "unprocessable"}}', '{"errors": {"type": "unprocessable"}}'),
        ("<!DOCTYPE html><p>Fatal error", ""),
        ("\x1b]0;title\x07a\u202eb\r\nc", "ab c"),
        ('{"message": "Bearer s3cret and signed.jwt"}', "Bearer … and …"),
        ("", ""),
    ],
)  # fmt: skip
def test_its_words_are_one_harmless_line_without_secrets(platform, session, text, words):
    found = answer(platform, session, answers(403, text), token="s3cret", hidden="signed.jwt")
    assert found.words == words


def test_no_password_of_the_account_is_sent(platform, session, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    answer(platform, session, answers(200))
    answer(platform, session, answers(200), token="t")
    sent = [headers.get("Authorization") for _, headers in platform.requests]
    assert sent == [None, "Bearer t"]


def test_it_waits_as_long_as_it_is_asked_and_never_longer_than_a_minute(monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    came = iter(
        [Answer(503), Answer(429, after=7.0), Answer(0), Answer(500, after=1e6), Answer(200)]
    )
    assert persistently(lambda: next(came)).taken
    assert slept == [1.0, 7.0, 4.0, 60.0]


def test_it_gives_up_after_five_tries_and_at_once_where_it_is_refused(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    tries = []
    assert persistently(lambda: tries.append(1) or Answer(503, "busy")) == Answer(503, "busy")
    assert len(tries) == 5
    assert persistently(lambda: tries.append(1) or Answer(404)).status == 404
    assert len(tries) == 6


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), (formatdate(0, usegmt=True), 0.0), ("soon", None), ("-1", None)],
)
def test_a_wait_is_a_number_or_a_date(platform, session, header, seconds):
    assert answer(platform, session, answers(429, Retry_After=header)).after == seconds
