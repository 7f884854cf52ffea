"""One line that stops a cell costs no other exercise, and a person is told of it."""

import re

import pytest
from support.judging import (
    FULL,
    PATIENT,
    answer,
    points,
    release,
    run,
    solution,
    text_of,
    with_cells,
)

from nbjudge.notebook.head import NEEDS_A_PERSON, lines_on_top
from nbjudge.verdict import Verdict

IMPORTS = "import-required-libraries"
TEXTS = {cell.id: cell.source for cell in solution().cells}
NO_PACKAGE = "neither installed where submissions are graded"


def with_lines(cell, *lines, at_the_end=False):
    parts = [*lines, TEXTS[cell]]
    return answer(solution(), **{cell: "\n".join(parts[1:] + parts[:1] if at_the_end else parts)})


def told(judged):
    return lines_on_top(judged.notebook, NEEDS_A_PERSON)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("from google.colab import drive", NO_PACKAGE),
        ("from tqdm.auto import tqdm", NO_PACKAGE),
        ("import einops, torch", NO_PACKAGE),
        ("import subprocess; subprocess.run(['nvidia-smi'])", "sandbox of grading refuses"),
        ("import urllib.request as u; u.urlopen('http://x.org')", "sandbox of grading refuses"),
        ("open('/etc/passwd')", "sandbox of grading refuses"),
        ("name = input('Name? ')", "nobody can type one"),
        ("%unknown 3", "Line magic function `%unknown` not found"),
        ("1 / 0", "ZeroDivisionError (division by zero)"),
        ("import sys; sys.exit()", "SystemExit"),
        ("pip install torch", "cannot read it (invalid syntax)"),
        ("def broken(:", "cannot read it (invalid syntax)"),
        ("type Matrix = int", "This needs Python 3.12; grading runs Python 3."),
        ('d = {"a": 1}; print(f"{d["a"]}")', "This needs Python 3.12; grading runs Python 3."),
        ("t'{__name__}'", "This needs Python 3.14; grading runs Python 3."),
    ],
)
def test_a_line_of_the_import_cell_costs_nothing_and_is_told(zygote, line, reason):
    judged = run(zygote, with_lines(IMPORTS, "x = 1", line), limits=PATIENT)
    assert points(judged) == FULL
    (sentence,) = told(judged)
    assert re.match(r"Cell In \[\d\], line 2, ", sentence)
    assert f", `{line}`: " in sentence
    assert reason in sentence
    assert sentence.endswith("5 exercises need this cell. The rest of the cell was run.")
    (cell,) = [one for one in judged.notebook.cells if one.source.startswith("x = 1\n")]
    assert sentence in str(cell.outputs).replace("\\'", "'")  # where the student looks, too
    assert "Using device" in str(cell.outputs)
    assert judged.verdicts[cell.id] is Verdict.RAISED or line.startswith("%")


def test_several_lines_are_left_out_one_by_one(zygote):
    lines = "from google.colab import drive\ndrive.mount('/content')\nimport tqdm"
    judged = run(zygote, with_lines(IMPORTS, lines))
    assert points(judged) == FULL
    assert [re.search(r"line (\d)", one)[1] for one in told(judged)] == ["1", "2", "3"]


@pytest.mark.parametrize("stop", ["while True: pass", "import os; os._exit(3)"])
def test_imports_and_definitions_of_a_cell_that_a_limit_stops_are_kept(zygote, stop):
    judged = run(zygote, with_lines(IMPORTS, stop))
    assert points(judged) == FULL
    assert len(told(judged)) == 1
    assert "The rest of the cell was run" in told(judged)[0]


def test_a_cell_that_stops_again_ends(zygote):
    judged = run(zygote, with_lines(IMPORTS, "class A:\n    while True: pass"))
    assert len(told(judged)) == 2
    assert sum(points(judged).values()) < 110


def test_all_solutions_in_one_cell_of_the_students_own(zygote):
    notebook = release()
    together = "\n".join(TEXTS[name] for name in FULL)
    notebook = with_cells(
        answer(notebook, **dict.fromkeys(FULL, "# above")), f"import tqdm\n{together}"
    )
    judged = run(zygote, notebook)
    assert points(judged) == FULL
    assert NO_PACKAGE in told(judged)[0]


def test_a_package_that_is_lacking_in_a_solution_cell_is_told(zygote):
    judged = run(zygote, with_lines("scaled", "from jaxtyping import Float"))
    assert points(judged) == FULL
    assert "1 exercise needs this cell" in told(judged)[0]


def test_newer_syntax_in_a_solution_cell_is_told_and_a_wrong_one_is_not_guessed(zygote):
    newer = TEXTS["scaled"].replace("attention(", "attention[T](")
    broken = TEXTS["dot_product"].replace("values):", "values:")
    judged = run(zygote, answer(solution(), scaled=newer, dot_product=broken))
    (sentence,) = told(judged)
    assert "`def scaled_dot_product_attention[T](query" in sentence
    assert "This needs Python 3.12" in sentence
    assert points(judged)["scaled"] == 0


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1 / 0",  # a name that functions have as their own
        "output, weights = dot_product_attention(1, 2, 3)\nquery = output",
        "raise ValueError('mine')",
        "1 +",
    ],
)
def test_a_cell_that_no_exercise_needs_stops_as_in_jupyter(zygote, cell):
    judged = run(zygote, with_cells(solution(), f"{cell}\nprint('not reached')", before="scaled"))
    assert told(judged) == []
    assert "not reached" not in text_of(judged)


def test_a_solution_that_fails_at_its_end_costs_what_it_costs_in_jupyter(zygote):
    judged = run(
        zygote, with_lines("scaled", "print(scaled_dot_product_attention(1))", at_the_end=True)
    )
    assert points(judged) == FULL
    assert told(judged) == []


def test_the_stub_of_an_earlier_release_needs_nobody(zygote):
    judged = run(zygote, with_lines(IMPORTS, "x = 1", "raise NotImplementedError()"))
    assert points(judged) == FULL
    assert told(judged) == []


def test_cells_behind_it_keep_their_numbers(zygote):
    notebook = with_cells(with_lines(IMPORTS, "import tqdm"), "1 / 0", "len(In)")
    judged = run(zygote, notebook)
    own = [cell for cell in judged.notebook.cells if cell.source == "1 / 0"]
    assert f"In[{own[0].execution_count}]" in str(own[0].outputs[0].traceback)


def test_a_student_process_that_lies_about_its_line_only_asks_for_a_person(zygote):
    lie = (
        "import nbjudge.confined.cells as cells\n"
        "cells._line = lambda error: {line}\n"
        "cells.describe_exception = lambda error: dict(name='`x`' * 9999, text='<b>' * 9999)\n"
        "1 / 0\nlater = 1"
    )
    for line in ("-1", "10**30", "'x'", "None"):
        judged = run(zygote, with_lines(IMPORTS, lie.format(line=line)))
        assert len(told(judged)) <= 1
        assert all(len(sentence) < 1200 for sentence in told(judged))


def test_a_stub_gets_nothing_by_it(zygote):
    judged = run(zygote, answer(release(), **{IMPORTS: f"import tqdm\n{TEXTS[IMPORTS]}"}))
    assert set(points(judged).values()) == {0}
    assert len(told(judged)) == 1
