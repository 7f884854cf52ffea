"""A report is read from what lies in the course: the gradebook, and the folders beside it."""

from support.scored import ASSIGNMENT, book_of, course_with

from nbjudge.insight.reading import read_class
from nbjudge.insight.runs import unusual
from nbjudge.nbgrader_ext.graded_files import keep


def test_who_handed_in_again_since_is_told(tmp_path):
    course = course_with(tmp_path, {"ada": {}, "bob": {}}, {"ada": {"points": 7.0},
                                                            "bob": {"points": 8.0}})  # fmt: skip
    with book_of(course) as book:
        for name in ("ada", "bob"):
            folder = course / "submitted" / name / ASSIGNMENT
            folder.mkdir(parents=True)
            keep(book, ASSIGNMENT, name, folder)
        book.db.commit()
    assert unusual(read_class(course, ASSIGNMENT)) == []
    (course / "submitted/bob" / ASSIGNMENT / "data.csv").write_text("2")
    (found,) = unusual(read_class(course, ASSIGNMENT))
    assert found.what == "newer work not graded"
    assert "earlier work" in found.meaning
    assert [one.student for one in found.students] == ["bob"]
