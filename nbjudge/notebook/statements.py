"""A cell of a submission as statements: where each begins, which names it binds and uses.

A student's cell may hold magics and `!` lines, and it may be no Python at all. Then the statements
that are Python are found one by one, and what stands between them is one that is not.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

from nbjudge.notebook.names import bound, used

ALL = "*"  # among bound names: any, by `from … import *`
_MOST_TRIES = 500  # to read parts of a cell that is no Python as a whole
_PARTS = re.compile(r"(?:else|elif|except|finally)\b|[)\]}#@]|$")  # no statement begins so


@dataclass(frozen=True)
class Statement:
    """Lines `first` to `last` of a cell, counted from 1; `tree` is None where it is no Python.

    `text` is as the student wrote it, `python` without IPython's own syntax.
    """

    first: int
    last: int
    text: str
    python: str
    tree: ast.Module | None

    @property
    def binds(self) -> frozenset[str]:
        """The global names that it defines, imports or assigns; `ALL` for any."""
        body = self.tree.body if self.tree else []
        starred = any(isinstance(n, ast.ImportFrom) and n.names[0].name == ALL for n in body)
        return bound(self.python) | ({ALL} if starred else set())

    @property
    def uses(self) -> frozenset[str]:
        """The global names that it reads, at once or when what it defines is called."""
        return used(self.python)

    @property
    def defines(self) -> bool:
        """Whether it only imports or defines, so that it takes no time to run."""
        kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        return self.tree is not None and all(isinstance(node, kinds) for node in self.tree.body)


def statements(source: str) -> list[Statement]:
    """Return the statements of a cell in order; none of a cell for another program (`%%bash`)."""
    if source.lstrip().startswith("%%"):
        return []
    python = as_python(source).splitlines()
    tree = _parsed("\n".join(python))
    spans = _of_tree(tree) if tree else _one_by_one(python)
    lines = source.splitlines()
    found = []
    for first, last in spans:
        part = "\n".join(python[first - 1 : last])
        text = "\n".join(lines[first - 1 : last])
        found.append(Statement(first, last, text, part, _parsed(part)))
    return found


def as_python(source: str) -> str:
    """Return a cell with IPython's own syntax turned into calls, line for line."""
    try:
        return TransformerManager().transform_cell(source)
    except (SyntaxError, ValueError, RecursionError):
        return source


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of_tree(tree: ast.Module) -> Iterator[tuple[int, int]]:
    ended = 0
    for node in tree.body:
        decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
        first, last = min([node.lineno, *decorators]), node.end_lineno or node.lineno
        if first > ended:  # else it stands behind a semicolon, and goes with the one before
            yield first, last
        ended = last


def _one_by_one(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield spans that are Python, as long as can be read, and single ones that are not."""
    begins = [n for n, line in enumerate(lines) if line[:1].strip() and not _PARTS.match(line)]
    begins = [_with_decorators(lines, n) for n in begins[:_MOST_TRIES]]
    ends = [*begins[1:], len(lines)]
    tries = place = 0
    while place < len(begins):
        taken = place
        for until in range(place, len(ends)):
            tries += 1
            if tries > _MOST_TRIES or _parsed("\n".join(lines[begins[place] : ends[until]])):
                taken = until if tries <= _MOST_TRIES else place
                break
        yield begins[place] + 1, ends[taken]
        place = taken + 1


def _with_decorators(lines: list[str], begin: int) -> int:
    while begin and lines[begin - 1].startswith("@"):
        begin -= 1
    return begin
