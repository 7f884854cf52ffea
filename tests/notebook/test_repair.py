"""Whatever happened to a notebook, the student's solutions meet the master's tests."""

import copy

import nbformat
import pytest
from attention_samples import EXERCISES, SAMPLES, right_answers
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.course import ROOT
from support.mixed import marked

from nbjudge.notebook.master import read_master
from nbjudge.notebook.repair import describe, repair

MASTER = nbformat.read(ROOT / "source/attention/attention.ipynb", as_version=4)
RELEASE = nbformat.read(ROOT / "release/attention/attention.ipynb", as_version=4)


REGION = "### BEGIN SOLUTION\n{} = p[::-1]\n### END SOLUTION"


def by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def mended(who):
    submitted = SAMPLES[who](copy.deepcopy(RELEASE))
    return repair(MASTER, nbformat.reads(nbformat.writes(submitted), as_version=4))


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("perfect", []),
        ("empty", []),
        ("changed_test_cells", ["changed"]),
        ("skipped_test_cells", []),
        ("deleted_test_cells", ["missing"]),
        ("metadata_lost", ["recognised"]),
        ("duplicated_cells", ["copied"]),
        ("retyped_cells", ["retyped"]),
        ("moved_cells", ["moved"]),
    ],
)
def test_every_sample_is_mended_and_says_so(who, kinds):
    notebook, what = mended(who)
    nbformat.validate(notebook)
    assert list(what) == kinds
    assert len(describe(what)) == len(kinds)
    cells, masters = by_id(notebook), by_id(MASTER)
    for cell_id, master in masters.items():
        if master.metadata.get("nbgrader", {}).get("locked"):
            assert cells[cell_id].source == master.source
            assert cells[cell_id].metadata == master.metadata
    answers = (
        {} if who in ("empty", "changed_test_cells", "skipped_test_cells") else right_answers()
    )
    for cell_id, answer in answers.items():
        assert cells[cell_id].source == answer
        assert cells[cell_id].cell_type == "code"
    order = [cell.id for cell in notebook.cells]
    for name in EXERCISES:
        assert order.index(name) < order.index(f"{name}-test") < order.index(f"{name}-marks")


@pytest.mark.parametrize(
    "given",
    [
        new_markdown_cell("As before:\n```\nn = 3\n```", id="given"),
        new_code_cell("n = 3", id="given"),
        marked("given", "n = 3", locked=True),
    ],
    ids=["markdown", "code", "locked"],
)
def test_what_the_instructor_shows_is_nobodys_answer(given):
    solution = marked("n", "### BEGIN SOLUTION\nn = 3\n### END SOLUTION", solution=True)
    master = new_notebook(cells=[given, solution])
    handed_in = copy.deepcopy(master)
    handed_in.cells[1].source = "n = None  # YOUR CODE HERE"
    notebook, what = repair(master, handed_in)
    assert (by_id(notebook)["n"].source, what) == ("n = None  # YOUR CODE HERE", {})
    handed_in.cells[0].source = handed_in.cells[0].source.replace("3", "4")
    notebook, what = repair(master, handed_in)
    assert "found" in what


def test_a_given_line_stays_where_a_later_cell_gives_its_name_another_value():
    cells = [
        marked(name, f"p = {value}\n{name} = None\n{REGION.format(name)}", solution=True)
        for name, value in (("first", "'abc'"), ("second", "[1, 2]"))
    ]
    master = new_notebook(cells=cells)
    notebook, _ = repair(master, copy.deepcopy(master))
    assert by_id(notebook)["first"].source.startswith("p = 'abc'")


def test_a_solution_renamed_and_moved_to_a_cell_of_the_students_own_is_found():
    submitted = copy.deepcopy(RELEASE)
    cells = by_id(submitted)
    cells["scaled"].metadata = {"nbgrader": {"grade_id": "mine", "solution": True}}
    cells["scaled"].id = "mine"
    cells["scaled"].source = right_answers()["scaled"] + "\nbroken("
    notebook, what = repair(MASTER, submitted)
    assert what == {"recognised": ["scaled"]}
    assert by_id(notebook)["scaled"].source.endswith("broken(")


def test_a_missing_solution_is_put_back_as_the_skeleton_never_as_the_solution():
    submitted = copy.deepcopy(RELEASE)
    submitted.cells = [cell for cell in submitted.cells if cell.id != "scaled"]
    notebook, _ = repair(MASTER, submitted)
    assert by_id(notebook)["scaled"].source == by_id(RELEASE)["scaled"].source


def test_only_source_text_is_taken():
    submitted = copy.deepcopy(RELEASE)
    for cell in submitted.cells:
        cell.metadata["tags"] = ["skip-execution"]
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="100.0")]
    submitted.metadata["kernelspec"] = {"name": "evil", "display_name": "evil"}
    notebook, _ = repair(MASTER, submitted)
    assert notebook.metadata == MASTER.metadata
    for cell in notebook.cells:
        assert "tags" not in cell.metadata
        assert not cell.get("outputs")


def test_attached_pictures_stay_and_other_attachments_go():
    submitted = copy.deepcopy(RELEASE)
    note = nbformat.v4.new_markdown_cell("![x](attachment:x)")
    note.attachments = {"x": {"image/png": "AAAA", "image/svg+xml": "<svg onload=1>"}}
    submitted.cells.append(note)
    notebook, _ = repair(MASTER, submitted)
    assert notebook.cells[-1].attachments == {"x": {"image/png": "AAAA"}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
SOURCES = [
    "def dot_product_attention(:", "class SelfAttention: 0", "%%bash\nls", "!ls\nx = !pwd",
    "-" * 9999,
    "```python\ndef create_causal_mask(n): 0\n```", "x: int = y = 1", "\ufeffdevice = 0\r\n\0",
    *(cell.source for cell in (*RELEASE.cells, *MASTER.cells)), *right_answers().values(),
]  # fmt: skip
CELL = JSON | st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "odd"]) | JSON,
        "source": st.sampled_from(SOURCES) | JSON,
        "metadata": JSON | st.fixed_dictionaries({"nbgrader": JSON}),
        "id": st.sampled_from(["scaled", "scaled-marks", "mended", "student-0"]) | JSON,
        "attachments": JSON,
    },
)


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({}, optional={"cells": JSON | st.lists(CELL), "metadata": JSON}))
def test_no_notebook_makes_the_repair_raise(submitted):
    notebook, _ = repair(MASTER, submitted)
    nbformat.validate(notebook)
    assert {cell.id for cell in MASTER.cells if cell.metadata.get("nbgrader")} <= set(
        by_id(notebook)
    )


def test_what_is_done_to_a_mended_notebook_does_not_reach_the_master():
    before = nbformat.writes(MASTER)
    notebook, _ = mended("deleted_test_cells")
    notebook.metadata.kernelspec.name = "another"
    notebook.metadata.clear()
    for cell in notebook.cells:
        cell.metadata.get("nbgrader", {}).clear()
    assert nbformat.writes(MASTER) == before


def test_a_master_is_read_anew_when_its_file_changes(tmp_path):
    file = tmp_path / "attention.ipynb"
    nbformat.write(MASTER, file)
    first = read_master(file)
    assert read_master(file) is first
    nbformat.write(RELEASE, file)
    assert read_master(file) == nbformat.read(file, as_version=4) != first
