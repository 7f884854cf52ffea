"""An import and an export find the same student by a name, or neither does."""

import itertools
from types import SimpleNamespace

import pytest
from support.platforms import canvas

from nbjudge.platforms.archive import Archive
from nbjudge.platforms.entries import CANVAS, MOODLE
from nbjudge.platforms.people import People
from nbjudge.platforms.rows import Row, match
from nbjudge.platforms.whose import Owners
from nbjudge.platforms.worksheet import Participant

ADDRESSES = (None, "ada@example.edu", "other@example.edu")


def people(*students):
    """Return students of one name, with an e-mail address and an LMS user id each."""
    return People(
        SimpleNamespace(
            students=[
                SimpleNamespace(id=f"s{place}", first_name="Ada", last_name="Lovelace",
                                email=email, lms_user_id=number)
                for place, (email, number) in enumerate(students)
            ]
        )
    )  # fmt: skip


def imported(tmp_path, everybody, path, worksheet=None):
    """Return whose a file of an archive is, and why it is nobody's."""
    archive = Archive(canvas.archive(tmp_path / "all.zip", {path: b"{}"}))
    found = Owners(everybody, {}, worksheet, {}).sort(archive)
    return next((one.student for one in found.of_students), ""), [*found.not_taken.values()]


def exported(everybody, platform, number, *logins):
    (one,) = match([Row(0, number, "Ada Lovelace", logins)], platform, everybody, {})
    return one.student, one.why


@pytest.mark.parametrize("twins", [1, 2])
def test_moodles_worksheet_gives_a_name_to_the_same_student_on_both_roads(tmp_path, twins):
    seen = set()
    for addresses in itertools.product(ADDRESSES, repeat=twins):
        everybody = people(*((one, None) for one in addresses))
        for shown in ((), ("ada@example.edu",), ("ada@elsewhere.org",), ("alovelace",)):
            worksheet = {"9001": Participant(2, "Ada Lovelace", shown, None)}
            path = "Ada Lovelace_9001_assignsubmission_file/week1.ipynb"
            student, why = imported(tmp_path, everybody, path, worksheet)
            assert student == exported(everybody, MOODLE, "9001", *shown)[0], (addresses, shown)
            seen.add((student, *(one.partition(".")[0] for one in why)))
    others = {1: "s0, of this name, has", 2: "s0 and s1, of this name, have"}[twins]
    assert ("", f"{others} another e-mail address") in seen
    assert ("s0",) in seen


def test_canvas_gives_a_name_to_the_same_student_on_both_roads(tmp_path):
    for numbers in itertools.product((None, "101", "102"), repeat=2):
        everybody = people(*((None, one) for one in numbers))
        student, why = imported(tmp_path, everybody, "lovelaceada_101_7_week1.ipynb")
        assert student == exported(everybody, CANVAS, "101")[0], numbers
        assert bool(student) != bool(why)
    student, why = imported(tmp_path, people((None, "102")), "lovelaceada_101_7_week1.ipynb")
    assert (student, why[0].partition(".")[0]) == ("", "s0, of this name, has another LMS user id")
