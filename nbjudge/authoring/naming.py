"""What an assignment and a function of its exercise may be called.

An assignment's name becomes a folder, a notebook's file, a row of the gradebook and a part of
addresses. A function's name becomes a name in the notebook, the beginning of cells' ids, and a
module of the rubric. nbgrader has a rule for each; ours are narrower.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterable

from nbgrader.api import Assignment, SourceCell
from nbgrader.coursedir import CourseDirectory
from traitlets import TraitError

# Others are read as patterns, as paths or as markup: by nbgrader, by a shell, in the master.
_NAME = re.compile(r"\w(?:[\w .-]*[\w-])?")
_BESIDE = {"idioms", "misconceptions", "forms"}  # folders beside the rubric's modules
_LONGEST_ENDING = "-contract"  # of a cell's id, which begins with the name of its function


def problem_of_name(name: str) -> str:
    """Return why an assignment cannot be called `name`, and what would be right; "" where it can.

    nbgrader's own rule comes first.
    """
    try:
        CourseDirectory(assignment_id=name.strip())
    except TraitError as error:
        return f"{error}. Choose a name without them."
    if not _NAME.fullmatch(name):
        return (
            "A name has letters, digits, spaces, '_', '-' and '.'; it begins with a letter, a "
            "digit or '_', and does not end with a space or '.'."
        )
    return _too_long(name, Assignment.name.type.length)


def problem_of_function(name: str, cells: Iterable[str]) -> str:
    """Return why a function cannot be called `name` in a notebook of these `cells`, or ""."""
    # nbgrader's toolbar refuses a cell whose id has other letters; ids begin with the name.
    if not (name.isascii() and name.isidentifier()):
        return "A function's name has the letters a to z, digits and '_', and no digit first."
    if keyword.iskeyword(name) or name.startswith("__"):
        return "Python has this word for itself. Choose another name."
    if hasattr(builtins, name):
        return "Python has a function or a constant of this name. Choose another one."
    if name in _BESIDE | set().union(*map(_names, cells)):
        return "The assignment has something of this name besides. Choose another one."
    return _too_long(name, SourceCell.name.type.length - len(_LONGEST_ENDING))


def problem_of_title(title: str, markers: Iterable[str]) -> str:
    """Return why a notebook cannot be headed by `title`, or "".

    `markers` begin and end what students do not get; nbgrader finds them in any text.
    """
    if any(marker in title for marker in markers):
        return "A title holds no marker of solutions or of tests."
    well = title.isprintable() and title.strip()
    return "" if well else "A title is one line that can be printed, and not empty."


def title_of(name: str) -> str:
    """Return the title of an assignment that has only a name: "week_2" is "Week 2"."""
    words = re.sub(r"[_ -]+", " ", name).strip() or name
    return words[:1].upper() + words[1:]


def _too_long(name: str, most: int) -> str:
    return "" if len(name) <= most else f"It has {len(name)} letters; the gradebook keeps {most}."


def _names(cell: str) -> set[str]:
    """Return all names that a cell gives a value, or uses."""
    nodes = list(ast.walk(ast.parse(cell)))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return used | {alias.name for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)
                   for alias in node.names}  # fmt: skip
