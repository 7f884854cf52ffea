"""Which names a cell of Python changes without giving them another value."""

import ast
import functools
from collections.abc import Iterator

from nbjudge.notebook.names import parsed

_CHANGES = ast.Store | ast.Del
_BODIES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


@functools.lru_cache(maxsize=256)
def changed(source: str) -> frozenset[str]:
    """Return the names whose values a cell changes in place at its top level.

    That is `d["b"] = 2`, `a.x += 1` and `del d["b"]`, and a method whose result nobody takes, as in
    `found.append(3)`. By its look alone `plt.show()` changes `plt`: whoever asks knows the modules.
    """
    tree = parsed(source)
    nodes = list(_at_top(tree)) if tree else []
    roots = {_root(node) for node in nodes if isinstance(getattr(node, "ctx", None), _CHANGES)}
    calls = [node.value for node in nodes if isinstance(node, ast.Expr)]
    methods = [call.func for call in calls if isinstance(call, ast.Call)]
    roots |= {_root(method) for method in methods if isinstance(method, ast.Attribute)}
    return frozenset(roots - {""})


def _at_top(node: ast.AST) -> Iterator[ast.AST]:
    """Go through what runs when the cell does, not through the bodies of its functions."""
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, _BODIES):
            yield inner
            yield from _at_top(inner)


def _root(node: ast.AST) -> str:
    """Return the name that stands first in `a.b[0].c`; "" where none does, or nothing behind it."""
    inner = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return inner.id if inner is not node and isinstance(inner, ast.Name) else ""
