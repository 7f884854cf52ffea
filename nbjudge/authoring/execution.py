"""Execute the masters of an assignment, in a kernel, as plain Jupyter does.

What must not be wrong is refused: a solution that raises, and a test that it does not pass. An
ordinary cell that raises is only named, because it may do so on purpose; one that is tagged
`raises-exception` says so itself.
"""

import asyncio
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution

from nbjudge.authoring.masters import BuildError, Master, copy_with
from nbjudge.notebook.canonical import to_text
from nbjudge.notebook.master import Conventions
from nbjudge.rubric.scorecard import Scorecard

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ON_PURPOSE = "raises-exception"  # the tag by which Jupyter knows such a cell


def execute(masters: list[Master], folder: Path, written: Conventions) -> list[str]:
    """Execute masters in `folder`, made anew with copies of their files; return warnings.

    A notebook is written there before it is refused, so that an instructor can look at it. Raises
    `BuildError` unless its solution has full marks. The folder must lie in the course, where the
    tests find their rubrics.
    """
    if folder.exists():
        shutil.rmtree(folder)
    copy_with(masters, folder)
    found: list[str] = []
    for master in masters:
        notebook = _executed(master, folder, written)
        (folder / master.path.name).write_text(to_text(notebook), encoding="utf-8")
        for cell in notebook.cells:
            where = f"{master.path}, cell '{cell.id}'"
            found += _errors(where, cell)
            _refuse_lost_points(where, cell)
    return found


def _executed(master: Master, folder: Path, written: Conventions) -> NotebookNode:
    notebook = written.framed(deepcopy(master.notebook))
    client = NotebookClient(
        notebook,
        timeout=300,
        # The author's own kernel may be of another machine.
        kernel_name="python3",
        allow_errors=True,
        extra_arguments=["--HistoryManager.hist_file=:memory:", "--Application.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    # In a thread: in the main one nbclient takes the handlers of Ctrl-C and of SIGTERM, keeps both
    # from ending the command, and leaves Python's own behind.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, client.async_execute()).result()
    return notebook


def _errors(where: str, cell: NotebookNode) -> Iterator[str]:
    """Yield a warning for an error that may be meant; raise `BuildError` for one that is not."""
    if _ON_PURPOSE in cell.metadata.get("tags", []):
        return
    for output in cell.get("outputs", []):
        if output.output_type == "error" and is_grade(cell) != is_solution(cell):
            trace = _ANSI.sub("", "\n".join(output.traceback))
            raise BuildError(f"{where} raises when the solution runs:\n{trace}")
        if output.output_type == "error":
            yield (
                f"{where} raises {output.ename} when the solution runs. If students are to see "
                f"that, give the cell the tag '{_ON_PURPOSE}'; else mend it."
            )


def _refuse_lost_points(where: str, cell: NotebookNode) -> None:
    card = Scorecard.from_outputs(cell.get("outputs", []))
    if card is not None and (card.fault or card.score < card.points):
        raise BuildError(
            f"{where}: the reference solution does not have full marks.\n"
            f"{card.to_text()}Mend the solution or the rubric."
        )
    if is_grade(cell) and not is_solution(cell):
        try:
            score, most = determine_grade(cell)
        except ValueError as error:
            raise BuildError(
                f"{where} ends in a number above its points, which nbgrader refuses. Mend the last "
                "line of the test, or its points."
            ) from error
        if score not in (most, None):  # None: a person grades it, because it is no code
            raise BuildError(f"{where} gives {score:g} of {most:g} points.{_beware(cell)}")


def _beware(cell: NotebookNode) -> str:
    """Return what a test writes to standard error, with the mend; "" where nothing."""
    written = [one.text for one in cell.outputs if one.get("name") == "stderr"]
    if not written:
        return ""
    return (
        f" It writes to standard error, which nbgrader takes for a failure: {written[0].strip()}\n"
        "Mend what it warns of, or let it print to standard output."
    )
