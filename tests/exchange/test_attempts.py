"""Attempts on the grader's own storage."""

import stat

from support.inbox import only, send

from nbjudge.exchange.attempts import Attempts

MB = 10**6


def test_two_who_take_in_at_once_make_one_attempt_of_it(inbound, tmp_path):
    send(inbound)
    one, two = Attempts(tmp_path, "attention"), Attempts(tmp_path, "attention")
    assert one.take(only(inbound), MB).number == 1
    assert two.take(only(inbound), MB) is None
    assert [attempt.number for attempt in two.of("ada")] == [1]
    assert stat.S_IMODE((tmp_path / "attempts").stat().st_mode) == 0o700
