"""What we say becomes of Canvas's gradebook is what Canvas's importer does with what we write.

The importer is `support.platforms.canvas_importer`, Canvas's rules written again. The forms are
those of the files in canvas-lms `spec/fixtures/gradebooks/`, with made-up people.
"""

import random
from types import SimpleNamespace

import pytest
from support.platforms import canvas_importer
from support.platforms.canvas_importer import Course
from support.sampling import sample_seed

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.scores import Score, Status
from nbjudge.platforms import canvas
from nbjudge.platforms.entries import CANVAS
from nbjudge.platforms.filling import Fate, Terms
from nbjudge.platforms.headings import of_canvas
from nbjudge.platforms.identities import Identity
from nbjudge.platforms.people import People
from nbjudge.platforms.rows import match
from nbjudge.platforms.sheet import Sheet

NAMES = ["Lovelace, Ada", "Müller, Ana-Lucía", "陈, 小明", "حداد, ليلى", "O'Brien, Séamus"]
POINTS = "    Points Possible"
# Header, whether names are in two columns; the assignment is `Task (4711)`.
FORMS = {
    "the plainest": ("Student,ID,Section,Task (4711),Comments,Final Score (read only)", False),
    "with log-ins": ("Student,ID,SIS Login ID,Section,Task (4711),Final Score", False),
    "last and first names": ("LastName,FirstName,ID,SIS Login ID,Section,Task (4711)", True),
    "many assignments": (
        "Student,ID,Section,Quiz 1 (1),Quiz 2 (2),Task (4711),Paper 1 (3),Attendance 2 (4)", False),
    "all columns": (
        "Student,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section,Notes,"
        "Task (4711),Group Current Score,Unposted Final Score (Fall),Final Grade", False),
    "one student in two sections": ("Student,ID,Section,Task (4711)", False),
}  # fmt: skip


def graded(name, points, status=Status.GRADED, most=100.0):
    return Score(name, status, points, most)


def book(numbers, names=NAMES):
    """Return students as nbgrader's gradebook has them; the LMS user id is Canvas's."""
    return SimpleNamespace(
        students=[
            SimpleNamespace(
                id=f"s{place}", last_name=name.split(", ")[0], first_name=name.split(", ")[1],
                email=f"s{place}@example.org", lms_user_id=numbers.get(place),
            )
            for place, name in enumerate(names)
        ]
    )  # fmt: skip


def written(header, parted, cells, points="100", separator=",", bom=""):
    """Return a gradebook's bytes; `cells` has what stands in the assignment's column, by person."""
    head = header.split(",")
    column = head.index("Task (4711)")
    lines = [head, [POINTS, *[""] * (len(head) - 1)]]
    lines[1][column] = points
    for place, cell in cells.items():
        name = NAMES[place] if place < len(NAMES) else f"Unknown, U{place}"
        who = name.split(", ") if parted else [name]
        row = [*who, str(100 + place), *[""] * (len(head) - len(who) - 1)]
        for word, text in (("SIS User ID", f"x{place}"), ("SIS Login ID", f"s{place}")):
            if word in head:
                row[head.index(word)] = text
        row[head.index("Section")] = "A"
        row[column] = cell
        lines.append(row)
    quoted = [
        separator.join(f'"{cell}"' if separator in cell or "," in cell else cell for cell in line)
        for line in lines
    ]
    return (bom + "\n".join(quoted) + "\n").encode()


@pytest.fixture
def fill(tmp_path):
    def fill(data, scores, terms=None, known=None, named="", numbers=None):
        (tmp_path / "canvas.csv").write_bytes(data)
        sheet = Sheet.read(tmp_path / "canvas.csv")
        columns = of_canvas(sheet)
        column, _ = canvas.column_of(sheet, columns, "task", named)
        people = People(book(numbers or {place: str(100 + place) for place in range(len(NAMES))}))
        matches = match(canvas.people_of(sheet, columns), CANVAS, people, known or {})
        every = {one: graded(one, None, Status.NOT_SUBMITTED) for one in people.names} | scores
        return canvas.fill(sheet, column, matches, every, terms or Terms())

    return fill


def course(cells):
    """Return Canvas's own course, of which `written` shows the scores."""
    people = [
        (100 + place, " ".join(reversed(name.split(", "))), name, f"x{place}", f"s{place}")
        for place, name in enumerate([*NAMES, *(f"Unknown, U{n}" for n in range(len(NAMES), 9))])
    ]
    titles = {4711: "Task", 1: "Quiz 1", 2: "Quiz 2", 3: "Paper 1", 4: "Attendance 2"}
    scores = {(100 + place, 4711): cell for place, cell in cells.items() if cell != "N/A"}
    absent = {(100 + place, 4711) for place, cell in cells.items() if cell == "N/A"}
    return Course(people, titles, scores, absent)


def said(filling):
    """Return what our lines say becomes of each row: the number that is written, by Canvas's id."""
    return {
        100 + int(one.student[1:]): one.why.partition(",")[0]
        for one in filling.lines if one.fate == Fate.WRITTEN
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_canvas_takes_what_we_say_is_written_and_nothing_else(fill, form):
    header, parted = FORMS[form]
    random_ = random.Random(f"{sample_seed()} {form}")
    for _ in range(20):
        states = ["", "-", "EX", "N/A", "12.00", "93.50", "100.00"]
        cells = {place: random_.choice(states) for place in range(7)}
        scores = {
            f"s{place}": random_.choice(
                [
                    graded(f"s{place}", round(random_.uniform(0, 110), random_.choice([0, 1, 3]))),
                    graded(f"s{place}", None, Status.NOT_GRADED),
                    graded(f"s{place}", 40.0, Status.WAITS),
                    graded(f"s{place}", None, Status.NOT_SUBMITTED),
                    graded(f"s{place}", 0.0),
                ]
            )
            for place in range(len(NAMES))
        }
        mark = random_.choice([",", ";"])
        before = written(
            header,
            parted,
            cells,
            separator=mark,
            bom=random_.choice(["", "" if parted else "\ufeff"]),
        )
        filling = fill(before, scores)
        found = canvas_importer.upload(filling.data(), course(cells))
        assert {key[0]: new for key, new in found.scores.items()} == said(filling)
        assert (found.new_students, found.new_assignments) == (
            [],
            ["Comments"] if "Comments" in header else ["Notes"] if "Notes" in header else [],
        )
        if "Comments" not in header and "Notes" not in header:
            assert canvas_importer.upload(before, course(cells)).scores == {}


def test_all_but_the_named_cells_stays_byte_by_byte(fill):
    header, parted = FORMS["all columns"]
    before = written(header, parted, {0: "", 1: "EX"}, bom="\ufeff")
    after = fill(before, {"s0": graded("s0", 93.5), "s1": graded("s1", 50.0)}).data()
    assert after == before.replace(b",A,,,,,\n", b",A,,93.5,,,\n", 1)
    assert after != before


@pytest.mark.parametrize(
    ("cell", "score", "fate", "why", "lacks"),
    [
        ("EX", graded("s0", 50.0), Fate.KEPT, "Canvas excuses", False),
        ("ex", graded("s0", 50.0), Fate.KEPT, "Canvas excuses", False),
        ("N/A", graded("s0", 50.0), Fate.KEPT, "not assigned to the student", True),
        ("N/A", graded("s0", None, Status.NOT_SUBMITTED), Fate.KEPT, "not assigned", False),
        ("12", graded("s0", None, Status.NOT_GRADED), Fate.NO_SCORE,
         "not graded, the file has 12", False),
        ("", graded("s0", 7.0, Status.WAITS), Fate.NO_SCORE, "needs manual grade", False),
        ("9", graded("s0", None, Status.NEWER), Fate.NO_SCORE,
         "newer work not graded, the file has 9", False),
        ("12", graded("s0", None, Status.NOT_SUBMITTED), Fate.NOT_SUBMITTED,
         "the file has 12", False),
        ("50.00", graded("s0", 50.004), Fate.SAME, "50", False),
        ("50,00", graded("s0", 50.0), Fate.SAME, "50", False),
        ("-", graded("s0", 0.0), Fate.WRITTEN, "0, before: -", False),
        ("", graded("s0", 1234.567), Fate.WRITTEN, "1234.57, before: empty", False),
    ],
)  # fmt: skip
def test_a_cell_becomes(fill, cell, score, fate, why, lacks):
    header, parted = FORMS["the plainest"]
    filling = fill(written(header, parted, {0: cell}), {"s0": score})
    (line,) = [one for one in filling.lines if one.student == "s0"]
    assert (line.fate, line.lacks) == (fate, lacks)
    assert why in line.why
    assert bool(filling.cells) == (fate == Fate.WRITTEN)


def test_points_above_the_maximum_are_told_or_capped(fill):
    header, parted = FORMS["the plainest"]
    before = written(header, parted, {0: ""})
    filling = fill(before, {"s0": graded("s0", 107.5)})
    assert filling.cells.popitem()[1] == "107.5"
    assert filling.notes == [
        "1 of the scores are above the maximum of 100; Canvas takes them as they are. --cap writes "
        "the maximum."
    ]
    capped = fill(before, {"s0": graded("s0", 107.5)}, Terms(cap=True))
    assert (capped.cells.popitem()[1], capped.notes) == ("100", [])


def test_another_maximum_is_refused_until_somebody_says_what_then(fill):
    header, parted = FORMS["the plainest"]
    before, scores = written(header, parted, {0: ""}, points="10"), {"s0": graded("s0", 93.5)}
    with pytest.raises(
        RubricError, match=r"the maximum there is 10, .* gives 100 points. Say --sc"
    ):
        fill(before, scores)
    assert fill(before, scores, Terms(scale=True)).cells.popitem()[1] == "9.35"
    assert fill(before, scores, Terms(scale=False)).cells.popitem()[1] == "93.5"


@pytest.mark.parametrize(
    ("headings", "named", "told"),
    [
        (
            "Other (1),Paper (2)",
            "",
            "no column is 'task'. Say which: --column 'grade=Other (1)' or",
        ),
        ("Task 1 (1),Task 2 (2)", "", "2 columns may be 'task'. Say which: --column 'grade=Task 1"),
        ("Task (1),task (2)", "", "2 columns may be 'task'"),
        ("Task (1),Task (1)", "", "the column 'Task (1)' stands there twice"),
        ("Task,Other (2)", "", "the column 'task' has no id in parentheses"),
        ("Task,Other", "", "the column 'task' has no id in parentheses"),
        ("Paper,Other", "", "none has an id in parentheses"),
        ("Task (1)", "4712", "no column is '4712'"),
        ("Task Final Score (1)", "", "none has an id in parentheses"),
    ],
)
def test_a_column_that_is_not_clear_is_refused_with_the_choice(fill, headings, named, told):
    before = f"Student,ID,Section,{headings}\n{POINTS},,,100,100\n".encode()
    with pytest.raises(RubricError) as refused:
        fill(before, {}, named=named)
    assert told in str(refused.value)


@pytest.mark.parametrize("named", ["Week 3: Task (4711)", "4711"])
def test_a_column_may_be_named_by_its_heading_or_its_id(fill, named):
    before = f"Student,ID,Section,Task (1),Week 3: Task (4711)\n{POINTS},,,,100\nA,100,A,,\n"
    assert fill(before.encode(), {"s0": graded("s0", 5.0)}, named=named).cells == {(1, 4): "5"}


def test_a_column_that_canvas_only_reads_is_refused(fill):
    before = f"Student,ID,Section,Task (1)\n{POINTS},,,(read only)\nA,100,A,\n".encode()
    with pytest.raises(RubricError, match=r"line 2: the column 'Task \(1\)' is \(read only\)"):
        fill(before, {})


ROWS = {
    "the number of an import": (
        '"X, Y",777,A,', {"s3": Identity("canvas", "777", "e")}, {}, "s3", ""),
    "an import of another platform": (
        '"X, Y",777,A,', {"s3": Identity("moodle", "777", "e")}, {}, "", ""),
    "the LMS user id": ('"X, Y",102,A,', {}, None, "s2", ""),
    "the name": ('"Lovelace, Ada",777,A,', {}, {1: "5"}, "s0", ""),
    "the name, first name first": ("Ada Lovelace,777,A,", {}, {1: "5"}, "s0", ""),
    "a name of who has another number": (
        '"Lovelace, Ada",777,A,', {}, None, "", "s0, of this name, has another LMS user id"),
    "nobody": ('"Nobody, No",777,A,', {}, None, "", ""),
    "no name and no number": (",,A,", {}, None, "", ""),
    "two students of one number": (
        '"X, Y",5,A,', {}, {0: "5", 1: "5"}, "", "it may be s0 or s1"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_row_is_a_student_by(fill, case):
    row, known, numbers, student, why = ROWS[case]
    before = f"Student,ID,Section,Task (4711)\n{row}\n".encode()
    filling = fill(before, {student: graded(student, 5.0)} if student else {}, known=known,
                   numbers=numbers)  # fmt: skip
    line = filling.lines[0]
    unmatched = Fate.UNKNOWN if why else Fate.STRANGER
    assert (line.student, line.fate) == (student, Fate.WRITTEN if student else unmatched)
    assert student or line.why == why
    assert filling.complete == bool(student)


def test_two_rows_of_one_student_are_both_left(fill):
    before = b'Student,ID,Section,Task (4711)\n"A, B",100,A,\n"Lovelace, Ada",100,B,\n'
    filling = fill(before, {"s0": graded("s0", 5.0)})
    assert filling.cells == {}
    assert [one.why for one in filling.lines] == ["2 rows are s0", "2 rows are s0", "has 5 points"]
    assert filling.lines[2].fate == Fate.ABSENT


def test_rows_that_are_no_students_are_no_students(fill):
    before = (
        f"Student,ID,Section,Task (4711)\n,,,Manual Posting\n{POINTS},,,100\n"
        '"Lovelace, Ada",100,A,\n"Student, Test",9,A,\n,,,\n'
    ).encode()
    filling = fill(before, {"s0": graded("s0", 5.0)})
    assert [one.student for one in filling.lines] == ["s0"]
    assert filling.complete


def test_a_mark_before_last_names_which_canvas_does_not_read_is_told(fill):
    header, parted = FORMS["last and first names"]
    before = written(header, parted, {0: ""}, bom="\ufeff")
    assert "Canvas does not know the column LastName" in fill(before, {}).notes[0]
    with pytest.raises(canvas_importer.Invalid):
        canvas_importer.upload(before, course({0: ""}))


@pytest.mark.parametrize(
    "data", [b"Student\tID\tSection\tTask (4711)\n", b"Student,ID,Section,Task (4711),\xe9\n"]
)
def test_a_file_that_another_program_saved_is_told(fill, data):
    assert "Another program has saved the file" in fill(data, {}).notes[0]
