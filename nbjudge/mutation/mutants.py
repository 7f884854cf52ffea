"""Mutants: the text of a cell after one edit, and nothing else of it changed.

    cell  ── ast.parse ──>  tree, a node of it is replaced (`edits`)
          <── the node's own characters are replaced by those of the new node

The author sees a mutant as a difference of two lines, so comments, blank lines and the way in which
the rest is written must stay. `ast.unparse` of the whole tree would lose them. What is written is
read again, and must be the edited tree.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from nbjudge.mutation.edits import Known, changed, edits, is_number
from nbjudge.mutation.words import tells, words
from nbjudge.notebook.skeleton import find_regions

# No behaviour: what is only said, and what makes names known.
_SILENT = {"annotation", "returns", "decorator_list", "bases", "type_params", "msg", "exc", "cause"}
_TENSORS = {"torch", "nn", "F"}
_OF_NO_GRADIENT = {"shape", "size", "dim", "ndim", "dtype", "device", "numel"}
_OWN_NAMES = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)


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
    written = _Written(source, tree)
    seen, found = {written.dump()}, []
    for place in _places(tree, _Scope(tree)):
        inside = not regions or any(one.holds(place.node) for one in regions)
        for new in edits(place.node, place.known) if inside else ():
            with_it = written.edited(place, new)
            if written.last not in seen:
                seen.add(written.last)
                found.append(with_it)
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


class _Scope:
    """The variables that the functions of a cell may use, and the fields that its classes may."""

    def __init__(self, tree: ast.AST):
        names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        self._on_tensors = bool(names & _TENSORS)
        self._detached: set[tuple[int, str]] = set()
        self._variables: dict[int, list[tuple[str, int, bool]]] = {}

    def names(self, function: ast.AST, line: int) -> tuple[str, ...]:
        """Return the variables of a function, or of the cell, that are assigned above a line."""
        return tuple(name for name, first, _ in self._of(function) if first < line)

    def alike(self, node: ast.AST, function: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[str]:
        """Yield other variables, or other fields of `self`, that may stand for a node.

        A size does not stand for a tensor, and a number not for a function: Python would raise.
        """
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            known = [one for one in self._of(function) if one[1] < node.lineno]
            kinds = {is_size for name, _, is_size in known if name == node.id}
            yield from (one for one, _, is_size in known if one != node.id and is_size in kinds)
        elif isinstance(node, ast.Attribute) and _is_self(node.value):
            whole = next((one for one in above if isinstance(one, ast.ClassDef)), node)
            stored, called = _fields(whole)
            if node.attr in stored:
                alike = (one for one in stored if (one in called) == (node.attr in called))
                yield from (one for one in alike if one != node.attr)

    def is_detached(self, node: ast.AST, function: ast.AST, holder: ast.AST) -> bool:
        """Say once for each variable of a function that this is its first use as a tensor."""
        if not (self._on_tensors and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            return False
        if isinstance(holder, ast.Attribute) and holder.attr in _OF_NO_GRADIENT:
            return False
        kinds = {is_size for name, _, is_size in self._of(function) if name == node.id}
        first = (id(function), node.id) not in self._detached
        self._detached.add((id(function), node.id))
        return first and kinds == {False}

    def _of(self, function: ast.AST) -> list[tuple[str, int, bool]]:
        if id(function) not in self._variables:
            self._variables[id(function)] = list(_assigned(function))
        return self._variables[id(function)]


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _fields(whole: ast.AST) -> tuple[list[str], set[str]]:
    """Return the fields that a class assigns, and the names of those that it calls."""
    inside = list(ast.walk(whole))
    attributes = [one for one in inside if isinstance(one, ast.Attribute)]
    stored = [one.attr for one in attributes if isinstance(one.ctx, ast.Store)]
    functions = [one.func for one in inside if isinstance(one, ast.Call)]
    called = {one.attr for one in functions if isinstance(one, ast.Attribute)}
    return list(dict.fromkeys(stored)), called


def _assigned(function: ast.AST) -> Iterator[tuple[str, int, bool]]:
    """Yield each variable of a function, without `self`, the line that assigns it first, its kind.

    The kind is whether it is a size: what `x.shape`, `x.size(…)` or `len(x)` gives.
    """
    if isinstance(function, ast.FunctionDef):
        every = function.args
        args = [*every.posonlyargs, *every.args, *every.kwonlyargs]
        yield from ((one.arg, 0, False) for one in args if one.arg != "self")
    first: dict[str, tuple[int, bool]] = {}
    for node in _own(function):
        if isinstance(node, ast.Assign):
            sizes = _is_size(node.value)
            for one in (one for target in node.targets for one in ast.walk(target)):
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                    first.setdefault(one.id, (one.lineno, sizes))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            first.setdefault(node.id, (node.lineno, False))
    yield from ((name, line, is_size) for name, (line, is_size) in first.items())


def _is_size(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        value = value.func
    elif isinstance(value, ast.Subscript):
        value = value.value
    name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
    return name in ("shape", "size", "len")


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, or of a cell, without those that have names of their own."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.comprehension):
            yield child
        if not isinstance(child, _OWN_NAMES):
            yield from _own(child)


def _places(
    node: ast.AST,
    scope: _Scope,
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


class _Written:
    """The text of a cell, in which one node can be written anew."""

    def __init__(self, source: str, tree: ast.Module):
        self._tree = tree
        self._text = source.encode()  # Python counts columns in bytes
        lines = source.split("\n")
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line.encode()) + 1)
        self._nodes = {id(node) for node in ast.walk(tree)}
        self.last = self.dump()

    def dump(self) -> str:
        """Return the tree as text, whatever the cell looks like."""
        return ast.dump(self._tree)

    def edited(self, place: _Place, new: ast.AST) -> Mutant:
        """Return the cell with `new` in a place; `last` is its tree. The tree is as it was then."""
        whole = [place.node, *place.above]
        last = next(number for number, one in enumerate(whole) if isinstance(one, ast.stmt))
        above = whole[1 : last + 1]
        before = words([place.node, *above])
        place.put(new)
        self.last = self.dump()
        after = words([new, *above])
        place.put(place.node)
        if not tells(place.node):
            del before[0, "whole"]
        said = tuple((one, after[key]) for key, one in before.items() if after.get(key, one) != one)
        text, line = self._with(place.node, new)
        return Mutant(text, line, said)

    def _with(self, node: ast.AST, new: ast.AST) -> tuple[str, int]:
        begin, end = self._span(node)
        head, own, tail = (
            part.decode() for part in (self._text[:begin], self._text[begin:end], self._text[end:])
        )
        for written in self._ways(new, own):
            text = head + written + tail
            if _reads_as(text, self.last):
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
