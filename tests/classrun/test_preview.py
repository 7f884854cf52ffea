"""A preview says whose score would move, writes nothing, and the run then writes exactly that."""

import json
import shutil
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from support.course import nbjudge
from support.graded import files, tables
from support.mixed import ASSIGNMENT, RIGHT, hand_in, make_mixed_course

from nbjudge.classrun.change import kept
from nbjudge.nbgrader_ext.recorded import recorded

# Passes the rubric as it is, and not one that asks for another number.
LUCKY = RIGHT | {"triple": "def triple(x):\n    return x + 4"}
LATE = """
c.LateSubmissionPlugin.penalty_method = 'zero'
c.FeedbackOnSubmit.after_deadline = 'penalty'
"""
STUDENTS = {"right": RIGHT, "lucky": LUCKY, "by_hand": LUCKY, "late": RIGHT, "empty": {}}


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory):
    """The mixed course with five submissions, graded: to be copied."""
    course = make_mixed_course(tmp_path_factory.mktemp("preview") / "course")
    for student, answers in STUDENTS.items():
        folder = hand_in(course, student, **answers)
        (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (course / f"submitted/late/{ASSIGNMENT}/timestamp.txt").write_text("2026-03-05 12:00:00 UTC")
    nbjudge("autograde", ASSIGNMENT, cwd=course)
    with open_book(course) as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=datetime(2026, 3, 2))
        book.find_grade("double-test", "code", ASSIGNMENT, "by_hand").manual_score = 1
        book.db.commit()
    return course


@pytest.fixture
def course(graded_class, tmp_path):
    shutil.copytree(graded_class, tmp_path / "course")
    return tmp_path / "course"


def open_book(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "mixed")


def totals(course):
    with open_book(course) as book:
        return {name: row.total for name, row in recorded(book, ASSIGNMENT, list(STUDENTS)).items()}


def stricter(course):
    """Let the rubric ask for another number."""
    file = course / f"rubrics/{ASSIGNMENT}/bonus.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("triple(2) != 6", "triple(3) != 9"), encoding="utf-8")


def preview(course, *more):
    done = nbjudge("autograde", ASSIGNMENT, "--preview", "--json", *more, cwd=course)
    found = json.loads(done.stdout)
    return {one["student"]: one for one in found["submissions"]}, found["unchanged"]


def everything(course):
    paths = [
        path for path in course.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    ]
    kept = {path: path.read_bytes() for path in paths if path.suffix != ".db"}
    return kept, tables(course), files(course)


def test_a_stricter_rubric_is_previewed_and_then_written_exactly_so(course):
    stricter(course)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(LATE)
    before, was = everything(course), totals(course)
    found, _ = preview(course)
    assert everything(course) == before
    assert set(found) == set(STUDENTS)
    moves = {name: (one["before"], one["after"]) for name, one in found.items() if one["changes"]}
    assert set(moves) == {"lucky", "by_hand", "late"}
    assert moves["late"] == (was["late"], 0)
    assert moves["lucky"] == (was["lucky"], was["lucky"] - 5)
    assert found["lucky"]["moved"] == [
        {"exercise": "Bonus: triple", "criterion": "Three times the number", "before": 5.0,
         "after": 0.0, "why": ""}
    ]  # fmt: skip
    assert len(found["lucky"]["rubrics"]) == 1
    nbjudge("autograde", ASSIGNMENT, cwd=course)
    assert totals(course) == {name: one["after"] for name, one in found.items()}


def test_what_a_run_changed_is_kept_with_the_reason(course):
    stricter(course)
    nbjudge("autograde", ASSIGNMENT, cwd=course)
    with open_book(course) as book:
        ((_, change),) = kept(book, ASSIGNMENT, ["lucky"])
        assert list(kept(book, ASSIGNMENT, ["right"])) == []
    assert change.before - change.after == 5
    assert change.moved[0].criterion == "Three times the number"
    told = nbjudge("changes", ASSIGNMENT, "--student", "lucky", cwd=course).stdout
    assert f"lucky: {change.before:g} to {change.after:g}" in told
    assert "Bonus: triple, Three times the number: 5 to 0" in told
    assert "another rubric" in told
    nothing = nbjudge("changes", ASSIGNMENT, "--student", "right", cwd=course).stdout
    assert nothing == f"{ASSIGNMENT}: no regrade has changed a result of right.\n"


def test_without_a_change_nothing_is_judged_or_told(course):
    found, same = preview(course, "--student", "right", "--student", "lucky")
    assert (found, same) == ({}, 2)


def test_what_has_no_result_yet_is_new_and_others_keep_their_seeds(course):
    hand_in(course, "new", **RIGHT)
    shutil.rmtree(course / "submitted/right")
    found, _ = preview(course, "--force")
    assert found["new"]["new"]
    assert not found["new"]["changes"]
    assert {name for name, one in found.items() if one["changes"]} == set()
    with open_book(course) as book:
        assert "new" not in [one.id for one in book.students]


def test_the_table_is_for_people(course):
    stricter(course)
    hand_in(course, "new", **RIGHT)
    told = nbjudge("autograde", ASSIGNMENT, "--preview", cwd=course, COLUMNS="70").stdout
    assert "Bonus, Three times the number: 5 to 0" in told
    assert told.rstrip().endswith("Nothing was written.")
    assert "2 down, 1 new; 3 as they are." in told
    assert max(map(len, told.splitlines())) <= 70


def bonus(course, before, after):
    """Write another rubric of the bonus."""
    file = course / f"rubrics/{ASSIGNMENT}/bonus.py"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('Rubric("Bonus: triple", 5', 'Rubric("Bonus: triple", 6', "sum to 5, not 6."),
        ("rubric = ", "import nosuch\nrubric = ", "ModuleNotFoundError: No module named 'nosuch'."),
    ],
)
@pytest.mark.parametrize("option", [["--preview"], []], ids=["preview", "run"])
def test_a_rubric_that_cannot_be_used_is_refused_before_anybody_loses_points(
    course, option, before, after, told
):
    was = everything(course)
    bonus(course, before, after)
    done = nbjudge("autograde", ASSIGNMENT, *option, cwd=course, check=False)
    assert done.returncode == 1
    assert f"rubrics/{ASSIGNMENT}/bonus.py cannot be used. " in done.stderr
    assert told in done.stderr
    assert f"nbjudge build {ASSIGNMENT}" in done.stderr
    bonus(course, after, before)
    assert everything(course) == was


def test_a_criterion_that_fails_on_its_reference_is_told_once_for_the_class(course):
    bonus(course, "triple(2) != 6", "triple(2) != 7")
    for option in (["--preview"], [], []):  # the last one finds all unchanged
        done = nbjudge("autograde", ASSIGNMENT, *option, cwd=course, check=False)
        assert done.returncode == 1, option
        left = "Bonus: triple: left to a person."
        (line,) = [one for one in done.stdout.splitlines() if left in one]
        assert line.startswith("by_hand, empty, late and 2 more: ")
        assert "fails on the reference" in " ".join(done.stdout.split())
        if option:
            assert "waits for a person: Bonus" in " ".join(done.stdout.split())
            assert "5 with a test left to a person. Nothing" in " ".join(done.stdout.split())
    head, _, *rows = [line for line in done.stdout.splitlines() if line.strip()]
    place = head.index("Bonus") + len("Bonus") - 1
    cells = {row.split()[0]: row[place] for row in rows if row[1:2].isalpha() and row[place:]}
    assert {cells[name] for name in STUDENTS} == {"-"}
    assert "5 unchanged, 0 not graded, 5 with a test left to a person." in done.stdout
    assert "5 of 5 done, 0 not graded, 5 with a test left to a person" in done.stderr


def test_what_would_not_be_graded_is_not_called_new(course):
    folder = course / f"submitted/broken/{ASSIGNMENT}"
    folder.mkdir(parents=True)
    (folder / "code.ipynb").write_text("no notebook")
    done = nbjudge("autograde", ASSIGNMENT, "--preview", cwd=course, check=False)
    assert done.returncode == 1
    assert "new" not in done.stdout
    assert "broken: " in done.stdout
    assert "1 not graded; 5 as they are." in done.stdout


def test_a_cluster_is_refused(course):
    done = nbjudge(
        "autograde", ASSIGNMENT, "--preview", "--cluster", "local", cwd=course, check=False
    )
    assert done.returncode == 2
    assert "leave out --cluster" in done.stderr
