"""A grade cell of the master, as plain Python that runs in the judge process.

Its text may use names that other cells of the master define: imports, the device, helpers. Those
cells run in the judge process before it, and no others: a cell that draws a plot costs nothing
unless a test needs it. Names of solution cells are proxies. Nothing of the submission runs in this
process.
"""

import ast
import builtins
import traceback
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from nbjudge.notebook.magics import plain
from nbjudge.notebook.master import functions, mark, visible_text
from nbjudge.notebook.names import bound, defined, forms, imports, is_python, used

_FILE = "<test cell of the master>"


@dataclass
class TestCell:
    """A grade cell that can give points.

        source, visible     its whole text, and the text that students have
        points              the most that it gives
        solution            the id of the solution cell before it
        names, placeholder  what that cell defines, and its text as it was handed out
        defined             the names that all solution cells before it define
        helpers             the texts of other cells of the master that it needs, in order

    All of it comes from the master.
    """

    __test__ = False  # pytest takes a class of this name for tests

    source: str
    visible: str
    points: float
    names: list[str]
    defined: list[str]
    helpers: list[str] = field(default_factory=list)
    solution: str = ""
    placeholder: str = ""

    @classmethod
    def of(cls, cell: NotebookNode, master: NotebookNode) -> "TestCell | None":
        """Return the test that a cell of a submission stands for, or None where it gives no points.

        The text and the points are the master's. A visible test for 0 points, without hidden tests
        and without extra credit, decides nothing: it runs in the student process only.
        """
        original = next((one for one in master.cells if one.id == cell.id), None)
        about = {} if original is None else mark(original)
        if original is None or not about.get("grade") or about.get("solution"):
            return None
        hidden = "BEGIN HIDDEN TESTS" in original.source
        extra = original.metadata.get("nbjudge", {}).get("extra_credit")
        if original.cell_type != "code" or not (hidden or extra or about.get("points")):
            return None
        before = [
            one for one in master.cells[: master.cells.index(original)] if one.cell_type == "code"
        ]
        solutions = [one for one in before if mark(one).get("solution")]
        source = plain(original.source, decides=True)
        cells = needed(source, before)
        helpers = [without_magics(one) for one in cells]
        wanted = used(source).union(*map(used, helpers))
        asked = [_asked(one) | _defined(one) & wanted for one in solutions]
        return cls(
            source=source,
            visible=visible_text(original),
            points=float(about.get("points") or 0),
            names=sorted(_asked(solutions[-1]) | asked[-1] - bound(source)) if asked else [],
            defined=sorted(frozenset().union(*asked)),
            helpers=[*_imports(solutions, wanted), *helpers],
            solution=solutions[-1].id if solutions else "",
            placeholder=visible_text(solutions[-1]) if solutions else "",
        )

    def run(self, namespace: dict[str, Any]) -> Any:
        """Run helpers and test in `namespace`, which holds proxies; return the last value."""
        namespace["__name__"] = "__main__"
        for source in self.helpers:
            exec(compile(source, "<helper cell of the master>", "exec"), namespace)
        tree = ast.parse(self.source)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr):
            last = ast.Expr(ast.Constant(None))
        else:
            tree.body.pop()
        exec(compile(tree, _FILE, "exec"), namespace)
        expression = ast.fix_missing_locations(ast.Expression(last.value))
        return eval(compile(expression, _FILE, "eval"), namespace)

    def line_of(self, error: BaseException) -> str:
        """Return the line of the test's text in which it raised `error`; "" where in none."""
        frames = traceback.extract_tb(error.__traceback__)
        numbers = [frame.lineno or 0 for frame in frames if frame.filename == _FILE]
        lines = self.source.splitlines()
        return lines[numbers[-1] - 1].strip() if numbers and numbers[-1] <= len(lines) else ""


def needed(source: str, before: list[NotebookNode]) -> list[NotebookNode]:
    """Return the master's cells, in order, that define what `source` uses, directly or not.

    Solution cells are none of them, and neither is a cell that is no Python. A cell with
    `from … import *` is one where a name is used that nothing else defines.
    """
    wanted = set(used(plain(source)))
    known = {*dir(builtins), *bound(plain(source))}.union(*(bound(plain(c.source)) for c in before))
    found: list[NotebookNode] = []
    for cell in reversed(before):
        text = without_magics(cell)
        if mark(cell).get("solution") or not is_python(text):
            continue
        if wanted & bound(text) or (wanted - known and _takes_all(text)):
            found.insert(0, cell)
            wanted |= used(text)
    return found


def without_magics(cell: NotebookNode) -> str:
    """Return what students have of a cell, as plain Python."""
    return plain(visible_text(cell))


def _asked(cell: NotebookNode) -> frozenset[str]:
    """Return the names that a solution cell asks for: those that it shows.

    Where it shows none, because the region holds them whole: its functions and classes.
    """
    return frozenset(forms(without_magics(cell)) or functions(plain(cell.source)))


def _defined(cell: NotebookNode) -> frozenset[str]:
    """Return all names that the master's solution gives a value, shown or not."""
    return defined(without_magics(cell)) | defined(plain(cell.source))


def _imports(solutions: list[NotebookNode], wanted: frozenset[str]) -> list[str]:
    """Return the lines of solutions that import what is wanted: a module needs no proxy."""
    lines = [line for cell in solutions for line in imports(plain(cell.source))]
    return [line for line in lines if wanted & bound(line) or _takes_all(line)]


def _takes_all(text: str) -> bool:
    return any(line.endswith("import *") for line in imports(text))
