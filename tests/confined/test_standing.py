"""Stand-ins belong to one exercise, and a notebook knows that it is graded."""

import pytest
import torch
from support.judging import SMALL
from torch import nn

from nbjudge.confined.calls import Calls
from nbjudge.process.session import Session

TABLE = ["table", [[[2], torch.ones(2)]]]


@pytest.fixture
def notebook():
    """What a notebook defined."""
    names = {"nn": nn, "torch": torch}
    exec(
        "def size(n): return torch.zeros(n)\n"
        "def use(n): return size(n)\n"
        "def make(): return nn.Sequential(nn.Linear(2, 2))",
        names,
    )
    return names


def test_forget_ends_all_stand_ins_and_so_does_begin(notebook):
    calls, own = Calls(notebook), notebook["size"]
    for end in (calls.forget, calls.begin):
        made = calls.call("make", [], {}, keep=True)["object"]
        layer, whole = calls.kept.objects[made][0], calls.kept.objects[made]
        calls.stand_in("use", {"size": TABLE, "other": TABLE}, asks=False)
        calls.stand_in("use", {"size": ["table", []]}, asks=False)
        calls.stand_in(made, {"0": ["layer", "ReLU", [], {}, {}]}, asks=False)
        assert notebook["size"] is not own
        assert type(whole[0]) is nn.ReLU
        end()
        assert notebook["size"] is own
        assert "other" not in notebook
        assert whole[0] is layer
    calls.forget()


def test_what_cannot_be_put_leaves_everything_as_it_was(notebook):
    calls, own = Calls(notebook), notebook["size"]
    made = calls.call("make", [], {}, keep=True)["object"]
    layer = calls.kept.objects[made][0]
    wrong = ["layer", "Linear", [], {}, {}]
    with pytest.raises(TypeError):
        calls.stand_in("use", {"size": TABLE, "other": wrong}, asks=False)
    with pytest.raises(LookupError):
        calls.stand_in(made, {"0": ["layer", "ReLU", [], {}, {}], "7": TABLE}, asks=False)
    assert notebook["size"] is own
    assert calls.kept.objects[made][0] is layer
    with pytest.raises(ValueError, match="cannot stand in"):
        calls.stand_in("use", {"size": ["layer", "Module", [], {}, {}]}, asks=False)


def test_a_state_that_does_not_fit_ends_the_stand_in_all_the_same(notebook):
    calls = Calls(notebook)
    made = calls.call("make", [], {}, keep=True)["object"]
    layer = calls.kept.objects[made][0]
    calls.stand_in(made, {"0": ["layer", "ReLU", [], {}, {}]}, asks=False)
    with pytest.raises(RuntimeError):
        calls.put_back(state={"none": torch.ones(1)}, training=True)
    assert calls.kept.objects[made][0] is layer


def test_a_notebook_is_told_that_it_is_graded(zygote):
    session = Session(zygote, SMALL)
    try:
        ran = session.run("import os\nprint(os.environ.get('NBGRADER_EXECUTION'))")
    finally:
        session.close()
    assert "autograde" in str(ran.outputs)
