"""Columns are found by their headings in each language that has a source, else by their content."""

import pytest

from nbjudge.course import RubricError
from nbjudge.platforms import headings
from nbjudge.platforms.headings import of_canvas, of_moodle
from nbjudge.platforms.sheet import Sheet

LANGUAGES = headings._moodle()
# As Moodle writes them, in its order; a worksheet has either a maximum or a scale.
ORDER = ("identifier", "name", "email", "status", "grade", "maximum", "changeable", "submitted",
         "graded", "comments")  # fmt: skip
ROWS = [
    "Participant 17,Ana,ana@example.org,Submitted,,100,Yes,-,-,",
    "Participant 5,Bo,bo@example.org,Submitted,81.5,100,Yes,-,-,",
]


@pytest.fixture
def sheet(tmp_path):
    """Write a header and rows, and read them."""

    def sheet(header, *rows):
        (tmp_path / "sheet.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return Sheet.read(tmp_path / "sheet.csv")

    return sheet


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worksheet_is_understood_in_its_language(sheet, language):
    row = LANGUAGES[language]
    words = [word for word in ORDER if row[word]]
    found = of_moodle(sheet(",".join(row[word] for word in words), *ROWS))
    assert found.language == language
    assert dict(found.places) == {word: place for place, word in enumerate(words)}
    assert found.guessed == ()
    assert found.words() == {"yes": row["yes"], "no": row["no"]}


def test_the_case_of_older_versions_does_not_matter(sheet):
    found = of_moodle(sheet("Identifier,Grade,Maximum Grade,Last modified (grade)", "P 1,,100,-"))
    assert found.places["maximum"] == 2


def test_a_worksheet_in_no_known_language_is_read_by_its_content(sheet):
    found = of_moodle(sheet("a,b,c,d,e,f,g,h,i,j", *ROWS))
    assert found.language == ""
    assert dict(found.places) == {
        "identifier": 0, "grade": 4, "maximum": 5, "graded": 8, "comments": 9}  # fmt: skip
    assert set(found.guessed) == set(found.places)


def test_what_a_person_says_wins_and_is_no_guess(sheet):
    found = of_moodle(sheet("a,b,c,d,e,f,g,h,i,j", *ROWS), {"grade": "b", "graded": "h"})
    assert (found.places["grade"], found.places["graded"]) == (1, 7)
    assert set(found.guessed) == {"identifier", "maximum", "comments"}


def test_what_a_person_says_wins_over_a_heading_that_is_known(sheet):
    found = of_moodle(
        sheet("Identifier,Grade,Points,Last modified (grade)", "P 1,,,-"), {"grade": "Points"}
    )
    assert (found.places["grade"], found.language, found.guessed) == (2, "en", ())


@pytest.mark.parametrize(
    ("header", "rows", "named", "told"),
    [
        ("x,y", ["1,2"], {}, "no column is known to be the grade .*--column 'grade=y'"),
        ("x,y", [], {}, "no column is known to be the identifier"),
        ("Identifier,Grade", ["P 1,"], {}, "the time when the grade was last changed"),
        ("Identifier,Grade,Grade,Last modified (grade)", ["P 1,,,-"], {}, "'Grade' stands there"),
        ("a,b", ["1,2"], {"grade": "Punkte"}, "'Punkte' is the grade, and the file has no column"),
        ("a,b,b", ["1,2,3"], {"grade": "b"}, "the file has 2 columns of that name"),
        ("a,b", ["P 1,x", "P 1,y"], {}, "the identifier"),
    ],
)
def test_what_is_unclear_is_refused(sheet, header, rows, named, told):
    with pytest.raises(RubricError, match=told):
        of_moodle(sheet(header, *rows), named)


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("Student,ID,Section,Task (1)", {"name": 0, "id": 1, "section": 2}),
        ("Student,ID,SIS Login ID,Section,Task", {"name": 0, "id": 1, "login": 2, "section": 3}),
        ("Student,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section,A (1)",
         {"name": 0, "id": 1, "sis": 2, "login": 3, "section": 6}),
        ("LastName,FirstName,ID,SIS Login ID,Section,Assignment 1",
         {"last": 0, "first": 1, "id": 2, "login": 3, "section": 4}),
    ],
)  # fmt: skip
def test_a_gradebook_of_canvas_says_who_a_student_is(sheet, header, places):
    assert dict(of_canvas(sheet("\ufeff" + header)).places) == places


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Student,ID,Section", "begins with the columns Student and ID"),
        ("Name,Number,Section,Task (1)", "and this file with Name, Number, Section"),
        ("ID,Student,Section,Task (1)", "begins with the columns Student and ID"),
        ("LastName,FirstName,ID,Section", "begins with the columns Student and ID"),
        ("Student,ID,Task (1),Task (2)", "the column Section is missing"),
    ],
)
def test_what_canvas_would_call_an_invalid_header_is_refused(sheet, header, told):
    with pytest.raises(RubricError, match=told):
        of_canvas(sheet(header))
