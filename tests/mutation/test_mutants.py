"""A mutant is the cell after one edit, and all else of its text stays."""

import ast
import functools

import nbformat
import pytest
from support.course import ROOT
from support.weak import LARGER

from nbjudge.mutation.mutants import mutants

TEXT = """\
def kept(rows, start, stop=None):
    '''A docstring: - 1 + 2.'''
    found, size = [], len(rows)
    for row in rows:
        if start <= row < 10 and not row == 7:
            found.append(row[start:-1] + [0])
        else:
            break
    while size > 0 and stop is None:
        size -= 1
    total = sum(x.real for x in found if x) / 2.5 ** (size or 1)  # a comment, ümläut
    print("never edited", 1)
    assert total, "never edited 2"
    return total, max(found), range(1, size), f"{size + 1}", -start
"""
LAYER = """\
class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.one = nn.Linear(width, width, bias=False)
        self.two = nn.Linear(width, width)
        self.width = width
        self.heads = 2

    def forward(self, x, mask=None):
        batch, length = x.shape
        x = self.two(F.relu(self.one(x)))
        y = torch.einsum("bd,bsd->bs", x, x.mean(dim=-1, keepdim=True).sqrt())
        return y[:, 0::2].transpose(1, 2).view(batch, length) * self.width**0.5, self.W_v(x)
"""


@functools.cache
def every(source):
    return {one.text for one in mutants(source)}


def edited(source, old, new):
    assert source.count(old) == 1, old
    return source.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("start <= row", "start < row"),
        ("start <= row", "start > row"),
        ("< 10", ">= 10"),
        ("< 10", "< 11"),
        ("row == 7", "row != 7"),
        ("not row == 7", "row == 7"),
        ("and not row", "or not row"),
        ("start <= row < 10 and not row == 7", "True"),
        ("start <= row < 10 and not row == 7", "not row == 7"),
        (" and not row == 7", ""),
        ("in rows:", "in ():"),
        ("in rows:", "in rows[1:]:"),
        ("in rows:", "in rows[:-1]:"),
        ("found.append(row[start:-1] + [0])", "pass"),
        ("start:-1", "start:"),
        ("start:-1", ":-1"),
        ("start:-1", "start + 1:-1"),
        ("start:-1", "start:-2"),
        (" + [0]", " - [0]"),
        ("break", "continue"),
        ("break", "pass"),
        ("size > 0 and stop is None", "False"),
        ("stop is None", "stop is not None"),
        ("size -= 1", "size += 1"),
        ("size -= 1", "size = 1"),
        ("size -= 1", "pass"),
        ("if x)", "if not x)"),
        ("2.5", "5.0"),
        ("2.5", "(-2.5)"),
        ("2.5 ** (size or 1)", "(2.5 * (size or 1))"),
        ("size or 1", "size and 1"),
        ("size or 1", "1"),
        (" / 2.5 ** (size or 1)", ""),
        ("max(found)", "min(found)"),
        ("max(found)", "found"),
        ("range(1, size)", "range(1, size - 1)"),
        ("range(1, size)", "range(2, size)"),
        ("-start\n", "start\n"),
        ("max(found)", "max(rows)"),
        ("return total, max(found)", "return max(found), total"),
    ],
)
def test_an_edit_of_plain_python_is_made(old, new):
    assert edited(TEXT, old, new) in every(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bias=False", "bias=True"),
        (", bias=False", ""),
        ("nn.Linear(width, width, bias=False)", "nn.Linear(width, bias=False)"),
        ("self.two(F", "self.one(F"),
        ("self.one(x)", "self.two(x)"),
        ("F.relu(self.one(x))", "self.one(x)"),
        ("F.relu", "F.gelu"),
        ("self.one(x)", "x"),
        ("self.W_v(x)", "x"),
        ("dim=-1", "dim=-2"),
        ("dim=-1", "dim=1"),
        ("dim=-1, ", ""),
        ("keepdim=True", "keepdim=False"),
        (".sqrt()", ""),
        ("->bs", "->sb"),
        ("x.mean(", "x.sum("),
        ("(batch, length)", "(length, batch)"),
        (".transpose(1, 2)", ""),
        ("transpose(1, 2)", "transpose(1, 3)"),
        (", 0::2]", ", 1::2]"),
        (", 0::2]", ", 0:]"),
        ("[:, 0::2]", "[0::2, :]"),
        ("y[:, 0", "y.detach()[:, 0"),
        ("self.width**0.5", "self.heads**0.5"),
        ("self.width**0.5", "(self.width * 0.5)"),
        (" * self.width**0.5", ""),
    ],
)
def test_an_edit_of_tensors_and_layers_is_made(old, new):
    assert edited(LAYER, old, new) in every(LAYER)


@pytest.mark.parametrize("text", [TEXT, LAYER])
def test_each_mutant_is_python_once_and_differs_in_one_place(text):
    found = mutants(text)
    trees = [ast.dump(ast.parse(one.text)) for one in found]
    assert len(set(trees)) == len(trees) > 60
    assert ast.dump(ast.parse(text)) not in trees
    assert [one.line for one in found] == sorted(one.line for one in found)
    for one in found:
        lines = one.text.split("\n")
        kept = [line for line in text.split("\n") if line in lines]
        assert len(kept) >= len(text.split("\n")) - 1


@pytest.mark.parametrize(
    "kept",
    [
        "'''A docstring: - 1 + 2.'''",
        'print("never edited", 1)',
        "# a comment, ümläut",
        '"never edited 2"',
        "size + 1}",
    ],
)
def test_what_is_only_said_stays(kept):
    without = [one for one in mutants(TEXT) if kept not in one.text]
    assert {one.said[-1][1] for one in without} <= {"pass"}


@pytest.mark.parametrize("refused", [
    "self.width(x)", "self.one**0.5", "batch.view", "self.one(batch)",
    "x.shape.detach", "y.transpose(2, 1)", "super().__init__().__init__()",
])  # fmt: skip
def test_what_python_refuses_in_any_case_or_changes_nothing_is_left_out(refused):
    assert not [one for one in every(LAYER) if refused in one]


def test_only_what_the_student_writes_is_edited():
    lines = {one.line for one in mutants(LARGER)}
    assert lines == {4, 5}
    assert (
        mutants(LARGER.replace("### BEGIN SOLUTION", "#").replace("### END SOLUTION", "#"))[-1].line
        == 7
    )


def test_an_edit_is_said_from_the_smallest_expression_to_the_statement():
    (one,) = [one for one in mutants(LARGER) if "if a >= b:" in one.text]
    assert one.said == (("a > b", "a >= b"), ("if a > b:", "if a >= b:"))
    (one,) = [one for one in mutants("y = f(x, dim=-1)") if one.text == "y = f(x, dim=0)"]
    said = [
        ("dim=-1", "dim=0"),
        ("f(x, dim=-1)", "f(x, dim=0)"),
        ("y = f(x, dim=-1)", "y = f(x, dim=0)"),
    ]
    assert list(one.said) == said


@pytest.mark.parametrize("file", sorted((ROOT / "source").rglob("*.ipynb")), ids=lambda f: f.stem)
def test_every_solution_of_the_course_has_mutants(file):
    cells = nbformat.read(file, as_version=4).cells
    solutions = [c for c in cells if c.metadata.get("nbgrader", {}).get("solution")]
    assert solutions
    for cell in solutions:
        assert len(mutants(cell.source)) >= 5
