"""What the text of a cell says of the names that it defines and uses."""

import pytest

from nbjudge.notebook.master import functions, only_defines, used_names

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
