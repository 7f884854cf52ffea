"""Work is found wherever it stands in a notebook, or a person is told; no text is lost."""

import copy
import io

import nbformat
import pytest
from attention_samples import EXERCISES, SAMPLES
from support.judging import FULL, MASTER, SMALL, points, release, run
from support.way_in import ANSWERS, DOUBTS, FILES, FOUND, right, with_source

from nbjudge.notebook.head import NEEDS_A_PERSON, lines_on_top
from nbjudge.notebook.names import plain_lines
from nbjudge.notebook.repair import repair
from nbjudge.notebook.submission import NotGraded, read

RELEASE = release()


def repaired(notebook):
    made, mended = repair(MASTER, copy.deepcopy(notebook))
    nbformat.validate(made)
    for cell in made.cells:
        master = next((one for one in MASTER.cells if one.id == cell.id), None)
        if master is not None and master.metadata.get("nbgrader", {}).get("locked"):
            assert (cell.source, cell.metadata) == (master.source, master.metadata)
    return made, mended


def lost_lines(submitted, made):
    """The lines of a submission that stand nowhere in what is graded."""
    shown = {line.strip(" #") for cell in made.cells for line in plain_lines(cell.source)}
    handed_out = {line.strip(" #") for cell in RELEASE.cells for line in plain_lines(cell.source)}
    sent = {line.strip(" #") for cell in submitted.cells for line in plain_lines(cell.source)}
    return sent - shown - handed_out


@pytest.mark.parametrize("name", FOUND)
def test_work_is_found_and_earns_its_points(zygote, name):
    made, _ = repaired(FOUND[name])
    assert lines_on_top(made, NEEDS_A_PERSON) == []
    assert lost_lines(FOUND[name], made) == set()
    assert points(run(zygote, copy.deepcopy(FOUND[name]), SMALL)) == FULL


@pytest.mark.parametrize("name", DOUBTS)
def test_a_person_is_told_what_lies_where(name):
    notebook, told = DOUBTS[name]
    made, _ = repaired(notebook)
    assert any(told in line for line in lines_on_top(made, NEEDS_A_PERSON))
    assert lost_lines(notebook, made) == set()


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"not_a_notebook"}))
def test_nobody_is_asked_to_look_at_what_is_clear(name):
    submitted = SAMPLES[name](copy.deepcopy(RELEASE))
    made, _ = repaired(submitted)
    assert lines_on_top(made, NEEDS_A_PERSON) == []
    assert lost_lines(submitted, made) == set()


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_form_is_read(name):
    opened = io.BytesIO(FILES[name])
    opened.name = "attention.ipynb"
    made, mended = repaired(read(opened))
    assert {cell.id: cell.source for cell in made.cells if cell.id in EXERCISES} == ANSWERS
    # Letters that the encoding does not know are lost in the locked cells, too.
    assert list(mended) == (["changed"] if name in ("latin_1", "windows_1252") else [])


def test_letters_of_the_west_are_read_as_they_were_written():
    opened = io.BytesIO(FILES["windows_1252"])
    opened.name = "attention.ipynb"
    assert any("Zoé, s'il vous plaît" in cell.source for cell in read(opened).cells)


@pytest.mark.parametrize("content", [b"", b"\0" * 999, b"\xff\xfe\0", "é".encode("latin-1") * 99])
def test_what_is_no_notebook_in_any_encoding_is_refused(content):
    opened = io.BytesIO(content)
    opened.name = "attention.ipynb"
    with pytest.raises(NotGraded, match="is not a Jupyter notebook"):
        read(opened)


def test_an_untouched_placeholder_keeps_its_comments_where_the_work_stands_elsewhere():
    made, _ = repaired(FOUND["at_the_end"])
    texts = [cell.source for cell in made.cells if cell.id.startswith("student-")]
    (disarmed,) = [text for text in texts if "def dot_product_attention" in text]
    assert all(line.startswith("#") for line in disarmed.split("\n"))


def test_a_name_that_a_locked_cell_defines_may_be_another_ones():
    edited = with_source(right(), "dot_product-test", lambda source: source + "\nprint('here')")
    made, mended = repaired(edited)
    order = [cell.id for cell in made.cells]
    shown = made.cells[order.index("dot_product-test") - 1]
    assert "# print('here')" in shown.source
    assert mended == {"changed": ["dot_product-test"]}
