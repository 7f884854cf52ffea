"""Whether an assignment can be graded: the gradebook knows its masters, and its rubrics are usable.

nbgrader scores a cell by what `nbgrader generate_assignment` wrote into the gradebook. A cell or
points that were changed in `source/` since then would be judged by the one and scored by the other.
A rubric that cannot be used would leave an exercise without a score for the whole class.
"""

from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.utils import is_grade, is_task

from nbjudge.course import RubricError
from nbjudge.notebook.master import Conventions, mark, read_master
from nbjudge.rubric.loader import load, named


def unbuilt(gradebook: Gradebook, assignment: str, source: Path, conventions: Conventions) -> str:
    """Return why an assignment cannot be graded as `source` is now, and the mend; "" where it can.

    `source` is the folder of its master notebooks, `conventions` how they are written.
    """
    mend = f"Run 'nbjudge build {assignment}' first."
    try:
        known = {one.name: one for one in gradebook.find_assignment(assignment).notebooks}
    except MissingEntry:
        return f"The gradebook knows no assignment '{assignment}'. {mend}"
    changed = []
    for path in sorted(source.glob("*.ipynb")):
        if path.stem not in known:
            changed.append(f"{path.name} is new")
        else:
            master = read_master(path, conventions)
            changed += [f"{path.name}: {one}" for one in _changed(known[path.stem], master)]
    if not changed:
        return ""
    return (
        f"{source} was changed since it was built, and the gradebook still has the earlier "
        f"version. {'; '.join(changed)}. {mend}"
    )


def unusable(root: Path, source: Path, conventions: Conventions) -> str:
    """Return what is wrong with a rubric that the masters in `source` name; "" where all are right.

    `root` is the folder of the course.
    """
    masters = (read_master(path, conventions) for path in sorted(source.glob("*.ipynb")))
    for name in (one for master in masters for cell in master.cells for one in named(cell.source)):
        try:
            load(name, root)[0].add_up()
        except Exception as error:  # the course's own code, which raises what it likes
            kind = "" if isinstance(error, RubricError) else f"{type(error).__name__}: "
            return (
                f"The rubric rubrics/{name}.py cannot be used. {kind}{str(error).rstrip('.')}. "
                f"Mend it, run 'nbjudge build {source.name}', then grade again. Nothing was graded."
            )
    return ""


def _changed(known: Notebook, master: NotebookNode) -> Iterator[str]:
    """Yield a phrase for each graded cell that the gradebook has otherwise, or lacks."""
    cells = {one.name: one for one in (*known.grade_cells, *known.task_cells)}
    for cell in master.cells:
        if not (is_grade(cell) or is_task(cell)):
            continue
        name, points = mark(cell).get("grade_id"), float(mark(cell).get("points", 0))
        before = cells.pop(name, None)
        if before is None:
            yield f"the cell '{name}' is graded now"
        elif before.max_score != points:
            yield f"the cell '{name}' has {points:g} points now, and had {before.max_score:g}"
    for name in cells:
        yield f"the cell '{name}' is graded no more"
