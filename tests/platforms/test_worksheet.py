"""Moodle's grading worksheet: who a participant is, and when a submission came."""

from datetime import UTC, datetime

import pytest
from dateutil.tz import gettz
from support.platforms import moodle
from support.platforms.people import CONFIG, LEARNERS

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.platforms.worksheet import participants, when

SIX = datetime(2026, 12, 5, 17, 0, tzinfo=UTC)  # 18:00 in Berlin


@pytest.fixture
def time(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    return CourseTime(configuration(tmp_path))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Saturday, 5 December 2026, 6:00 PM"),
        ("en", "Saturday, December 5, 2026, 6:00 PM"),
        ("de", "Samstag, 5. Dezember 2026, 18:00"),
        ("fr", "samedi 5 décembre 2026, 18:00"),
        ("es", "sábado, 5 de diciembre de 2026, 18:00"),
        ("it", "sabato, 5 dicembre 2026, 18:00"),
        ("nl", "zaterdag, 5 december 2026, 18:00"),
        ("pt", "sábado, 5 de dezembro de 2026 às 18:00"),
        ("ru", "суббота, 5 декабря 2026, 18:00"),
        ("ja", "2026年 12月 5日(土曜日) 18:00"),
        ("zh_cn", "2026年12月5日 星期六 18:00"),
    ],
)
def test_a_time_in_words_is_read_in_the_courses_zone(language, text):
    assert when(text, language, gettz("Europe/Berlin")) == SIX


@pytest.mark.parametrize(
    "text",
    ["12/05/26, 18:00", "-", "", "5 December 2026", "6:00 PM", "31 February 2026, 6:00 PM",
     "5 May December 2026, 6:00 PM", "5 December 2026, 25:00", "99 December 2026, 6:00 PM",
     "5 December 9999999, 6:00 PM", "December " * 9999],
)  # fmt: skip
def test_what_is_no_time_or_has_two_meanings_is_none(text):
    assert when(text, "en", gettz("Europe/Berlin")) is None


def test_a_participant_is_who_and_when(tmp_path, time):
    file = tmp_path / "w.csv"
    came = {"ada": "Saturday, 5 December 2026, 6:00 PM", "ana": "-", "anna": "12/05/26, 18:00"}
    file.write_text(moodle.worksheet(LEARNERS, came), encoding="utf-8-sig")
    found = participants(file, time)
    ada = found["9001"]
    assert (ada.line, ada.name, ada.cells) == (2, "Ada Lovelace", ("ada@example.edu",))
    assert (ada.came, ada.doubt) == (SIX, "")
    assert (found["9002"].came, found["9002"].doubt) == (None, "")
    assert "12/05/26, 18:00" in found["9007"].doubt


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("Participant 9002", "Participant 9001"), "line 3: participant"),
        (lambda text: text.replace("Participant 9002", "Participant"), "line 3: 'Participant'"),
        (lambda text: "a,b\n1,2\n", "no column is known"),
    ],
)
def test_a_worksheet_that_is_wrong_is_refused_by_line(tmp_path, time, change, says):
    file = tmp_path / "w.csv"
    file.write_text(change(moodle.worksheet(LEARNERS)))
    with pytest.raises(RubricError, match=says):
        participants(file, time)
