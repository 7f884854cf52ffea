"""The parts of a text that two students may share: of code, of its names, of comments, of words.

Parts of code are the expressions and statements of its syntax tree, each known by its form:

    attn = F.softmax(s / math.sqrt(d), dim=-1)
    w = F.softmax(scores/math.sqrt(dk), dim = -1)      the same statement, the same parts

Comments and layout are not in the tree. Names that the cell itself binds all count as one name, so
renaming changes nothing. The statements of a block are parts of their own, so another order changes
nothing. Annotations and the order of keyword arguments are left out, too. A part is known by a
number, which is the same for the same part in all texts that one `Parts` has read; that is
hash-consing. Baxter et al., Clone Detection Using Abstract Syntax Trees (1998), compare programs by
hashes of subtrees.

No code is run. A text that is no Python is compared line by line, one that is too large up to a
bound.
"""

import ast
import re
import warnings
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

LARGEST = 100_000  # characters of a cell that are compared
_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.M)
_WORD = re.compile(r"\w+")
# Strings are matched to step over them. An end that is missing matches, too: otherwise each quote
# of a text without ends would be tried up to its end.
_COMMENT = re.compile(r"#(?P<comment>.*)|'(?:\\.|[^'\\\n])*+'?|\"(?:\\.|[^\"\\\n])*+\"?")
_LEFT_OUT = {"ctx", "type_comment", "type_ignores", "kind", "annotation", "returns", "type_params"}
_HELD = (ast.stmt, ast.ExceptHandler, ast.match_case)  # each stands for itself in its block
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
_LONGEST = 200  # characters of a constant
_SHINGLE = 3  # words


@dataclass(frozen=True)
class Part:
    """A part of a text: its number, and where it stands, in characters."""

    number: int
    begin: int
    end: int


@dataclass
class Parts:
    """Reads texts, and numbers their parts: the same part has the same number in all of them."""

    _numbers: dict[Hashable, int] = field(default_factory=dict)
    inner: list[tuple[int, ...]] = field(default_factory=list)  # the parts that a part is made of

    def of_code(self, text: str) -> list[Part]:
        """Return each expression and each statement of a cell."""
        text = text[:LARGEST]
        found = self._of_python(text)
        return list(self._by_lines(text)) if found is None else found

    def of_names(self, text: str) -> list[Part]:
        """Return the names that a cell itself binds, wherever they stand in it."""
        own = _bound(_parsed(text[:LARGEST]))
        return [
            Part(self.number(("name", word[0])), *word.span())
            for word in _WORD.finditer(text[:LARGEST])
            if word[0] in own
        ]

    def of_comments(self, text: str) -> list[Part]:
        """Return the words of a cell's comments and docstrings, as `of_words` does."""
        text = text[:LARGEST]
        found = [match.span("comment") for match in _COMMENT.finditer(text) if match["comment"]]
        inside = sorted({*found, *_docstrings(text)})
        return [
            Part(part.number, begin + part.begin, begin + part.end)
            for begin, end in inside
            for part in self.of_words(text[begin:end])
        ]

    def of_words(self, text: str) -> list[Part]:
        """Return each three words that stand side by side, and a shorter line as a whole."""
        parts, begin = [], 0
        for line in text[:LARGEST].splitlines(keepends=True):
            words = list(_WORD.finditer(line))
            for first in range(max(len(words) - _SHINGLE + 1, min(len(words), 1))):
                some = words[first : first + _SHINGLE]
                said = tuple(word[0].casefold() for word in some)
                at = begin + some[0].start(), begin + some[-1].end()
                parts.append(Part(self.number(("words", said)), *at))
            begin += len(line)
        return parts

    def number(self, key: Hashable, inner: tuple[int, ...] = ()) -> int:
        """Return the number of a part, a new one where it was never seen."""
        found = self._numbers.setdefault(key, len(self.inner))
        if found == len(self.inner):
            self.inner.append(inner)
        return found

    def _of_python(self, text: str, own: frozenset[str] = frozenset()) -> list[Part] | None:
        """Return the parts of a text; None where it is no Python, or nested too deeply."""
        try:
            tree = _tree(text)
            return list(_Reader(self, text, tree, own | _bound(tree)).parts())
        except _NO_PYTHON:
            return None

    def _by_lines(self, text: str) -> Iterator[Part]:
        """Yield the parts of a text that is no Python, each line for itself."""
        lines = text.splitlines(keepends=True)
        own = frozenset[str]().union(*(_bound(_parsed(_whole(line.strip()))) for line in lines))
        begin = 0
        for line in lines:
            stripped = line.strip()
            at = begin + line.find(stripped)
            found = self._of_python(_whole(stripped), own)
            if found is not None:
                for part in found:
                    end = min(part.end, len(stripped))
                    yield Part(part.number, at + min(part.begin, end), at + end)
            elif stripped and not stripped.startswith("#"):
                words = tuple(re.findall(r"\w+|[^\w\s]", stripped))
                yield Part(self.number(("line", words)), at, at + len(stripped))
            begin += len(line)


class _Reader:
    """Reads one tree; see `Parts.of_code`."""

    def __init__(self, parts: Parts, text: str, tree: ast.Module, own: frozenset[str]):
        self._parts, self._tree, self._own = parts, tree, own
        self._modules = dict(_imported(tree))
        # Columns of a tree count bytes.
        self._lines = [line.encode() for line in text.split("\n")]
        self._begins = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._found: list[Part] = []

    def parts(self) -> Iterator[Part]:
        """Yield the parts of all statements, each statement with those in its head."""
        waiting: list[ast.AST] = [self._tree]
        while waiting:
            held = waiting.pop()
            if not (_is_docstring(held) or isinstance(held, ast.Import | ast.ImportFrom)):
                self._number(held)
            waiting += [one for one in ast.iter_child_nodes(held) if isinstance(one, _HELD)]
        yield from self._found

    def _number(self, node: ast.AST) -> int:
        values, inner = [], []
        for name, value in self._fields(node):
            some = value if isinstance(value, list) else [value]
            below = [
                self._number(one)
                for one in some
                if isinstance(one, ast.AST) and not isinstance(one, _HELD)
            ]
            if name == "keywords":  # their order changes nothing
                below.sort()
            inner += below
            scalars = [repr(one)[:_LONGEST] for one in some if not isinstance(one, ast.AST)]
            values.append((name, *below, *scalars))
        number = self._parts.number((type(node).__name__, *values), tuple(inner))
        if hasattr(node, "lineno"):
            self._found.append(Part(number, *self._span(node)))
        return number

    def _fields(self, node: ast.AST) -> Iterator[tuple[str, object]]:
        """Yield what the form of a node is made of; its own names are left out."""
        own_name = isinstance(node, ast.arg) or getattr(node, "name", None) in self._own
        for name, value in ast.iter_fields(node):
            if name in _LEFT_OUT or value is None or value == []:
                continue
            if name in ("arg", "name") and own_name:
                continue
            if name == "id":
                value = self._modules.get(str(value), "" if value in self._own else value)
            elif name == "attr" and f".{value}" in self._own:
                value = ""
            yield name, value

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node stands; of a statement with a block, its head."""
        body = getattr(node, "body", None)
        last = body[0] if isinstance(body, list) and body else None
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        if last is not None:
            first = getattr(last, "decorator_list", None) or [last]
            end_line, end_column = first[0].lineno, first[0].col_offset
        begin = self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return begin, max(begin, self._place(end_line, end_column))

    def _place(self, line: int, column: int) -> int:
        text = self._lines[line - 1][:column].decode("utf-8", "replace")
        return self._begins[line - 1] + len(text)


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):  # of what a student wrote, such as "\\d"
        return ast.parse(_plain(text))


def _plain(text: str) -> str:
    """Return the text of a cell as Python; a magic becomes a statement that says nothing."""
    return _MAGIC.sub(lambda line: line[1] + "0".ljust(len(line[0]) - len(line[1])), text)


def _whole(line: str) -> str:
    """Return a line as a statement by itself: the head of a block gets a body."""
    return f"{line}\n pass" if line.endswith(":") else line


def _parsed(text: str) -> ast.Module | None:
    try:
        return _tree(text)
    except _NO_PYTHON:
        return None


def _bound(tree: ast.Module | None) -> frozenset[str]:
    """Return the names that a cell binds, and with a dot before them attributes of `self`."""
    names: set[str] = set()
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, _NAMED) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(f".{node.attr}")
    return frozenset(names)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each name that an import binds, with what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{getattr(node, 'module', None) or ''}."
            for alias in node.names:
                if alias.asname or isinstance(node, ast.ImportFrom):
                    yield alias.asname or alias.name, f"{module}{alias.name}".lstrip(".")


def _is_docstring(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant)


def _docstrings(text: str) -> Iterator[tuple[int, int]]:
    """Yield where triple-quoted texts stand."""
    for match in re.finditer(r"('''|\"\"\")(.*?)\1", text, re.S):
        yield match.span(2)
