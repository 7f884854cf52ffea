"""A table of many exercises says less, and nothing that is cut."""

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from support.mixed import CONFIG, marked

from nbjudge.classrun import done
from nbjudge.classrun.adopted import adopt
from nbjudge.classrun.class_table import class_table
from nbjudge.classrun.handed_in import course_directory
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.recorded import recorded
from nbjudge.tables import as_text
from nbjudge.verdict import Verdict


def printed(number, width=80, name="cell-{:016x}", flags=("needs manual grade",)):
    """Return what is shown of two submissions with a number of exercises."""
    titles = [name.format(one) for one in range(number)]
    some = [
        SubmissionOutcome(
            student,
            Verdict.GRADED,
            dict.fromkeys(titles, 12.5),
            flags=list(flags),
            titles=dict(zip(titles, titles, strict=True)),
            total=12.5 * number,
        )
        for student in ("ada", "ben")
    ]
    text = as_text(*class_table(some, width), width=width)
    assert "…" not in text
    assert all(len(line.rstrip()) <= width for line in text.splitlines())
    return text


def test_what_fits_has_its_names():
    text = printed(5, name="Exercise {}: attention")
    assert "Exercise 4" in text
    assert "attention" not in text
    assert text.count("12.5 ") == 10


@pytest.mark.parametrize("number", [4, 8])
def test_where_names_do_not_fit_numbers_stand_above_the_scores(number):
    text = printed(number)
    assert text.count("12.5 ") == 2 * number
    told = " ".join(text.split("Exercises: ")[1].split())
    pairs = [f"{place} cell-{place - 1:016x}" for place in range(1, number + 1)]
    assert told == ", ".join(pairs) + "."


def test_where_no_scores_fit_the_totals_do():
    text = printed(40, width=120)
    assert "500" in text
    assert "12.5" not in text
    assert "40 exercises are too many columns." in text


def test_flags_are_folded_and_not_cut():
    text = printed(5, flags=("needs manual grade", "tested beside", "late", "graded before"))
    assert "tested" in text
    assert "graded before" in text or "before" in text
    assert text.count("12.5 ") == 10


def test_what_was_graded_before_has_the_order_of_the_notebook(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    cells = [marked(name, "", grade=True, locked=True, points=2) for name in ("zeta", "alpha")]
    for folder in ("source/week1", "submitted/ada/week1", "autograded/ada/week1"):
        (tmp_path / folder).mkdir(parents=True)
        nbformat.write(new_notebook(cells=cells), tmp_path / folder / "n.ipynb")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "mixed") as book:
        book.add_assignment("week1")
        book.add_notebook("n", "week1")
        for name in ("alpha", "zeta"):
            book.add_grade_cell(name, "n", "week1", max_score=2, cell_type="code")
        book.add_student("ada")
        book.add_submission("week1", "ada")
        for name in ("alpha", "zeta"):
            book.find_grade(name, "n", "week1", "ada").auto_score = 1
        book.db.commit()
    assert adopt(course_directory(configuration(tmp_path), tmp_path, "week1"), "week1").taken
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "mixed") as book:
        kept = done.remembered(book, "week1", ["ada"])["ada"].outcome
        now = recorded(book, "week1", ["ada"])["ada"]
    text = as_text(*class_table([SubmissionOutcome.remembered("ada", kept, now)], 80))
    assert text.index("zeta") < text.index("alpha")
