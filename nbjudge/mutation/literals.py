"""What may stand for a constant: a number, a truth value, a text, an equation of einsum."""

import ast
from collections.abc import Iterator
from itertools import combinations

_INFINITE = {"-inf": "inf", "inf": "-inf"}
_MODERATE = (1e-3, 1e3)  # twice as much of anything else is most often as good


def others(value: object) -> Iterator[ast.AST]:
    """Yield what may stand for a constant, nothing for None and Ellipsis."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield from numbers(value)
    elif isinstance(value, str) and "->" in value:
        yield from map(ast.Constant, _einsums(value))
    elif isinstance(value, str):
        yield ast.Constant(_INFINITE.get(value, "" if value else "x"))


def numbers(value: float) -> Iterator[ast.AST]:
    """Yield what may stand for a number: for 0.5 these are 0.0, 1.0, -0.5."""
    if isinstance(value, int):
        found: list[float] = [value + 1, value - 1, -value]
    else:
        least, most = _MODERATE
        twice = [2 * value] if least <= abs(value) <= most else []
        found = [-value, 0.0, 1.0, *twice]
    yield from (number(one) for one in dict.fromkeys(found) if one != value)


def number(value: float) -> ast.expr:
    """Return a number as Python reads it: a negative one is the minus of another."""
    one = ast.Constant(abs(value))
    return ast.UnaryOp(ast.USub(), one) if value < 0 else one


def is_number(node: ast.AST) -> bool:
    """Return whether a node is a number as it is written, perhaps with a minus."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _einsums(value: str) -> Iterator[str]:
    """Yield an equation of einsum with two letters of one term swapped."""
    terms = value.replace("->", ",").split(",")
    for place, term in enumerate(terms):
        for one, two in combinations(term, 2):
            new = term.translate(str.maketrans(one + two, two + one))
            edited = [*terms[:place], new, *terms[place + 1 :]]
            yield ",".join(edited[:-1]) + "->" + edited[-1]
