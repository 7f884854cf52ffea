"""Times in the course's zone, and lengths of time in words."""

from datetime import UTC, datetime, timedelta

import pytest
from traitlets.config import Config

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.course_time import CourseTime, span


def course_time(zone):
    config = Config()
    config.Exchange.timezone = zone
    return CourseTime(config)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "2026-10-25 00:30:00 UTC"),
        ("Europe/Berlin", "2026-10-25 02:30:00 CEST"),
        ("America/New_York", "2026-10-24 20:30:00 EDT"),
    ],
)
def test_a_time_is_told_with_its_zone(zone, told):
    when = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert course_time(zone).text(when) == told
    assert course_time(zone).text(when.replace(tzinfo=None)) == told  # as nbgrader keeps it


def test_the_hour_that_comes_twice_is_told_apart():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    told = [course_time("Europe/Berlin").text(first + timedelta(hours=more)) for more in (0, 1)]
    assert told == ["2026-10-25 02:30:00 CEST", "2026-10-25 02:30:00 CET"]


@pytest.mark.parametrize("zone", ["Berlin", ""])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(RubricError, match="is no time zone"):
        course_time(zone)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3600 + 59, "1 hour"),
        (3600 + 61, "1 hour 1 minute"),
        (86400 + 59 * 60, "1 day"),
        (2 * 86400 + 3 * 3600 + 59 * 60, "2 days 3 hours"),
    ],
)
def test_a_length_of_time_is_told_by_its_two_largest_units(seconds, told):
    assert span(timedelta(seconds=seconds)) == told
