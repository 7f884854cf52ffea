"""Cells as statements: with magics, and where the cell is no Python as a whole."""

import time

from nbjudge.notebook.statements import ALL, statements

MAGICS = """\
!pip install x
import torch as t, os.path
%matplotlib inline
x = !ls
if x:
    !ls
else:
    y, (z, *w) = 1, (2,)
a = 1; b = 2
@t.compile
def f(q, x=t):
    local = q + g
    return local
from math import *
"""
BROKEN = """\
pip install x
import torch
try:
    import einops
except ImportError:
    pass
x = [
    1,
]
def f(:
    return 1
@property
class A:
    '''
text at the margin
    '''
"""


def test_statements_with_magics_bind_and_use_global_names():
    found = [(one.first, one.last, set(one.binds), set(one.uses)) for one in statements(MAGICS)]
    ours = {"get_ipython"}
    assert found == [
        (1, 1, set(), ours), (2, 2, {"t", "os"}, set()), (3, 3, set(), ours), (4, 4, {"x"}, ours),
        (5, 8, {"y", "z", "w"}, {"x", *ours}), (9, 9, {"a", "b"}, set()),
        (10, 13, {"f"}, {"t", "g"}), (14, 14, {ALL}, set()),
    ]  # fmt: skip


def test_of_a_cell_that_is_no_python_the_statements_that_are_are_found():
    found = {one.text.split("\n")[0]: one for one in statements(BROKEN)}
    assert [text for text, one in found.items() if one.tree is None] == ["pip install x", "def f(:"]
    assert (found["try:"].first, found["try:"].last) == (3, 6)
    assert found["@property"].text.endswith("'''")
    assert found["import torch"].defines
    assert not found["x = ["].defines


def test_a_cell_for_another_program_has_none():
    assert statements("%%bash\nls") == []


def test_a_cell_that_is_hard_to_read_takes_no_time():
    begun = time.process_time()
    statements("x x\n" * 50_000)
    statements("(" * 50_000)
    statements("(\n" * 50_000)
    assert time.process_time() - begun < 20
