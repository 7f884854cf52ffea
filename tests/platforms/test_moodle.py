"""What we say becomes of Moodle's worksheet is what Moodle's importer does with what we write.

The importer is `support.platforms.moodle_importer`, Moodle's rules written again. The forms are
those of the files in moodle `mod/assign/feedback/offline/tests/fixtures/`, and of other sites.
"""

import csv
import io
import random
import zipfile
from types import SimpleNamespace

import pytest
from support.platforms import moodle_importer
from support.platforms.moodle_importer import Participant
from support.sampling import sample_seed

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.scores import Score, Status
from nbjudge.platforms import headings, moodle
from nbjudge.platforms.entries import MOODLE
from nbjudge.platforms.feedback_zip import feedback_zip
from nbjudge.platforms.filling import Fate, Terms
from nbjudge.platforms.headings import of_moodle
from nbjudge.platforms.identities import Identity
from nbjudge.platforms.people import People
from nbjudge.platforms.rows import match
from nbjudge.platforms.sheet import Sheet

NAMES = [
    "Ada Lovelace",
    "Ana-Lucía Müller",
    "小明 陈",
    "ليلى حداد",
    "Séamus O'Brien",
    "X =1+1",
    "A B",
]
MARKERS = ("Marker 1", "Marker 2")
PLAIN = ("identifier", "name", "email", "status", "grade", "maximum", "changeable", "submitted",
         "graded", "comments")  # fmt: skip
# Our words for columns in order, or a heading that is none of ours.
FORMS = {
    "the plainest": ("identifier", "grade", "maximum", "graded", "comments"),
    "as most sites": PLAIN,
    "with markers": (*PLAIN[:4], *MARKERS, *PLAIN[4:6], "Marking workflow state", "changeable",
                     "submitted", "Online text", "graded", "comments", "Marker 1 comment"),
    "without comments": PLAIN[:-1],
    "blind": tuple(one for one in PLAIN if one not in ("name", "email")),
    "with ids": (*PLAIN[:3], "login", "number", "group", *PLAIN[3:]),
}  # fmt: skip
LANGUAGES = headings._moodle()


def graded(name, points, status=Status.GRADED, **more):
    return Score(name, status, points, 100.0, **more)


def people(names=NAMES):
    """Return students as nbgrader's gradebook has them: no number of Moodle's."""
    return SimpleNamespace(
        students=[
            SimpleNamespace(id=f"s{place}", first_name=name.split()[0], last_name=name.split()[1],
                            email=f"s{place}@example.org", lms_user_id=None)
            for place, name in enumerate(names)
        ]
    )  # fmt: skip


def worksheet(form, states, language="en", separator=",", quoting=csv.QUOTE_ALL, bom="\ufeff"):
    """Return a worksheet's bytes; `states` has grade, comment and whether it is locked."""
    words, row = FORMS[form], LANGUAGES[language]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\n")
    writer.writerow([row.get(word, word) for word in words])
    for place, (grade, comment, locked) in states.items():
        cells = {
            "identifier": f"Participant {9000 + place}", "name": NAMES[place],
            "email": f"s{place}@example.org", "login": f"s{place}", "grade": grade,
            "maximum": "100.00", "changeable": row["no" if locked else "yes"],
            "submitted": "-", "graded": "-", "comments": comment, "status": "Submitted - ",
        }  # fmt: skip
        writer.writerow([cells.get(word, "") for word in words])
    return (bom + out.getvalue()).encode()


@pytest.fixture
def fill(tmp_path):
    def fill(data, scores, terms=None, known=None, named=None):
        (tmp_path / "moodle.csv").write_bytes(data)
        sheet = Sheet.read(tmp_path / "moodle.csv")
        columns = of_moodle(sheet, named)
        everybody = People(people())
        known = {f"s{place}": Identity(MOODLE, str(9000 + place), "") for place in range(7)} \
            if known is None else known  # fmt: skip
        matches = match(moodle.people_of(sheet, columns), MOODLE, everybody, known)
        every = {one: graded(one, None, Status.NOT_SUBMITTED) for one in everybody.names} | scores
        return moodle.fill(sheet, columns, matches, every, terms or Terms())

    return fill


def written(filling):
    """Return the numbers that our lines say are new, by participant; not "as before"."""
    return {
        9000 + int(one.student[1:]): float(one.why.partition(",")[0])
        for one in filling.lines
        if one.fate == Fate.WRITTEN and "as before" not in one.why
    }


@pytest.mark.parametrize("form", FORMS)
def test_moodle_takes_what_we_say_is_written_and_skips_nothing_of_it(fill, form):
    random_ = random.Random(f"{sample_seed()} {form}")
    for _ in range(20):
        states = {
            place: (
                random_.choice(["", "50.00", "50,00", "100.00"]),
                random_.choice(["", "by a person", "<p>nbjudge: 3 of 100 points.</p>"]),
                "changeable" in FORMS[form] and random_.random() < 0.2,
            )
            for place in range(len(NAMES))
        }
        scores = {
            f"s{place}": random_.choice(
                [
                    graded(f"s{place}", round(random_.uniform(0, 115), random_.choice([0, 1, 5]))),
                    graded(f"s{place}", 50.0, bonus=3.0, penalty=2.0),
                    graded(f"s{place}", None, Status.NOT_GRADED),
                    graded(f"s{place}", 40.0, Status.WAITS),
                ]
            )
            for place in range(len(NAMES))
        }
        there = {
            9000 + place: Participant(
                float(grade.replace(",", ".")) if grade else None,
                comment if "comments" in FORMS[form] else "",
                locked,
            )
            for place, (grade, comment, locked) in states.items()
        }
        mark = random_.choice(",;\t")
        filling = fill(worksheet(form, states, separator=mark), scores)
        found = moodle_importer.upload(filling.data(), there, 100.0, separator=mark)
        assert found.grades == written(filling)
        assert set(found.skipped.values()) <= {"the same", "no value"}
        column = FORMS[form].index("comments") if "comments" in FORMS[form] else None
        assert set(found.comments) == {
            9000 + row for row, place in filling.cells if place == column
        }
        assert all(there[number].comment != "by a person" for number in found.comments)
        told = {one.student: one for one in filling.lines if one.fate == Fate.KEPT}
        for student, one in told.items():
            assert one.lacks == (there[9000 + int(student[1:])].grade != scores[student].points)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worksheet_of_each_language_is_filled_and_taken_in_it(fill, language):
    row = LANGUAGES[language]
    locked = bool(row["changeable"])
    form = "as most sites" if locked else "the plainest"
    before = worksheet(form, {0: ("", "", False), 1: ("", "", locked)}, language)
    filling = fill(before, {f"s{place}": graded(f"s{place}", 81.25) for place in (0, 1)})
    words = moodle_importer.WORDS | {word: row[word] for word in ("grade", "identifier", "graded",
                                                                  "comments")}  # fmt: skip
    there = {9000: Participant(), 9001: Participant(locked=locked)}
    found = moodle_importer.upload(filling.data(), there, 100.0, words)
    assert found.grades == {9000: 81.25} | ({} if locked else {9001: 81.25})


def test_all_but_grade_and_comment_stays_byte_by_byte(fill):
    before = worksheet("as most sites", {0: ("", "", False), 1: ("7.00", "mine", False)})
    after = fill(before, {"s0": graded("s0", 93.5)}).data()
    new = b'"93.5","100.00","Yes","-","-","<p>nbjudge: 93.5 of 100 points.</p>"'
    assert after == before.replace(b'"","100.00","Yes","-","-",""', new, 1) != before


def test_a_grade_above_the_maximum_is_never_written_without_cap(fill):
    before = worksheet("as most sites", {0: ("", "", False)})
    filling = fill(before, {"s0": graded("s0", 107.5, bonus=10.0)})
    assert (filling.cells, filling.complete) == ({}, False)
    assert "107.5 is above Moodle's maximum, 100: --cap" in filling.lines[0].why
    capped = fill(before, {"s0": graded("s0", 107.5, bonus=10.0)}, Terms(cap=True))
    assert capped.cells[0, 4] == "100"
    assert capped.complete


@pytest.mark.parametrize(("points", "scale", "own"), [(107.5, None, "107.5"), (90.0, None, "90"),
                                                      (107.5, True, "107.5")])  # fmt: skip
def test_a_locked_grade_is_told_with_the_students_own_score_and_never_the_capped_one(
    fill, points, scale, own
):
    before = worksheet("as most sites", {0: ("", "", True)})
    filling = fill(before, {"s0": graded("s0", points)}, Terms(cap=True, scale=scale))
    assert (filling.cells, filling.complete) == ({}, False)
    assert filling.lines[0].why == f"locked in Moodle; the score is {own}"


def test_what_was_changed_in_moodle_since_is_skipped_there_and_told_here(fill):
    filling = fill(worksheet("as most sites", {0: ("", "", False)}), {"s0": graded("s0", 5.0)})
    there = {9000: Participant(grade=7.0, changed=True)}
    assert moodle_importer.upload(filling.data(), there, 100.0).skipped == {9000: "changed"}
    assert "Upload it soon: Moodle skips a grade that was changed there" in filling.notes[0]


def test_a_zero_is_written_and_told(fill):
    filling = fill(worksheet("as most sites", {0: ("", "", False)}), {"s0": graded("s0", 0.0)})
    assert filling.cells[0, 4] == "0"
    assert "Where Moodle does not take the 0, enter it there" in filling.lines[0].why


@pytest.mark.parametrize("cell", ["50.00", "50,00", "50"])
def test_a_grade_that_moodle_has_stays_as_it_is_written(fill, cell):
    before = worksheet("as most sites", {0: (cell, "", False)})
    filling = fill(before, {"s0": graded("s0", 50.0)}, Terms(comments=False))
    assert (filling.data(), filling.lines[0].fate) == (before, Fate.SAME)


def test_comments_may_be_left_out(fill):
    before = worksheet("as most sites", {0: ("", "", False)})
    filling = fill(before, {"s0": graded("s0", 5.0)}, Terms(comments=False))
    assert filling.cells == {(0, 4): "5"}


def test_a_comment_says_points_bonus_and_penalty():
    assert moodle.comment(graded("s", 90.25, bonus=6.0, penalty=10.0)) == (
        "<p>nbjudge: 90.25 of 100 points. 6 points of the work are a bonus. 10 points are taken "
        "off because it came late.</p>"
    )


@pytest.mark.parametrize(
    ("separator", "encoding", "told"),
    [(";", "utf-8", "the encoding is UTF-8, the separator semicolon"),
     (",", "cp1252", "the encoding is CP1252, the separator comma")],
)  # fmt: skip
def test_what_moodle_will_ask_is_told(fill, separator, encoding, told):
    text = worksheet("as most sites", {1: ("", "", False)}, separator=separator, bom="").decode()
    assert told in fill(text.encode(encoding), {}).notes[-1]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Identifier,Grade,Scale,Last modified (grade)\nParticipant 1,,A B,-\n", "by a scale"),
        ("Identifier,Grade,Last modified (grade)\nAda,,-\n", "line 2: 'Ada' ends with no number"),
        ("Identifier,Grade,Last modified (grade)\nP 1,,-\nP 1,,-\n", "participant 1 stands in"),
        ("Identifier,Grade,Last modified (grade)\nP 1,\n", "line 2: the row has 2 cells"),
        ("Identifier,Grade,Maximum grade,Last modified (grade)\nParticipant 9000,,10,-\n",
         "the maximum there is 10, and the assignment gives 100 points. Say --scale"),
    ],
)  # fmt: skip
def test_a_file_that_moodle_would_misread_is_refused(fill, data, told):
    with pytest.raises(RubricError) as refused:
        fill(data.encode(), {"s0": graded("s0", 5.0)})
    assert told in str(refused.value)


HEAD = "Identifier,Full name,Email address,Grade,Last modified (grade)"
ROWS = {
    "an import of this assignment": ("Participant 9,X Y,,,-", {"s4": "9"}, "s4"),
    "the e-mail, whatever its case": ("Participant 1,X Y,S2@Example.org,,-", {}, "s2"),
    "the name": ("Participant 1,Ada Lovelace,,,-", {}, "s0"),
    "the e-mail before the name": ("Participant 1,Ada Lovelace,s1@example.org,,-", {}, "s1"),
    "the name, with another e-mail": ("Participant 1,Ada Lovelace,other@example.org,,-", {}, ""),
    "nobody": ("Participant 1,No Body,,,-", {}, ""),
    "a number of another assignment": ("Participant 9,No Body,,,-", {}, ""),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_is_a_student_by(fill, case):
    row, known, student = ROWS[case]
    known = {one: Identity(MOODLE, number, "") for one, number in known.items()}
    score = {student: graded(student, 5.0)} if student else {}
    filling = fill(f"{HEAD}\n{row}\n".encode(), score, known=known)
    assert filling.lines[0].student == student
    assert filling.complete == bool(student)


def test_the_feedback_is_a_zip_as_moodle_reads_it(tmp_path):
    page = tmp_path / "week1.html"
    page.write_text("<p>well done</p>")
    names = [("Ada_Lovelace", "1"), ("../../etc/passwd", "2"), ("", "3"), (".hidden", "4"),
             ("李 雷", "5"), ("a\\b:c\x00d", "6")]  # fmt: skip
    data = feedback_zip([(name, number, page) for name, number in names])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = archive.namelist()
        assert {archive.read(one) for one in found} == {b"<p>well done</p>"}
    # Moodle: the first part of this form decides; neither a dot nor a tilde may begin it.
    for where in found:
        folder, file = where.split("/")
        name, number, kind, plugin = folder.split("_")
        assert (kind, plugin, file) == ("assignsubmission", "file", "week1.html")
        assert number.isdigit()
        assert name
        assert not name.startswith((".", "~"))
    assert sorted(one.split("_")[1] for one in found) == ["1", "2", "3", "4", "5", "6"]
    assert data == feedback_zip([(name, number, page) for name, number in reversed(names)])
