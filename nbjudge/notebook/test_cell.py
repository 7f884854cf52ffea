"""A grade cell of the master, as plain Python that runs in the judge process.

Its text may use names that other cells of the master define: imports, the device, helpers. Those
cells run in the judge process before it, and no others: a cell that draws a plot costs nothing
unless a test needs it. Names of solution cells are proxies. Nothing of the submission runs in this
process.
"""

import ast
import traceback
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from nbjudge.notebook.counted import RAISED, counted, is_counted
from nbjudge.notebook.magics import plain
from nbjudge.notebook.master import above_hidden, mark, visible_text
from nbjudge.notebook.names import bound, defined, taken, used, used_within
from nbjudge.notebook.needed import (
    all_names,
    asked_names,
    helper,
    names_of_solutions,
    needed,
    wanted_imports,
)

_FILE = "<test cell of the master>"
# What uses these, such as a rubric, may use names that its text does not show.
BY_TEXT = {"globals", "locals", "eval", "exec"}


@dataclass
class TestCell:
    """A grade cell that can give points.

        source, visible     its whole text, and the text that students have
        points              the most that it gives
        solution            the id of the solution cell before it
        names               what the test uses of what that cell defines: it waits for these
        placeholder         the text of that cell as it was handed out
        defined             the names that all solution cells before it define
        shared              the names that it gives a value, and that functions of these cells read
        helpers             the texts of other cells of the master that it needs, in order
        counted             whether each check gives its share of the points
        anew                the names that a helper defines, and a solution cell behind it anew

    All of it comes from the master.
    """

    __test__ = False  # pytest takes a class of this name for tests

    source: str
    visible: str
    points: float
    names: list[str]
    defined: list[str]
    shared: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    anew: list[str] = field(default_factory=list)
    solution: str = ""
    placeholder: str = ""
    counted: bool = False

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
        helpers = [helper(one) for one in needed(source, before)]
        wanted = used(source).union(*map(used, helpers))
        read = frozenset().union(*(used_within(plain(one.source)) for one in solutions))
        asked = [asked_names(one) | all_names(one, before) & wanted for one in solutions]
        last = asked_names(solutions[-1]) | asked[-1] - bound(source) if asked else frozenset()
        uses = taken(source).union(*map(used, helpers))
        return cls(
            source=source,
            visible=visible_text(original),
            points=float(about.get("points") or 0),
            names=sorted(last if uses & BY_TEXT else last & uses),
            defined=sorted(frozenset().union(*asked)),
            shared=sorted(defined(source) & read),
            helpers=[*wanted_imports(solutions, wanted), *helpers],
            anew=sorted(names_of_solutions(before) & frozenset().union(*map(bound, helpers))),
            solution=solutions[-1].id if solutions else "",
            placeholder=visible_text(solutions[-1]) if solutions else "",
            counted=is_counted(source),
        )

    @property
    def text(self) -> str:
        """The test as one cell of a notebook, whose result is the score."""
        return ast.unparse(self._tree()) if self.counted else self.source

    def run(self, namespace: dict[str, Any]) -> Any:
        """Run helpers and test in `namespace`, which holds proxies; return the last value.

        A helper that raises leaves what it has bound, as every cell does. What it raised is raised
        again where the test then misses a name. Raises what the test raises, but for what its
        checks do where they are counted.
        """
        namespace["__name__"] = "__main__"
        students = {name: namespace[name] for name in self.anew if name in namespace}
        broken: list[Exception] = []
        for source in self.helpers:
            try:
                exec(compile(source, "<helper cell of the master>", "exec"), namespace)
            except Exception as error:
                broken.append(error)
            namespace.update(students)
        try:
            return self._run(namespace)
        except NameError as error:
            if not broken:
                raise
            raise broken[0] from error

    def _run(self, namespace: dict[str, Any]) -> Any:
        tree = self._tree()
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr):
            last = ast.Expr(ast.Constant(None))
        else:
            tree.body.pop()
        exec(compile(tree, _FILE, "exec"), namespace)
        expression = ast.fix_missing_locations(ast.Expression(last.value))
        return eval(compile(expression, _FILE, "eval"), namespace)

    def lost(self, namespace: dict[str, Any]) -> list[BaseException]:
        """Return what was raised while checks were counted, in the namespace of `run`."""
        return namespace[RAISED] if self.counted else []

    def _tree(self) -> ast.Module:
        return counted(self.source, self.points) if self.counted else ast.parse(self.source)

    def line_of(self, error: BaseException) -> str:
        """Return the line of the test's text in which it raised `error`; "" where in none."""
        numbers, lines = _numbers(error), self.source.splitlines()
        return lines[numbers[-1] - 1].strip() if numbers and numbers[-1] <= len(lines) else ""

    def is_seen(self, error: BaseException) -> bool:
        """Return whether the test raised `error` before its first line that students do not have.

        Until there its whole text and its visible part are the same.
        """
        numbers = _numbers(error)
        return bool(numbers) and numbers[0] <= len(above_hidden(self.source).splitlines())


def _numbers(error: BaseException) -> list[int]:
    """Return the lines of a test that were running when `error` was raised, the outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno or 0 for frame in frames if frame.filename == _FILE]
