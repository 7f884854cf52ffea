"""Which file of a submission is graded, and what is told of the others."""

import nbformat
import pytest
from attention_samples import EXERCISES
from support.course import ROOT
from support.judging import MASTER, release
from support.way_in import ANSWERS, right, with_source

from nbjudge.notebook.arrival import arrived
from nbjudge.notebook.head import LEFT_OUT, NEEDS_A_PERSON, lines_on_top
from nbjudge.notebook.submission import read

SOURCE = ROOT / "source/attention"
NAME = "attention.ipynb"


def graded(folder, named, **others):
    """Put notebooks and texts into a folder; return what is graded, and what stands on top."""
    for name, content in {NAME: named, **others}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content)
        else:
            nbformat.write(content, path)
    with (folder / NAME).open("rb") as file:
        notebook, _ = arrived(MASTER, read(file), folder / NAME, SOURCE)
    nbformat.validate(notebook)
    answers = {cell.id: cell.source for cell in notebook.cells if cell.id in EXERCISES}
    done = sorted(name for name, text in answers.items() if text == ANSWERS[name])
    return done, *(lines_on_top(notebook, kind) for kind in (NEEDS_A_PERSON, LEFT_OUT))


def only(*names):
    notebook = release()
    for name in names:
        with_source(notebook, name, lambda _, name=name: ANSWERS[name])
    return notebook


@pytest.mark.parametrize(
    "copy",
    ["attention-Copy1.ipynb", "attention (1).ipynb", "Untitled.ipynb", "Attention.ipynb",
     "attention.IPYNB", "mine/attention.ipynb", "attention/attention.ipynb"],
)  # fmt: skip
def test_the_copy_with_the_work_is_graded_and_a_person_is_told(tmp_path, copy):
    done, doubts, left = graded(tmp_path, release(), **{copy: right()})
    assert done == sorted(EXERCISES)
    assert doubts == [
        f"attention.ipynb is as it was handed out, so {copy} was graded in its place. Look whether "
        "that is what the student means to hand in."
    ]
    assert left == [f"attention.ipynb: another notebook, {copy} was graded."]


def test_the_notebook_with_the_name_counts_where_both_hold_work(tmp_path):
    done, doubts, left = graded(tmp_path, only("scaled"), **{"old.ipynb": only("dot_product")})
    assert done == ["scaled"]
    assert doubts == ["attention.ipynb was graded, and old.ipynb holds other work in dot_product."]
    assert left == ["old.ipynb: another notebook, attention.ipynb was graded."]


def test_an_equal_or_an_empty_copy_needs_nobody(tmp_path):
    done, doubts, left = graded(
        tmp_path, right(), **{"attention-Copy1.ipynb": right(), "empty.ipynb": release()}
    )
    assert (done, doubts, len(left)) == (sorted(EXERCISES), [], 2)


def test_of_several_copies_the_one_with_most_work_counts(tmp_path):
    done, doubts, _ = graded(
        tmp_path, release(), **{"a.ipynb": only("scaled"), "b.ipynb": only("scaled", "multi_head")}
    )
    assert done == ["multi_head", "scaled"]
    assert len(doubts) == 1
    other = only("scaled", "multi_head")
    with_source(other, "scaled", lambda text: f"{text}\n# later")
    _, doubts, _ = graded(tmp_path, release(), **{"c.ipynb": other})
    assert "b.ipynb was graded, and c.ipynb holds other work in scaled." in doubts


def test_a_damaged_copy_and_what_tools_keep_are_no_work(tmp_path):
    done, doubts, left = graded(
        tmp_path, release(),
        **{"x.ipynb": "%PDF", ".ipynb_checkpoints/attention-checkpoint.ipynb": right()},
    )  # fmt: skip
    assert (done, doubts) == ([], [])
    assert left == ["x.ipynb: it cannot be read as a notebook."]


def test_work_in_other_files_is_named(tmp_path):
    _, doubts, _ = graded(
        tmp_path, release(), **{"work.py": ANSWERS["scaled"], "\x1b[2Jphoto.jpg": "", "n.txt": ""}
    )
    assert doubts == [
        "work.py defines scaled_dot_product_attention, and attention.ipynb does not.",
        "attention.ipynb holds no work, and beside it lies ?[2Jphoto.jpg, n.txt, work.py.",
    ]


def test_files_beside_the_work_are_nobodys_business(tmp_path):
    _, doubts, _ = graded(tmp_path, only("scaled"), **{"helper.py": "x = 1", "photo.jpg": ""})
    assert doubts == []
