"""A cell written anew: one node of its tree is replaced, and all else of its text stays.

    cell  ── ast.parse ──>  tree, a node of it is replaced (`edits`)
          <── the node's own characters are replaced by those of the new node

The author sees a mutant as a difference of two lines, so comments, blank lines and the way in which
the rest is written must stay. `ast.unparse` of the whole tree would lose them. What is written is
read again, and must be the edited tree.
"""

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from nbjudge.mutation.edits import changed


class CellText:
    """The text of a cell whose tree is `tree`."""

    def __init__(self, source: str, tree: ast.Module):
        self._text = source.encode()  # Python counts columns in bytes
        lines = source.split("\n")
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line.encode()) + 1)
        self._nodes = {id(node) for node in ast.walk(tree)}

    def edited(self, node: ast.AST, new: ast.AST, tree: str) -> tuple[str, int]:
        """Return the cell with `new` in the place of `node`, and the line where it begins, from 1.

        `tree` is what the cell must be when it is read again, by `ast.dump`.
        """
        begin, end = self._span(node)
        head, own, tail = (
            part.decode() for part in (self._text[:begin], self._text[begin:end], self._text[end:])
        )
        for written in self._ways(new, own):
            text = head + written + tail
            if _reads_as(text, tree):
                return text, head.count("\n") + 1
        raise AssertionError(f"{ast.unparse(new)} cannot stand for {ast.unparse(node)}")

    def _ways(self, new: ast.AST, old: str) -> Iterator[str]:
        """Yield ways to write a node, with the cell's own text for what is in the cell.

        The first ones have the quotes and brackets of `old`, the text in whose place it comes.
        """
        for bracketed in (False, True):
            kept: list[str] = []
            text = ast.unparse(self._outline(new, partial(self._keep, kept, bracketed)))
            for number, own in enumerate(kept):
                text = text.replace(f"kept_{number}_", own)
            if old[:1] == '"' and "'" not in text[1:-1]:
                yield f'"{text[1:-1]}"'
            if text[0] + text[-1] == "()" and old[:1] != "(":
                yield text[1:-1]
            yield from (text, f"({text})")
        yield f"({ast.unparse(new)})"

    def _outline(self, node: Any, keep: Callable[[Any], ast.AST]) -> Any:
        """Return the node with a name for each expression of the cell that is in it."""
        if isinstance(node, list):
            return [self._outline(one, keep) for one in node]
        if not isinstance(node, ast.AST):
            return node
        if id(node) in self._nodes and isinstance(node, ast.expr):
            return keep(node)
        below = {name: self._outline(one, keep) for name, one in ast.iter_fields(node)}
        return changed(node, **below)

    def _keep(self, kept: list[str], bracketed: bool, node: ast.expr) -> ast.AST:
        begin, end = self._span(node)
        own = self._text[begin:end].decode()
        simple = isinstance(node, ast.Name | ast.Constant | ast.Attribute | ast.Call)
        kept.append(f"({own})" if bracketed and not simple else own)
        return ast.Name(f"kept_{len(kept) - 1}_", ast.Load())

    def _span(self, node: Any) -> tuple[int, int]:
        begin = self._starts[node.lineno - 1] + node.col_offset
        return begin, self._starts[node.end_lineno - 1] + node.end_col_offset


def _reads_as(text: str, dump: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) == dump
    except SyntaxError:
        return False
