"""What a test needs of the cells of the master before it: imports, helpers, names of solutions."""

import ast
import builtins
import functools
from collections.abc import Set

from nbformat import NotebookNode

from nbjudge.notebook.changed import changed
from nbjudge.notebook.magics import plain
from nbjudge.notebook.master import functions, mark, visible_text
from nbjudge.notebook.names import bound, defined, forms, imports, is_python, taken


def needed(source: str, before: list[NotebookNode]) -> list[NotebookNode]:
    """Return the master's cells, in order, that define what `source` uses, directly or not.

    A cell that changes a value of theirs in place is one of them, too. Solution cells are not, and
    neither is a cell that is no Python. An earlier test is one for what `source` does not define
    itself. A cell with `from … import *` is one where a name is used that nothing else defines.
    """
    wanted, own = set(taken(plain(source))), bound(plain(source))
    known = {*dir(builtins), *own}.union(*(bound(plain(c.source)) for c in before))
    found: list[NotebookNode] = []
    for place, cell in reversed([*enumerate(before)]):
        text = helper(cell)
        if mark(cell).get("solution") or not is_python(text):
            continue
        asked = wanted - own if mark(cell).get("grade") else wanted
        gives = asked & bound(text) or _masters_own(asked & changed(text), before[:place])
        if gives or (wanted - known and _takes_all(text)):
            found.insert(0, cell)
            wanted |= taken(text)
    return found


def _masters_own(names: Set[str], before: list[NotebookNode]) -> Set[str]:
    """Return those of the names that a cell changes which hold the master's own values.

    What a solution defines has been changed in the student's process, and is not changed twice. By
    its look `plt.show()` changes a module; such a cell would run for nearly every test.
    """
    if not names:  # as nearly always, and then no other cell need be read
        return names
    helpers = [helper(cell) for cell in before if not mark(cell).get("solution")]
    ours = frozenset[str]().union(*map(defined, helpers))
    return names & ours - names_of_solutions(before)


def without_magics(cell: NotebookNode) -> str:
    """Return what students have of a cell, as plain Python."""
    return plain(visible_text(cell))


def helper(cell: NotebookNode) -> str:
    """Return what a test needs of an earlier cell: of another test, what that defines."""
    return _definitions(cell.source) if mark(cell).get("grade") else without_magics(cell)


@functools.lru_cache(maxsize=512)
def _definitions(source: str) -> str:
    """Return what a test defines, without what it asks: that must not decide another test."""
    text = plain(source)
    if not is_python(text):
        return text
    tree = ast.parse(text)
    tree.body = [one for one in tree.body if not isinstance(one, ast.Expr | ast.Assert)]
    return ast.unparse(tree)


def asked_names(cell: NotebookNode) -> frozenset[str]:
    """Return the names that a solution cell asks for: those that it shows.

    Where it shows none, because the region holds them whole: its functions and classes.
    """
    return frozenset(forms(without_magics(cell)) or functions(plain(cell.source)))


def all_names(cell: NotebookNode, before: list[NotebookNode]) -> frozenset[str]:
    """Return all names that the master's solution gives a value, shown or not.

    A name of `before` is among them where it changes its value. A module never is: of the student's
    `np`, it would be the student who says what `np.isclose` answers.
    """
    shown, whole = without_magics(cell), plain(cell.source)
    names, others = defined(shown) | defined(whole), changed(shown) | changed(whole)
    if others <= names:  # as nearly always, and then no other cell need be read
        return names
    return names | others & frozenset[str]().union(*(defined(plain(c.source)) for c in before))


def names_of_solutions(before: list[NotebookNode]) -> frozenset[str]:
    """Return the names that a solution cell defines, and no other cell behind it."""
    names: frozenset[str] = frozenset()
    for cell in before:
        own = mark(cell).get("solution")
        names = (
            names | asked_names(cell) | all_names(cell, before)
            if own
            else names - bound(helper(cell))
        )
    return names


def wanted_imports(solutions: list[NotebookNode], wanted: frozenset[str]) -> list[str]:
    """Return the lines of solutions that import what is wanted: a module needs no proxy."""
    lines = [line for cell in solutions for line in imports(plain(cell.source))]
    return [line for line in lines if wanted & bound(line) or _takes_all(line)]


def _takes_all(text: str) -> bool:
    return any(line.endswith("import *") for line in imports(text))
