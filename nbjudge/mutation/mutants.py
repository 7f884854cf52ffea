"""Mutants: a cell after one edit, and the words of the edit."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbjudge.mutation.edits import Known, edits
from nbjudge.mutation.literals import is_number
from nbjudge.mutation.rewrite import CellText
from nbjudge.mutation.scope import Scope
from nbjudge.mutation.words import tells, words
from nbjudge.notebook.regions import find_regions

# No behaviour: what is only said, and what makes names known.
_SILENT = {"annotation", "returns", "decorator_list", "bases", "type_params", "msg", "exc", "cause"}


@dataclass(frozen=True)
class Mutant:
    """A cell after one edit.

    `text` is the whole cell, `line` where the edit begins, from 1. `said` are the edit's words, as
    pairs (code, what it becomes): the smallest expression that says something first, the statement
    last.
    """

    text: str
    line: int
    said: tuple[tuple[str, str], ...]


def mutants(source: str) -> list[Mutant]:
    """Return the mutants of a cell, in the order of its lines, none twice.

    Where the cell marks its solution by nbgrader's lines BEGIN SOLUTION and END SOLUTION, only what
    stands between them is edited: the rest is handed out. Raises `SyntaxError` where the cell is
    not Python, and `SkeletonError` where its lines of markers are not pairs.
    """
    tree = ast.parse(source)
    regions = find_regions(source.split("\n"))
    cell, seen, found = CellText(source, tree), {ast.dump(tree)}, []
    for place in _places(tree, Scope(tree)):
        inside = not regions or any(one.holds(place.node) for one in regions)
        for new in edits(place.node, place.known) if inside else ():
            said, edited = _edited(tree, place, new)
            if edited not in seen:
                seen.add(edited)
                text, line = cell.edited(place.node, new, edited)
                found.append(Mutant(text, line, said))
    return sorted(found, key=lambda one: one.line)


@dataclass(frozen=True)
class _Place:
    """Where a node stands: in a field of its holder, or in a list there; `above` are ancestors."""

    node: Any
    index: int | None
    known: Known
    above: tuple[ast.AST, ...]

    def put(self, new: ast.AST) -> None:
        if self.index is None:
            setattr(self.known.holder, self.known.field, new)
        else:
            getattr(self.known.holder, self.known.field)[self.index] = new


def _edited(
    tree: ast.Module, place: _Place, new: ast.AST
) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the words of an edit, and the edited tree as text; the tree is as it was then."""
    whole = [place.node, *place.above]
    statement = next(number for number, one in enumerate(whole) if isinstance(one, ast.stmt))
    above = whole[1 : statement + 1]
    before = words([place.node, *above])
    place.put(new)
    after, edited = words([new, *above]), ast.dump(tree)
    place.put(place.node)
    if not tells(place.node):
        del before[0, "whole"]
    said = ((one, after[key]) for key, one in before.items() if after.get(key, one) != one)
    return tuple(said), edited


def _places(
    node: ast.AST,
    scope: Scope,
    above: tuple[ast.AST, ...] = (),
    function: ast.AST | None = None,
) -> Iterator[_Place]:
    """Yield each place below a node whose content may be edited."""
    function = node if function is None or isinstance(node, ast.FunctionDef) else function
    above = (node, *above)
    for field, value in ast.iter_fields(node):
        if field in _SILENT:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _says_nothing(child):
                continue
            known = Known(
                scope.names(function, getattr(child, "lineno", 0)),
                tuple(scope.alike(child, function, above)),
                node,
                field,
                scope.is_detached(child, function, node),
            )
            yield _Place(child, index, known, above)
            if not is_number(child):
                yield from _places(child, scope, above, function)


def _says_nothing(node: ast.AST) -> bool:
    """Whether a node is a docstring, a text for people, or prints one."""
    if isinstance(node, ast.Expr):
        value = node.value
        named = value.func if isinstance(value, ast.Call) else None
        is_print = isinstance(named, ast.Name) and named.id == "print"
        return is_print or isinstance(value, ast.Constant)
    return isinstance(node, ast.JoinedStr | ast.operator | ast.expr_context)
