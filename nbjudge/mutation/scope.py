"""Which variables and fields may stand for one another at a place of a cell."""

import ast
from collections.abc import Iterator

_TENSORS = {"torch", "nn", "F"}
_OF_NO_GRADIENT = {"shape", "size", "dim", "ndim", "dtype", "device", "numel"}
_OWN_NAMES = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)


class Scope:
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
