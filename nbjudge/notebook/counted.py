"""Partial credit: the checks of a test cell, counted where a line `### COUNT ASSERTS` asks for it.

    ### COUNT ASSERTS              points * checks that hold / checks, rounded to cents
    a = f(3)
    assert a.x == 3                a check: a statement at the left margin with an assert in it,
    for n in range(4):             or with a call such as `assert_allclose`, `assertEqual`, `raises`
        assert f(n).y == n         (so this loop is one check)

A check that raises loses its share, and the test goes on. Another statement that raises ends the
test, and all checks behind it are lost. Plain nbgrader takes the line for a comment.
"""

import ast
import re
from collections.abc import Sequence

_ASKED = re.compile(r"^\s*#+\s*COUNT ASSERTS\s*$", re.M)
_CHECKS = re.compile(r"assert|raises$", re.I)
MET, RAISED, LOSES = "_checks_met", "_checks_raised", "_loses_a_check"
# What `pytest.raises` raises is no Exception, and a test may import pytest at any line.
_BEFORE = f"""
{MET}, {RAISED} = 0, []
def {LOSES}():
    import sys
    pytest = sys.modules.get("pytest")
    return (Exception, pytest.fail.Exception) if pytest else Exception
"""


def is_counted(source: str) -> bool:
    """Return whether a test cell asks for its checks to be counted."""
    return bool(_ASKED.search(source))


def checks(source: str) -> int:
    """Return how many checks a test has; 0 where it is no Python."""
    try:
        return sum(map(_is_check, ast.parse(source).body))
    except SyntaxError:
        return 0


def counted(source: str, points: float) -> ast.Module:
    """Return a test that runs all its checks, and whose last expression is the score.

    What a check raises is in the list `RAISED` of its namespace. A test without checks has all
    points where it ends, none where it raises.
    """
    tree = ast.parse(source)
    total = sum(map(_is_check, tree.body))
    body = [_caught([one, *_parsed(f"{MET} += 1")]) if _is_check(one) else one for one in tree.body]
    score = f"round({float(points)!r} * {MET} / {total}, 2)"
    if not total:
        score = f"0.0 if {RAISED} else {float(points)!r}"
    module = [*_parsed(_BEFORE), *([_caught(body)] if body else []), *_parsed(score)]
    return ast.fix_missing_locations(ast.Module(module, type_ignores=[]))


def _caught(body: Sequence[ast.stmt]) -> ast.stmt:
    """Return a statement that runs others, and keeps what they raise."""
    (frame,) = _parsed(f"try:\n    pass\nexcept {LOSES}() as _error:\n    {RAISED}.append(_error)")
    assert isinstance(frame, ast.Try)
    frame.body = list(body)
    return frame


def _is_check(statement: ast.stmt) -> bool:
    # A function that is only defined checks nothing yet.
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(map(_asserts, ast.walk(statement)))


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return bool(_CHECKS.search(name))


def _parsed(text: str) -> list[ast.stmt]:
    return ast.parse(text).body
