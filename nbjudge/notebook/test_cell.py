"""A grade cell of the master, as plain Python that runs in the judge process.

Its text may use names that other cells of the master define: imports, the device, helpers. Those
cells run in the judge process before it, and no others: a cell that draws a plot costs nothing
unless a test needs it. Names of solution cells are proxies. Nothing of the submission runs in this
process.
"""

import ast
import functools
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from nbjudge.notebook.master import defined_names, mark, visible_text


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
        defined = [_defined(visible_text(one)) for one in solutions]
        return cls(
            source=original.source,
            visible=visible_text(original),
            points=float(about.get("points") or 0),
            names=list(defined[-1]) if defined else [],
            defined=[name for names in defined for name in names],
            helpers=[without_magics(one) for one in needed(original.source, before)],
            solution=solutions[-1].id if solutions else "",
            placeholder=visible_text(solutions[-1]) if solutions else "",
        )

    def run(self, proxies: dict[str, Any]) -> Any:
        """Run helpers and test with `proxies` in the namespace; return the last value."""
        namespace = {"__name__": "__main__", **proxies}
        for source in self.helpers:
            exec(compile(source, "<helper cell of the master>", "exec"), namespace)
        tree = ast.parse(self.source)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr):
            last = ast.Expr(ast.Constant(None))
        else:
            tree.body.pop()
        exec(compile(tree, "<test cell of the master>", "exec"), namespace)
        expression = ast.fix_missing_locations(ast.Expression(last.value))
        return eval(compile(expression, "<test cell of the master>", "eval"), namespace)


def needed(source: str, before: list[NotebookNode]) -> list[NotebookNode]:
    """Return the master's cells, in order, that define what `source` uses, directly or not.

    Solution cells are none of them.
    """
    wanted = set(_used(source))
    found: list[NotebookNode] = []
    for cell in reversed(before):
        if mark(cell).get("solution"):
            continue
        text = without_magics(cell)
        if wanted & _bound(text):
            found.insert(0, cell)
            wanted |= _used(text)
    return found


def without_magics(cell: NotebookNode) -> str:
    """Return what students have of a cell, as plain Python: lines of IPython's own are empty."""
    lines = visible_text(cell).split("\n")
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


@functools.lru_cache(maxsize=512)
def _defined(source: str) -> list[str]:
    return sorted(defined_names(source))


@functools.lru_cache(maxsize=512)
def _used(source: str) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


@functools.lru_cache(maxsize=512)
def _bound(source: str) -> set[str]:
    """Return the names that a cell binds anywhere at its top level, imports included."""
    names = defined_names(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(name.asname or name.name).split(".")[0] for name in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
