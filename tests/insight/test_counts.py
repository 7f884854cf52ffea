"""What a report counts, on classes that are small enough to count by hand."""

import pytest
from support.class_work import DUE, absent, attempts, exercise, student, ungraded, work

from nbjudge.insight.groups import groups
from nbjudge.insight.in_need import in_need
from nbjudge.insight.items import items
from nbjudge.insight.misunderstood import criteria_lost, misconceptions
from nbjudge.insight.runs import unusual
from nbjudge.insight.scores import changing, distribution, middle, of_exercises, provisional
from nbjudge.insight.timeline import timeline
from nbjudge.verdict import Verdict

SCALE, MASK = "You forgot the scale.", "Your mask is the other way round."


def who(some):
    return [one.student for one in some]


def test_a_misconception_counts_a_student_once_in_however_many_exercises():
    found = misconceptions(
        work(
            student("ada", exercise("+-", told=MASK), exercise("-", "Exercise 2", told=MASK)),
            student("bob", exercise("++"), exercise("-", "Exercise 2", told=MASK)),
            student("eve", exercise("--", told=SCALE), exercise("+", "Exercise 2")),
        )
    )
    assert [(one.sentence, who(one.students)) for one in found] == [
        (MASK, ["ada", "bob"]),
        (SCALE, ["eve"]),
    ]
    assert [(place.exercise, who(place.students), place.began) for place in found[0].places] == [
        ("Exercise 1", ["ada"], 3),
        ("Exercise 2", ["ada", "bob"], 3),
    ]


def test_criteria_are_ordered_by_the_share_of_those_who_began():
    not_begun = exercise("--", verdict=Verdict.NOT_BEGUN)
    first, second = criteria_lost(
        work(
            student("ada", exercise("-+")),
            student("bob", exercise("--", verdict=Verdict.RAISED)),
            student("eve", not_begun),
            absent("max"),
        )
    )
    assert (first.criterion, who(first.students), first.began) == (
        "criterion 1",
        ["ada", "bob"],
        2,
    )
    assert (second.criterion, second.share) == ("criterion 2", 0.5)


def test_who_needs_help_is_found_for_each_reason_and_nobody_else():
    fine = student("fine", exercise("++"), elsewhere=(0.9,), attempts=attempts(0, 10, 20, 20, 20))
    found = in_need(
        work(
            fine,
            absent("absent"),
            student("not_begun", exercise("--", verdict=Verdict.NOT_BEGUN)),
            student("crashed", exercise("+-", verdict=Verdict.CRASHED)),
            student("endless", exercise("+-", verdict=Verdict.OUT_OF_TIME)),
            student("looping", exercise("+-"), flags=("stopped",)),
            student("below", exercise("+-"), elsewhere=(0.8, 0.9)),
            student("a_bit_below", exercise("+-"), elsewhere=(0.7,)),
            student("stuck", exercise("+-"), attempts=attempts(0, 10, 5, 10, 0)),
            student("still_trying", exercise("+-"), attempts=attempts(0, 10, 5, 10)),
            student("refused", total=None, verdict=Verdict.REFUSED, reason="No notebook."),
        )
    )
    assert {one.reason: who(one.students) for one in found} == {
        "Not graded": ["refused"],
        "Not submitted": ["absent"],
        "Not begun": ["not_begun"],
        "Stopped": ["crashed", "endless", "looping"],
        "Stuck": ["stuck"],
        "Far below their other work": ["below"],
    }


def test_an_item_is_correlated_with_the_rest_and_not_with_itself():
    # The first criterion goes with the others; the third is met by those who do badly.
    able = [student(f"able{n}", exercise("++-+")) for n in range(6)]
    weak = [student(f"weak{n}", exercise("--+-")) for n in range(5)]
    odd = [student("odd", exercise("+---"))]
    first, second, third, fourth = items(work(*able, *weak, *odd, most=40.0))
    assert first.met == pytest.approx(7 / 12)
    assert second.discrimination > 0.4
    assert fourth.discrimination == second.discrimination
    assert third.discrimination < -0.9
    assert "mistake in the criterion" in third.advice
    assert second.advice == ""


def test_the_correlation_of_one_item_alone_says_nothing():
    lonely = [student(f"s{n}", exercise("+" if n % 2 else "-")) for n in range(20)]
    (item,) = items(work(*lonely, most=10.0))
    assert (item.students, item.met, item.discrimination, item.advice) == (20, 0.5, None, "")


def test_few_students_say_nothing_of_an_item():
    few = [student(f"s{n}", exercise("+-" if n % 2 else "--")) for n in range(9)]
    assert [(one.discrimination, one.advice) for one in items(work(*few))] == [(None, "")] * 2


def test_students_are_alike_by_criteria_misconception_and_behaviour():
    found = groups(
        work(
            student("right", exercise("++")),
            student("a1", exercise("+-", told=MASK, behaves="x")),
            student("a2", exercise("+-", told=MASK, behaves="x")),
            student("other_answers", exercise("+-", told=MASK, behaves="y")),
            student("other_criteria", exercise("-+", behaves="x")),
            student("raised", exercise("+-", verdict=Verdict.RAISED)),
        )
    )["Exercise 1"]
    assert who(found[0].students) == ["a1", "a2"]
    assert found[0].shared == MASK
    assert sorted(who(one.students)[0] for one in found[1:]) == [
        "other_answers",
        "other_criteria",
        "raised",
    ]
    assert len({one.name for one in found}) == len(found)


def test_the_name_of_a_group_stays_when_others_are_graded():
    alike = [student(name, exercise("+-", told=MASK)) for name in ("a1", "a2", "a3")]
    (few,) = groups(work(*alike[:2]))["Exercise 1"]
    (more,) = groups(work(*alike, student("new", exercise("++"))))["Exercise 1"]
    assert few.name == more.name


def test_scores_are_counted_in_ranges_that_hold_a_bonus():
    some = [student(f"s{n}", exercise("+-"), total=float(n)) for n in (0, 10, 19, 20, 22)]
    rows = distribution(work(*some, absent("max")))
    assert sum(count for _, _, count in rows) == 5
    assert (rows[0][0], rows[-1][1]) == (0, 22)
    assert rows[-1][2] == 2  # 20 and 22: the last range holds its end
    assert middle(work(*some)) == 19


def test_exercises_say_how_many_are_full_and_how_many_nothing():
    (one,) = of_exercises(work(*(student(s, exercise(s)) for s in ("++", "+-", "-+", "--"))))
    assert (one.scores, one.full, one.none, one.mean) == (4, 1, 1, 10)


def test_what_nobody_has_graded_is_neither_full_nor_nothing():
    some = [student(name, exercise("++"), ungraded("Essay")) for name in ("ada", "bob")]
    essay = of_exercises(work(*some, student("eve", exercise("+-"), exercise("-", "Essay"))))[1]
    assert (essay.scores, essay.full, essay.none, essay.not_graded) == (1, 0, 1, 2)
    (_, essay) = of_exercises(work(*some))
    assert (essay.scores, essay.not_graded, essay.mean) == (0, 2, None)


@pytest.mark.parametrize(
    ("waiting", "said"),
    [(0, ""), (1, "; 1 score will change"), (2, "; 2 scores will change")],
)
def test_scores_that_wait_for_a_person_are_counted_by_student(waiting, said):
    parts = [exercise("+"), ungraded("Essay"), ungraded("Sketch")]
    some = [student(f"waits{number}", *parts) for number in range(waiting)]
    not_graded = student("later", ungraded("Essay"), total=None)
    found = work(*some, student("done", exercise("+")), not_graded, absent("max"))
    assert (provisional(found), changing(found)) == (waiting, said)


def test_attempts_are_counted_by_days_before_the_due_date_and_after_it():
    found = timeline(
        work(
            student("ada", exercise("++"), attempts=attempts(5, 20, days=2.5)),
            student("bob", exercise("++"), attempts=attempts(10, days=-0.5)),
        )
    )
    assert found.days == [(2, 2), (1, 0), (0, 0), (-1, 1)]
    assert found.gains == ((5, 20),)
    assert (found.gain, found.usual, found.last_day) == (15, 1.5, 0)
    assert max(found.arrived) > DUE


def test_what_was_unusual_is_told_with_whose_it_was():
    mended = student("ada", exercise("++"), flags=("mended", "late"))
    refused = student("bob", total=None, verdict=Verdict.REFUSED, reason="No notebook.")
    found = unusual(work(mended, student("eve", exercise("++"), flags=("mended",)), refused))
    assert {one.what: who(one.students) for one in found} == {
        "mended": ["ada", "eve"],
        "late": ["ada"],
        "not graded": ["bob"],
    }
