"""Turn the solution regions of a cell into the placeholders that students fill in.

    scores = query @ keys.mT  # (batch, seq)          scores = None  # YOUR CODE HERE - (batch, seq)
    weights = torch.softmax(scores, dim=-1)     ->    weights = None  # YOUR CODE HERE

A region stands between ``### BEGIN SOLUTION`` and ``### END SOLUTION``. What replaces it follows
from the code inside, so that the solution and the skeleton cannot drift apart:

* every name that the region binds and that the cell reads later becomes
  ``name = None  # YOUR CODE HERE`` (attributes such as ``self.W_q`` always do);
* a trailing comment on such a line is kept: ``# YOUR CODE HERE - shape: (batch, seq)``;
* a region that fills a whole ``if`` or loop, or binds nothing that is read later, becomes
  ``pass  # YOUR CODE HERE``;
* comments on lines of their own, and names that only the region itself uses, disappear.

How it works. The cell is parsed, and a region is located in the tree of its statements. The text
outside of regions is kept byte for byte; writing the tree back (`ast.unparse`) would lose comments
and blank lines.

Where no placeholder can stand, the region becomes what nbgrader makes of it: its stub, which is
`raise NotImplementedError()`. That is so for a region without a statement, one that cuts a
statement or crosses the end of a block, one that binds a name which is read later in a way that no
`name = None` can replace (a loop variable, an import), and each region of a cell that is no plain
Python. A solution cell without a region becomes the stub as a whole.
"""

import ast
import functools
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from nbjudge.notebook.regions import Region, find_regions

PLACEHOLDER = "# YOUR CODE HERE"
STUB = f"{PLACEHOLDER}\nraise NotImplementedError()"  # nbgrader's own
_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.ExceptHandler,
    ast.match_case,
)
_HAVE_SUITES = (*_DEFINITIONS, *_BLOCKS, ast.Match, ast.TryStar)  # statements with blocks in them


@functools.lru_cache(maxsize=512)
def skeleton(source: str, stub: str = STUB, derive: bool = True) -> str:
    """Return the code of a solution cell as students get it.

    Its regions become their placeholders; without `derive`, and where there can be none, they
    become `stub`, as all of a cell without a region does. Raises `SkeletonError`, with the line and
    the mend, where markers do not pair up. Answers are cached, because the master's cells are asked
    for with every submission.
    """
    lines = source.split("\n")
    regions = find_regions(lines)
    if not regions:
        return stub
    cell = _Cell.of(source) if derive else None
    result, next_line = [], 1
    for region in regions:
        result += lines[next_line - 1 : region.begin - 1]
        placeholders = cell.placeholders(region) if cell else None
        result += placeholders or _indented(stub, lines[region.begin - 1])
        next_line = region.end + 1
    return "\n".join(result + lines[next_line - 1 :])


@dataclass(frozen=True)
class _Cell:
    """A solution cell that is plain Python: its tree, its lines, and its comments by line."""

    tree: ast.Module
    lines: list[str]
    comments: dict[int, str]

    @classmethod
    def of(cls, source: str) -> "_Cell | None":
        """Return the cell with this text, None where it is no plain Python."""
        try:
            return cls(ast.parse(source), source.split("\n"), _trailing_comments(source))
        except _NO_PYTHON:
            return None

    def placeholders(self, region: Region) -> list[str] | None:
        """Return the lines that replace a region, None where none can."""
        suite, parent = _suite_of(self.tree, region)
        inside = [statement for statement in suite if region.holds(statement)]
        if not inside or _cuts(self.tree, region) or _leaves(self.tree, region, inside):
            return None
        names_read = _names_read_after(self.tree, region)
        # The third rule of the module's docstring: such a region becomes `pass`.
        fills_block = isinstance(parent, _BLOCKS) and len(inside) == len(suite)
        at_top = isinstance(parent, ast.Module)
        targets = [] if fills_block else _targets(inside, names_read, at_top)
        if _loses(self.tree, region, names_read - {target for target, _ in targets}):
            return None
        lines = [
            f"{target} = None  {PLACEHOLDER}{_kept(self.comments.get(line, ''))}"
            for target, line in targets
        ]
        text = "\n".join(lines or [f"pass  {PLACEHOLDER}"])
        return _indented(text, self.lines[inside[0].lineno - 1])


def _indented(text: str, line: str) -> list[str]:
    """Return the lines of a text, each with the indentation of `line`."""
    indent = line[: len(line) - len(line.lstrip())]
    return [indent + line for line in text.split("\n")]


def _kept(comment: str) -> str:
    return f" - {comment}" if comment else ""


def _cuts(tree: ast.Module, region: Region) -> bool:
    """Whether a marker stands inside a statement.

    A statement with a block, such as `if`, may begin before the region and hold it whole.
    """
    markers = region.begin, region.end
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
        line, last = node.lineno, node.end_lineno or node.lineno
        first = min([line, *decorators])
        head = line if isinstance(node, _HAVE_SUITES) else last
        if any(first <= marker <= head for marker in markers):
            return True
        if region.begin < first < region.end < last:
            return True
    return False


def _suite_of(tree: ast.Module, region: Region) -> tuple[list[ast.stmt], ast.AST]:
    """Return the list of statements that holds the region's own, and the node it belongs to.

    The list is empty where the region holds no statement.
    """
    for parent in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            suite = getattr(parent, field, None)
            if isinstance(suite, list) and any(region.holds(node) for node in suite):
                return suite, parent
    return [], tree


def _leaves(tree: ast.Module, region: Region, inside: list[ast.stmt]) -> bool:
    """Whether a region holds statements of two blocks: one indentation cannot serve both."""
    covered = {node for statement in inside for node in ast.walk(statement)}
    return any(
        isinstance(node, ast.stmt) and region.holds(node) and node not in covered
        for node in ast.walk(tree)
    )


def _targets(inside: list[ast.stmt], names_read: set[str], at_top: bool) -> list[tuple[str, int]]:
    """Return what the statements assign and the skeleton needs, with the last line of each."""
    found = []
    for statement in inside:
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Attribute) or (
                isinstance(target, ast.Name) and (at_top or target.id in names_read)
            ):
                found.append((ast.unparse(target), statement.end_lineno or statement.lineno))
    return found


def _names_read_after(tree: ast.Module, region: Region) -> set[str]:
    """Return the names that are read in a line after the region, in whatever function."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.lineno > region.end
    }


def _loses(tree: ast.Module, region: Region, needed: set[str]) -> bool:
    """Whether the skeleton would read a name after the region that nothing defines any more."""
    before = {name for name, line in _bindings(tree) if line < region.begin}
    inside = {name for name, line in _bindings(tree) if region.begin < line < region.end}
    return bool(inside & needed - before)


def _bindings(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each name that the cell binds, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, _DEFINITIONS):
            yield node.name, node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).split(".")[0], node.lineno


def _trailing_comments(source: str) -> dict[int, str]:
    """Return the text of each comment that follows code, by line."""
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip()
    }
