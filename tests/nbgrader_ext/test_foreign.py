"""Masters that were not written for nbjudge: nobody silently loses points there, or wins some."""

import pytest
from support.foreign import (
    AS_PLAIN,
    BY_PERSON,
    EVERY,
    FREE,
    LOWER,
    NOT_GRADED,
    REFUSED,
    RELEASE,
    SOLUTION,
    Points,
    Row,
    compared,
)

ALL, NOTHING, A_PERSON = Points(2.0), Points(0.0), Points(0.0, by_person=True)

# Their tests look at what stands outside the region.
WON_BY_THE_RELEASE = ("class-subclass-of-the-master-s-class", "reflection-signature-or-docstring")

# What these tests ask for stays in the student's process: an object's own answer, a file, a figure,
# what is printed, sympy's expressions.
NOT_APART = {
    "value-sympy", "argument-iterator", "class-len-str",
    "reflection-unittest-mock-patch-of-input", "output-printed-by-redirect_stdout",
    "output-figure-by-plt-gca",
    "test-cell-reads-a-file-that-the-student-wrote",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """What became of each case, by its name."""
    return {row.case.name: row for row in compared(tmp_path_factory.mktemp("foreign"))}


@pytest.fixture(params=[case.name for case in EVERY])
def row(request, rows):
    return rows[request.param]


@pytest.mark.slow
def test_plain_nbgrader_gives_the_solution_full_marks(row):
    assert row.plain[SOLUTION].points == row.case.points


@pytest.mark.slow
def test_plain_nbgrader_gives_the_release_nothing(row):
    won = row.case.name in WON_BY_THE_RELEASE
    assert row.plain[RELEASE].points == won * row.case.points


@pytest.mark.slow
def test_a_test_of_plain_values_is_graded_as_it_stands(rows):
    assert rows["value-int"].verdicts == [AS_PLAIN]


@pytest.mark.slow
def test_the_solution_never_silently_loses_points(row):
    assert LOWER not in row.verdicts, row


@pytest.mark.slow
def test_the_release_gets_no_points_that_plain_nbgrader_does_not_give(row):
    assert FREE not in row.verdicts, row


@pytest.mark.slow
def test_what_is_built_is_graded(row):
    assert NOT_GRADED not in row.verdicts, row.fault


@pytest.mark.slow
def test_only_what_no_data_can_decide_is_left_to_a_person(rows):
    assert {name for name, row in rows.items() if row.verdicts == [BY_PERSON]} == NOT_APART
    assert {name for name, row in rows.items() if row.verdicts == [AS_PLAIN]} == rows.keys() - (
        NOT_APART
    )


@pytest.mark.slow
def test_beside_the_students_code_all_of_that_is_graded_as_plain_nbgrader_does(tmp_path):
    cases = [case for case in EVERY if case.name in NOT_APART]
    rows = compared(tmp_path, cases, beside=True)
    assert {row.case.name: row.verdicts for row in rows} == {one: [AS_PLAIN] for one in NOT_APART}


@pytest.mark.parametrize(
    ("solution", "release", "said"),
    [
        (ALL, NOTHING, [AS_PLAIN]),
        (A_PERSON, NOTHING, [BY_PERSON]),
        (ALL, A_PERSON, [BY_PERSON]),
        (NOTHING, NOTHING, [LOWER]),
        (NOTHING, A_PERSON, [LOWER]),
        (ALL, ALL, [FREE]),
        (A_PERSON, ALL, [FREE]),
        (NOTHING, ALL, [LOWER, FREE]),
        (ALL, Points(2.0, by_person=True), [BY_PERSON]),
        (ALL, Points(fault="Not graded."), [NOT_GRADED]),
    ],
)
def test_what_is_said_of_a_case(solution, release, said):
    plain = {SOLUTION: ALL, RELEASE: NOTHING}
    assert Row(EVERY[0], "ok", plain, {SOLUTION: solution, RELEASE: release}).verdicts == said


def test_what_is_not_built_is_refused():
    assert Row(EVERY[0], "Line 3", {SOLUTION: ALL, RELEASE: NOTHING}).verdicts == [REFUSED]


def test_the_release_may_have_what_plain_nbgrader_gives_it():
    both = {SOLUTION: ALL, RELEASE: ALL}
    assert Row(EVERY[0], "ok", both, both).verdicts == [AS_PLAIN]
