"""The instructor's notebook: read once; which text students see of it, which names they define."""

import ast
import functools
import re
import symtable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nbjudge.notebook.skeleton import skeleton

_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
)
_HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*(\n|\Z)", re.M | re.S)


def read_master(file: Path) -> NotebookNode:
    """Return a master notebook, read once for each version of its file.

    All callers get the same object, and must not change it.
    """
    stat = file.stat()
    return _read(file, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=16)
def _read(file: Path, _mtime: int, _size: int) -> NotebookNode:
    return nbformat.read(file, as_version=4)


def visible_text(cell: NotebookNode) -> str:
    """Return the cell's text as students have it: no solutions, no hidden tests."""
    return _visible(cell.source)


@functools.lru_cache(maxsize=512)  # the master's cells are asked for with each submission
def _visible(source: str) -> str:
    return skeleton(_HIDDEN.sub("", source)).strip()


def mark(cell: dict) -> dict:
    """Return nbgrader's mark of a cell, empty where there is none.

    For cells of a submission too, whose metadata may have any form.
    """
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def defined_names(source: str) -> set[str]:
    """Return the names of functions, classes and variables that a cell defines at its top level."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # A student's cell may hold a syntax error or magics, and is still the cell that defines it.
        return set(re.findall(r"^(?:async +def|def|class) +(\w+)", source, flags=re.M))
    names = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def functions(source: str) -> set[str]:
    """Return the names of the functions and classes that a cell defines at its top level."""
    found = set(re.findall(r"^(?:async +def|def|class) +(\w+)", source, flags=re.M))
    return found & defined_names(source)


def used_names(source: str) -> set[str]:
    """Return the names of the notebook that a cell uses: those that are no function's own.

    More than those where the cell is not plain Python.
    """
    try:
        scopes = [symtable.symtable(source, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"[^\W\d]\w*", source))
    found = set()
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        whole = scope.get_type() == "module"
        found |= {
            one.get_name()
            for one in scope.get_symbols()
            if one.is_referenced() and (whole or one.is_global())
        }
    return found


def only_defines(source: str) -> bool:
    """Return whether a cell holds nothing but functions, classes and imports at its top level."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _DEFINITIONS) for node in body)
