"""Which functions were stopped at a limit of time, so that nothing waits for them again.

A function that never returns is called in its test cell, in plots, in each criterion, and in cells
of the student's own. Each of them would wait for as long as it may.

    a cell that was stopped                          whose fault it is
    a locked cell that calls one exercise            that exercise's: its functions are stopped
    the questions of a hidden test                   that exercise's: its functions are stopped
    any other                                        not known: what it calls is suspect

A stopped function is replaced, in the student process, by one that raises at once, until a later
cell defines it again. Its hidden tests are not asked. Nobody is judged for a suspect: a cell of the
student's own may loop by itself, and call a function that is right. So other cells of the student's
own that call a suspect do not run, cells of the exercise have a short budget, and the hidden tests
decide.

Which names a cell calls is read from its text, and from the text of cells that define those names.
Code can hide from that. It gains nothing but the time of its own cells, each of which has a budget.
"""

from nbformat import NotebookNode

from nbjudge.judge.budgets import Budgets
from nbjudge.notebook.master import (
    functions,
    mark,
    only_defines,
    used_names,
    visible_text,
)
from nbjudge.notebook.names import defined
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.limits import Breach, not_again, not_run
from nbjudge.process.session import Ran, Session
from nbjudge.verdict import Verdict

_REPLACEMENT = """class {name}:
    def __new__(cls, *_, **__):
        raise TimeoutError({said!r})"""


class Stopped:
    """The functions of one submission that were stopped, while its cells run in `session`."""

    def __init__(self, master: NotebookNode, budgets: Budgets, session: Session):
        self._budgets, self._session = budgets, session
        self._exercise: dict[str, str] = {}  # a function -> the solution cell that asks for it
        self._part: dict[str, str] = {}  # a locked cell -> the solution cell before it
        self._marked = {cell.id: cell for cell in master.cells if mark(cell)}
        solution = ""
        for cell in self._marked.values():
            if mark(cell).get("solution"):
                solution = cell.id
                asked = functions(visible_text(cell)) or functions(cell.source)
                self._exercise |= dict.fromkeys(asked, cell.id)
            else:
                self._part[cell.id] = solution
        self._calls: dict[str, set[str]] = {}  # a name -> what the cell that defines it uses
        self._functions: set[str] = set()  # those that are defined by now
        self._stopped: dict[str, Breach] = {}
        self._suspects: dict[str, Breach] = {}

    def run(self, cell: NotebookNode, source: str, number: int, continues: bool = False) -> Ran:
        """Run a cell, the `number`-th, within its budget, if it need not be waited for in vain.

        One that `continues` is the rest of that cell.
        """
        suspects = sorted(self._reached(source) & self._suspects.keys())
        own = cell.id not in self._marked
        if own and suspects and not only_defines(source):
            return Ran(breach=self._suspects[suspects[0]])
        budget = self._budgets.of_cell(cell.id, bool(suspects))
        ran = self._session.run(source, budget, continues)
        if ran.breach is None:
            self._has_run(cell, source)
        elif ran.breach.verdict is Verdict.OUT_OF_TIME:
            self._blame(cell, source, f"in cell [{number}]", ran.breach)
        return ran

    def of(self, test: TestCell) -> Breach | None:
        """Return why a test's functions need not be asked, None where they are."""
        return next((self._stopped[name] for name in test.names if name in self._stopped), None)

    def decided(self, test: TestCell, breach: Breach | None) -> None:
        """Take note of a test that was decided, and of the breach that ended its questions."""
        if breach is None:
            for name in test.names:
                self._suspects.pop(name, None)
        elif breach.verdict is Verdict.OUT_OF_TIME and self.of(test) is None:
            self._stop(set(test.names), "when its exercise was marked", breach)

    def _has_run(self, cell: NotebookNode, source: str) -> None:
        used, given = used_names(source), defined(source)
        self._calls |= dict.fromkeys(given, used)
        self._functions |= functions(source)
        for name in given:  # a new definition is judged afresh
            self._stopped.pop(name, None)
            self._suspects.pop(name, None)
        # A locked cell that came to its end says that what it calls does so, too.
        for name in used if cell.id in self._part else ():
            self._suspects.pop(name, None)

    def _blame(self, cell: NotebookNode, source: str, where: str, breach: Breach) -> None:
        reached = self._reached(source)
        named = {self._exercise[name] for name in used_names(source) & self._exercise.keys()}
        # A plot names no function, and uses an object that the test before it made.
        made = {self._exercise[name] for name in reached & self._exercise.keys()}
        exercises = named or made & {self._part.get(cell.id)}
        if cell.id in self._part and len(exercises) == 1:
            whole = {name for name, one in self._exercise.items() if one in exercises}
            self._stop(whole, where, breach)
            return
        for name in reached & self._functions:
            self._suspects[name] = not_run(name, where)

    def _stop(self, names: set[str], where: str, breach: Breach) -> None:
        for name in sorted(names & self._exercise.keys() & self._calls.keys()):
            self._stopped[name] = not_again(name, where, breach)
            said = f"Not run again: {name} was stopped {where}."
            self._session.run_before(_REPLACEMENT.format(name=name, said=said))

    def _reached(self, source: str) -> set[str]:
        """Return the names that a cell uses, and those that the cells that define them use."""
        found: set[str] = set()
        ahead = list(used_names(source))
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead += self._calls.get(name, ())
        return found
