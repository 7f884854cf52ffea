"""What is read of a master, what of it students have, which names its cells define and use."""

import nbformat
import pytest
from support.mixed import marked

from nbjudge.notebook.master import (
    Conventions,
    functions,
    only_defines,
    read_master,
    used_names,
    visible_text,
)
from nbjudge.notebook.repair import repair

SCHEME = "Draw.\n\n### BEGIN MARK SCHEME\nsecret\n### END MARK SCHEME\nThen go on."
TASK = {"kind": "markdown", "task": True, "locked": True, "points": 1}
ANSWER = {"kind": "markdown", "solution": True, "grade": True, "points": 1}


def read(folder, *cells, **conventions):
    file = folder / "master.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), file)
    return read_master(file, Conventions(**conventions))


@pytest.mark.parametrize(
    "scheme",
    [
        "### BEGIN MARK SCHEME\nsecret\n### END MARK SCHEME",
        "### BEGIN MARK SCHEME\nsecret",  # never closed
        "text\n<!-- BEGIN MARK SCHEME -->\nsecret\n\nsecret\n<!-- END MARK SCHEME -->\ntext",
        "### BEGIN MARK SCHEME\nsecret\n### END MARK SCHEME\n\n"
        "### BEGIN MARK SCHEME\nsecret\n### END MARK SCHEME",
    ],
)
def test_a_mark_scheme_is_not_even_read(tmp_path, scheme):
    master = read(tmp_path, marked("task", f"Draw.\n{scheme}", **TASK))
    assert "secret" not in master.cells[0].source
    assert master.cells[0].source.startswith("Draw.")


@pytest.mark.parametrize(
    ("written", "handed_out"),
    [
        ("Because.", "Write here."),
        ("Why?\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION\nEnd.", "Why?\nWrite here.\nEnd."),
        ("Why?\n  ### BEGIN SOLUTION\nBecause.", "Why?\n  Write here."),
    ],
)
def test_a_model_answer_is_not_even_read_and_never_put_back(tmp_path, written, handed_out):
    cell = marked("why", written, **ANSWER)
    cell.attachments = {"answer.png": {"image/png": "AAAA"}}
    master = read(tmp_path, cell, answer="Write here.")
    notebook, mended = repair(master, nbformat.v4.new_notebook())
    assert mended == {"missing": ["why"]}
    answer = notebook.cells[-1]
    assert answer.source == handed_out
    assert "attachments" not in answer


def test_pictures_of_a_question_and_of_an_answer_stay(tmp_path):
    question = marked("rules", "![x](attachment:x.png)", "markdown", locked=True)
    question.attachments = {"x.png": {"image/png": "AAAA"}}
    master = read(tmp_path, question, marked("why", "Because.", **ANSWER))
    submitted = nbformat.v4.new_notebook(cells=[question, marked("why", "![y](attachment:y)")])
    submitted.cells[1].cell_type = "markdown"
    submitted.cells[1].attachments = {"y": {"image/png": "BBBB", "text/html": "<script>"}}
    notebook, _ = repair(master, submitted)
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["rules"].attachments == {"x.png": {"image/png": "AAAA"}}
    assert cells["why"].attachments == {"y": {"image/png": "BBBB"}}


def test_an_untouched_task_is_not_changed_and_a_changed_one_is(tmp_path):
    master = read(tmp_path, marked("task", SCHEME, **TASK))
    for text, changed in (("Draw.\n\nThen go on.", False), ("Draw nothing.", True)):
        submitted = nbformat.v4.new_notebook(cells=[marked("task", text, **TASK)])
        _, mended = repair(master, submitted)
        assert mended == ({"changed": ["task"]} if changed else {})


def test_a_courses_own_markers_are_read_as_nbgraders(tmp_path):
    markers = ("# TESTS(", "# )TESTS", "<notes>", "</notes>", "# ANSWER(", "# )ANSWER")
    test = marked("f-test", "f()\n# TESTS(\nsecret = 1\n# )TESTS", grade=True, points=1)
    master = read(
        tmp_path,
        marked("f", "def f():\n    # ANSWER(\n    return 1\n    # )ANSWER", solution=True),
        test,
        marked("task", "Draw.\n<notes>\nsecret\n</notes>", **TASK),
        markers=markers,
    )
    seen = [visible_text(cell) for cell in master.cells]
    assert seen == ["def f():\n    pass  # YOUR CODE HERE", "f()", "Draw."]
    compile(master.cells[1].source, "the hidden test still runs", "exec")
    assert "secret = 1" in master.cells[1].source


CODE = {"solution": True}


def test_a_stub_of_the_course_and_of_a_cell_is_what_students_have(tmp_path):
    cell = marked("g", "### BEGIN SOLUTION\nk = 1\n### END SOLUTION", **CODE)
    cell.metadata["nbjudge"] = {"stub": True}
    plain = marked("h", "### BEGIN SOLUTION\nk = 1\n### END SOLUTION", **CODE)
    master = read(tmp_path, marked("f", "def f():\n    return 1", **CODE), cell, plain, stub="...")
    shown = ["...", "...", "k = None  # YOUR CODE HERE"]
    assert [visible_text(cell) for cell in master.cells] == shown
    notebook, _ = repair(master, nbformat.v4.new_notebook())
    assert [cell.source for cell in notebook.cells[-3:]] == shown


@pytest.mark.parametrize("markers", ["BEGIN SOLUTION", "END SOLUTION"], ids=["unclosed", "stray"])
def test_markers_that_do_not_pair_up_show_nothing_and_stop_no_grading(tmp_path, markers):
    master = read(tmp_path, marked("f", f"### {markers}\nsecret = 1", **CODE))
    assert visible_text(master.cells[0]) == "# YOUR CODE HERE\nraise NotImplementedError()"
    repair(master, nbformat.v4.new_notebook())


def test_header_and_footer_stand_around_the_master(tmp_path):
    old = nbformat.v4.new_notebook(cells=[marked("top", "Read this.", "markdown", locked=True)])
    old.cells[0].id = "another"
    end = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("end = True")])
    master = read(
        tmp_path,
        marked("task", SCHEME, **TASK),
        header=nbformat.writes(old),
        footer=nbformat.writes(end),
    )
    assert [cell.id for cell in master.cells[:2]] == ["top", "task"]
    assert master.cells[2].source == "end = True"


CELL = """
def attend(query, keys):
    first = torch.ones(3)
    return [helper(one, first) for one in keys]
class Layer(Base):
    size = 1
    def forward(self, x): return other(self.size, x)
result = attend(given)
"""


def test_a_functions_own_names_are_not_used_from_the_notebook():
    used = {"torch", "helper", "Base", "other", "attend", "given"}
    assert used_names(CELL) == used
    assert functions(CELL) == {"attend", "Layer"}


@pytest.mark.parametrize("source", ["%time attend(given)", "attend(given", "x = !ls given attend"])
def test_of_what_is_not_plain_python_every_word_counts(source):
    assert used_names(source) >= {"attend", "given"}
    assert not only_defines(source)


def test_a_cell_that_only_defines_calls_nothing():
    assert only_defines("import torch\ndef attend(): loop()\nclass Layer: pass")
    assert not only_defines("def attend(): loop()\nattend()")
