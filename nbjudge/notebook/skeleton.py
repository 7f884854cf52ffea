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

How it works. The cell is parsed, and a region is located in the tree of its statements. The
skeleton must run as Python, so a region is refused where no placeholder can stand: one that cuts a
statement, one that crosses the end of a block, and one that binds a name which is read later in a
way that no `name = None` can replace (a loop variable, an import). The text outside of regions is
kept byte for byte; writing the tree back (`ast.unparse`) would lose comments and blank lines.
"""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

PLACEHOLDER = "# YOUR CODE HERE"
_MARKER = re.compile(r"^\s*#+\s*(BEGIN|END) SOLUTION\s*$")
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


class SkeletonError(ValueError):
    """The solution cannot be turned into a skeleton; `line` counts from 1 inside the cell."""

    def __init__(self, line: int, problem: str, mend: str):
        super().__init__(f"Line {line}: {problem} {mend}")
        self.line = line


@dataclass(frozen=True)
class Region:
    """Lines `begin` to `end` of a cell, both marker lines included, counted from 1."""

    begin: int
    end: int

    def holds(self, node: ast.AST) -> bool:
        """Return whether `node` starts inside the region."""
        return self.begin < getattr(node, "lineno", 0) < self.end


@functools.lru_cache(maxsize=512)
def skeleton(source: str) -> str:
    """Return `source` with every solution region replaced by its placeholders.

    Raises `SkeletonError`, with the line and the mend, where that cannot be done. Answers are
    cached, because the master's cells are asked for with every submission.
    """
    lines = source.split("\n")
    regions = find_regions(lines)
    if not regions:
        return source
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise SkeletonError(
            error.lineno or 1, f"The solution is not Python ({error.msg}).", "Mend the master cell."
        ) from error
    comments = _trailing_comments(source)
    result, next_line = [], 1
    for region in regions:
        result += lines[next_line - 1 : region.begin - 1]
        result += _placeholders(tree, region, lines, comments)
        next_line = region.end + 1
    return "\n".join(result + lines[next_line - 1 :])


def find_regions(lines: list[str]) -> list[Region]:
    """Return the solution regions in order; raises `SkeletonError` when markers do not pair up."""
    regions, begin = [], None
    for number, line in enumerate(lines, start=1):
        marker = _MARKER.match(line)
        if marker is None:
            continue
        if marker[1] == "BEGIN" and begin is not None:
            raise SkeletonError(
                number,
                f"BEGIN SOLUTION inside the region that began in line {begin}.",
                "Close that region with END SOLUTION first.",
            )
        if marker[1] == "END" and begin is None:
            raise SkeletonError(
                number, "END SOLUTION without a BEGIN SOLUTION.", "Remove it or open a region."
            )
        if marker[1] == "BEGIN":
            begin = number
        else:
            assert begin is not None
            regions.append(Region(begin, number))
            begin = None
    if begin is not None:
        raise SkeletonError(begin, "BEGIN SOLUTION is never closed.", "Add END SOLUTION.")
    return regions


def _placeholders(
    tree: ast.Module, region: Region, lines: list[str], comments: dict[int, str]
) -> list[str]:
    """Return the lines that replace a region."""
    _refuse_cut_statements(tree, region)
    suite, parent = _suite_of(tree, region)
    inside = [statement for statement in suite if region.holds(statement)]
    _refuse_mixed_suites(tree, region, inside)
    names_read = _names_read_after(tree, region)
    # The third rule of the module's docstring: such a region becomes `pass`.
    fills_block = isinstance(parent, _BLOCKS) and len(inside) == len(suite)
    targets = [] if fills_block else _targets(inside, names_read, isinstance(parent, ast.Module))
    _refuse_lost_bindings(tree, region, names_read - {target for target, _ in targets})
    indent = " " * _indent(lines[region.begin - 1])
    if not targets:
        return [f"{indent}pass  {PLACEHOLDER}"]
    return [
        f"{indent}{target} = None  {PLACEHOLDER}{_kept(comments.get(line, ''))}"
        for target, line in targets
    ]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _kept(comment: str) -> str:
    return f" - {comment}" if comment else ""


def _refuse_cut_statements(tree: ast.Module, region: Region) -> None:
    """Refuse a region with a marker inside a statement.

    A statement with a block, such as `if`, may begin before the region and hold it whole.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        end = node.end_lineno or node.lineno
        simple = not isinstance(node, _HAVE_SUITES)
        if (region.holds(node) and end > region.end) or (
            simple and node.lineno < region.begin < end
        ):
            raise SkeletonError(
                region.begin,
                f"The region cuts the statement of line {node.lineno} in two.",
                "Move the markers around whole statements.",
            )


def _suite_of(tree: ast.Module, region: Region) -> tuple[list[ast.stmt], ast.AST]:
    """Return the list of statements that holds the region's own, and the node it belongs to."""
    for parent in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            suite = getattr(parent, field, None)
            if isinstance(suite, list) and any(region.holds(node) for node in suite):
                return suite, parent
    raise SkeletonError(
        region.begin,
        "The region holds no whole statement.",
        "Put the solution's code between the markers.",
    )


def _refuse_mixed_suites(tree: ast.Module, region: Region, inside: list[ast.stmt]) -> None:
    """Refuse a region that holds statements of two blocks: one indentation cannot serve both."""
    covered = {node for statement in inside for node in ast.walk(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and region.holds(node) and node not in covered:
            raise SkeletonError(
                node.lineno,
                "The region crosses the end of a block.",
                "Give each block a region of its own.",
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


def _refuse_lost_bindings(tree: ast.Module, region: Region, needed: set[str]) -> None:
    """Refuse a region after which the skeleton would read a name that nothing defines."""
    before = {name for name, line in _bindings(tree) if line < region.begin}
    for name, line in _bindings(tree):
        if region.begin < line < region.end and name in needed - before:
            raise SkeletonError(
                line,
                f"No placeholder can define '{name}', which is read after the region.",
                f"Assign it in a line of its own ('{name} = ...'), or put the markers inside it.",
            )


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
