"""What a cell of Python defines and uses, whatever its comments, its layout and its magics.

Cells of students come here, too: they may hold magics, or no Python at all. Nothing here raises.
"""

import ast
import functools
import re
import symtable
from collections.abc import Mapping

_LARGEST = 200_000  # characters of a cell that is parsed; a student may send megabytes
_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_AT_ONCE = (  # statements that bind their names whenever they run
    *(ast.Import, ast.ImportFrom, ast.Assign),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.M)
_FENCED = re.compile(r"^(```|~~~)[^\n]*\n(.*?)^\1", re.M | re.S)
_LINES = str.maketrans({"\xa0": " ", "\u202f": " ", "\ufeff": "", "\t": "    "})


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ at most in the kind of their spaces and line ends."""
    return plain_lines(one) == plain_lines(other)


@functools.lru_cache(maxsize=256)
def plain_lines(text: str) -> list[str]:
    """Return the lines that hold something: ends without spaces, one kind of space within."""
    lines = (line.rstrip() for line in text.translate(_LINES).splitlines())
    return [line for line in lines if line]


@functools.lru_cache(maxsize=256)
def forms(source: str) -> Mapping[str, list[str]]:
    """Return what a cell defines at its top level: each name with the forms of its definitions.

    Two definitions of one form differ at most in comments and layout. A cell that is no Python has
    functions and classes only, by their first words.
    """
    found: dict[str, list[str]] = {}
    tree = parsed(source)
    if tree is None:
        for part in re.split(r"^(?=\S)", source, flags=re.M):
            if match := re.match(r"(?:async +def|def|class) +(\w+)", part):
                found.setdefault(match[1], []).append(part.rstrip())
        return found
    for node in tree.body:
        for name in _defined(node):
            found.setdefault(name, []).append(_form(node))
    return found


def is_python(source: str) -> bool:
    """Whether a cell can be parsed, its magics left out."""
    return parsed(source) is not None


@functools.lru_cache(maxsize=256)
def bound(source: str) -> frozenset[str]:
    """Return all names that a cell gives a value at its top level, imports included."""
    table = _table(source)
    if table is None:
        return frozenset(forms(source))
    symbols = table.get_symbols()
    return frozenset(one.get_name() for one in symbols if one.is_assigned() or one.is_imported())


@functools.lru_cache(maxsize=256)
def defined(source: str) -> frozenset[str]:
    """Return the names that a cell gives a value at its top level, but for imports.

    In whatever way: in a loop, in a branch, by `with`, in a tuple.
    """
    table = _table(source)
    if table is None:
        return frozenset(forms(source))
    return frozenset(one.get_name() for one in table.get_symbols() if one.is_assigned())


def imports(source: str) -> list[str]:
    """Return the import statements at a cell's top level, each as a line."""
    tree = parsed(source)
    kinds = ast.Import | ast.ImportFrom
    return [ast.unparse(node) for node in (tree.body if tree else ()) if isinstance(node, kinds)]


@functools.lru_cache(maxsize=256)
def used(source: str) -> frozenset[str]:
    """Return the names that a cell takes from the notebook, in its functions, too."""
    table = _table(source)
    if table is None:
        return frozenset()
    names = {one.get_name() for one in table.get_symbols() if one.is_referenced()}
    return used_within(source).union(names)


@functools.lru_cache(maxsize=256)
def used_within(source: str) -> frozenset[str]:
    """Return the names that the functions of a cell take from the notebook, when they run."""
    table, names = _table(source), set[str]()
    tables = list(table.get_children()) if table else []
    while tables:
        inner = tables.pop()
        tables += inner.get_children()
        names |= {one.get_name() for one in inner.get_symbols() if one.is_global()}
    return frozenset(names)


@functools.lru_cache(maxsize=256)
def taken(source: str) -> frozenset[str]:
    """Return those of the names it uses to which a cell has given no value of its own before."""
    tree = parsed(source)
    found: set[str] = set()
    own: set[str] = set()
    for node in () if tree is None else tree.body:
        text = ast.unparse(node)
        found |= used(text) - own
        if isinstance(node, _AT_ONCE):
            own |= bound(text)
    return frozenset(found)


def without(source: str, definitions: Mapping[str, str]) -> str:
    """Return the cell with those definitions turned into comments that have one of these forms."""
    tree = parsed(source)
    lines = source.split("\n")
    for node in () if tree is None else tree.body:
        names = _defined(node)
        if names and all(definitions.get(name) == _form(node) for name in names):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(one.lineno for one in decorators)])
            for number in range(first - 1, node.end_lineno or node.lineno):
                lines[number] = f"# {lines[number]}".rstrip()
    return "\n".join(lines)


def fenced(text: str) -> str:
    """Return the code between the fences of a markdown text, or the text where it has none."""
    found = [match[2] for match in _FENCED.finditer(text)]
    return "\n".join(found).rstrip() if found else text


def unfenced(text: str) -> str:
    """Return a markdown text without the code between its fences."""
    return _FENCED.sub("", text)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _form(node: ast.stmt) -> str:
    try:
        return ast.dump(node)
    except RecursionError:
        return "too deep"


def _plain(source: str) -> str:
    if len(source) > _LARGEST:
        raise ValueError
    # A cell magic such as %%time stands before code; another one, such as %%bash, does not parse.
    return _MAGIC.sub(r"\1pass", source)


@functools.lru_cache(maxsize=256)
def parsed(source: str) -> ast.Module | None:
    """Return the tree of a cell, its magics left out, or None where it is no Python."""
    try:
        return ast.parse(_plain(source))
    except _NO_PYTHON:
        return None


def _table(source: str) -> symtable.SymbolTable | None:
    try:
        return symtable.symtable(_plain(source), "a cell", "exec")
    except _NO_PYTHON:
        return None
