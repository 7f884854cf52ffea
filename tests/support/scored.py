"""A course whose gradebook has students and scores, written row by row: nothing is judged for it.

The rows are those that a class run writes; `tests/classrun` holds that what it writes is right.
"""

from datetime import datetime

from nbgrader.api import Gradebook

ASSIGNMENT = "attention"
CONFIG = """from nbjudge.nbgrader_ext.defaults import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "course"
"""


def course_with(folder, students, scores, points=100.0, due=None):
    """Write a course; `students` have columns of nbgrader's table by id, `scores` see `give`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    with book_of(folder) as book:
        book.add_assignment(ASSIGNMENT, duedate=due)
        book.add_notebook(ASSIGNMENT, ASSIGNMENT)
        for name, most in (("test", points), ("bonus", 0.0)):
            book.add_grade_cell(name, ASSIGNMENT, ASSIGNMENT, max_score=most, cell_type="code")
        for name, columns in students.items():
            book.add_student(name, **columns)
        for name, score in scores.items():
            give(book, name, **score)
    return folder


def give(book, student, points=None, bonus=0.0, waits=False, penalty=0.0, came=None):
    """Write a submission; `points` None is one that nobody has graded."""
    book.update_or_create_submission(ASSIGNMENT, student, timestamp=came or datetime(2026, 3, 1))
    work = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student)
    work.late_submission_penalty = penalty or None
    grades = {one.name: one for one in work.grades}
    grades["test"].auto_score, grades["test"].needs_manual_grade = points, waits or points is None
    grades["bonus"].auto_score = None if points is None else 0.0
    grades["bonus"].needs_manual_grade = False
    grades["bonus"].extra_credit = bonus or None
    book.db.commit()


def book_of(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "course")
