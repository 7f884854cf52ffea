"""Which Python a cell needs: said where ruff knows it, never guessed."""

import ast
import sys

import pytest

from nbjudge.notebook.newer_python import newer_syntax

NEWER = {
    'd = {}\nx = f"{d["a"]}"': ("3.12", 2),
    "x = f\"{'\\n'.join([])}\"": ("3.12", 1),
    "type Matrix = int": ("3.12", 1),
    "def first[T](x: T) -> T:\n    return x": ("3.12", 1),
    "class Box[T]:\n    pass": ("3.12", 1),
    "class Box[T = int]:\n    pass": ("3.13", 1),
    "try:\n    pass\nexcept A, B:\n    pass": ("3.14", 3),
    "x = t'{1}'": ("3.14", 1),
}
WRONG = ["def f(:", "x = (1", "print 1", "  x = 1\ny = 2", "type = ", "x = f\"{d['a'\"", "1 +"]


@pytest.mark.parametrize(("text", "expected"), NEWER.items())
def test_syntax_of_a_newer_python_is_named(text, expected):
    if sys.version_info >= tuple(map(int, expected[0].split("."))):
        pytest.skip("this Python has it")
    with pytest.raises(SyntaxError):
        ast.parse(text)
    found = newer_syntax(text)
    assert (found.version, found.line) == expected
    assert str(found) == (
        f"This needs Python {expected[0]}; grading runs Python 3.{sys.version_info[1]}."
    )


@pytest.mark.parametrize("text", [*WRONG, "x = 1", "", "type Matrix = int\ndef f(:"])
def test_what_no_python_takes_is_not_guessed(text):
    assert newer_syntax(text) is None
