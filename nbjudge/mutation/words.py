"""The words of an edit: of the smallest expression that says something, and of those around it.

    loss = x.mean(dim=-1)       dim=-1, .mean(dim=-1), x.mean(dim=-1), loss = x.mean(dim=-1)

Words are those of `ast.unparse`, so spaces, quotes, brackets and comments make no difference.
"""

import ast

from nbjudge.mutation.edits import changed
from nbjudge.mutation.literals import is_number

_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)


def words(chain: list[ast.AST]) -> dict[tuple[int, str], str]:
    """Return the words of a node and of those above it, `chain`, the smallest first.

    What has the same key in a chain before an edit and behind it is what the edit changes.
    """
    found = {}
    for place, node in enumerate(chain):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found[place, "method"] = method(node, node.func)
        found[place, "whole"] = whole(node)
    return found


def tells(node: ast.AST) -> bool:
    """Return whether an edit can be known by a node: a variable or a number alone is too little."""
    return not (isinstance(node, ast.Name | ast.Constant) or is_number(node))


def method(node: ast.Call, function: ast.Attribute) -> str:
    """Return a call of a method without its object, such as `.mean(dim=-1)`."""
    without = changed(node, func=ast.Attribute(ast.Name("_"), function.attr))
    return ast.unparse(without)[1:]


def whole(node: ast.AST) -> str:
    """Return a node's own words; of a statement with a block, its first line."""
    text = ast.unparse(node)
    return text.split("\n")[0] if isinstance(node, _BLOCKS) else text
