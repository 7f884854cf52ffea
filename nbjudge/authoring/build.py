"""Build an assignment: the master made canonical, `release/` and `solutions/` written.

Theory of operation.

    1  the master is made canonical, and each solution region must have a skeleton
    2  the master is executed with its hidden tests, in a kernel; its solution must have full marks,
       so that a wrong reference never reaches a student
    3  nbgrader's own converters make both notebooks, in a temporary folder, with the course's
       configuration: nbgrader removes `release/` when a conversion fails
    4  what they made is put in place
"""

import asyncio
import logging
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.apps import NbGrader
from nbgrader.converters import GenerateAssignment, GenerateSolution
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade, is_solution

from nbjudge.nbgrader_ext.configuration import application
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.notebook.canonical import canonical, to_text
from nbjudge.notebook.master import Conventions
from nbjudge.notebook.skeleton import SkeletonError, skeleton
from nbjudge.rubric.scorecard import Scorecard

_MADE = ("release", "solutions")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class BuildError(Exception):
    """The assignment cannot be built; the message names the file, the cause and the mend."""


@dataclass(frozen=True)
class Built:
    """Where the parts of one built assignment are."""

    release: Path
    solutions: Path
    executed: Path


def build(root: Path, assignment: str) -> Built:
    """Write `release/`, `solutions/` and an executed copy; register the assignment.

    Raises `BuildError` when the master cannot be turned into a release, when its solution does not
    have full marks, or when the gradebook refuses a change that submissions depend on. Raises
    `ConfigurationError`, before anything is written, when the course's steps are not ours.
    """
    app = application(root)
    written = conventions(app.config, root)
    masters = _masters(root, assignment)
    for path in masters:
        notebook = canonical(nbformat.read(path, as_version=4))
        _check_skeletons(path, notebook, written)
        path.write_text(to_text(notebook), encoding="utf-8")
    built = Built(
        root / "release" / assignment,
        root / "solutions" / assignment,
        root / "build" / "executed" / assignment,
    )
    for path in masters:
        _write_executed(path, built.executed, written)
    with tempfile.TemporaryDirectory(prefix="nbjudge-build-") as temporary:
        for fresh, place in _convert(app, root, assignment, Path(temporary), None):
            _put_in_place(fresh, place)
    return built


def stale(root: Path, assignment: str) -> list[str]:
    """Return a sentence for each file that is not as `build` would write it; execute nothing."""
    app = application(root)
    written = conventions(app.config, root)
    found = []
    for path in _masters(root, assignment):
        notebook = nbformat.read(path, as_version=4)
        _check_skeletons(path, notebook, written)
        if to_text(canonical(notebook)) != path.read_text(encoding="utf-8"):
            found.append(f"{path.relative_to(root)} is not canonical.")
    with tempfile.TemporaryDirectory(prefix="nbjudge-check-") as temporary:
        # nbgrader's converter writes to a gradebook; a check must not change the course's own.
        gradebook = f"sqlite:///{temporary}/gradebook.db"
        for fresh, place in _convert(app, root, assignment, Path(temporary), gradebook):
            for file in sorted(_files(fresh) | _files(place)):
                if not (place / file).is_file():
                    found.append(f"{(place / file).relative_to(root)} is missing.")
                elif not (fresh / file).is_file():
                    found.append(f"{(place / file).relative_to(root)} should not be there.")
                elif (fresh / file).read_bytes() != (place / file).read_bytes():
                    found.append(f"{(place / file).relative_to(root)} is stale.")
    return found


def _masters(root: Path, assignment: str) -> list[Path]:
    folder = root / "source" / assignment
    masters = sorted(folder.glob("*.ipynb"))
    if not masters:
        raise BuildError(f"There is no notebook in {folder}. Check the name of the assignment.")
    return masters


def _check_skeletons(path: Path, notebook: NotebookNode, written: Conventions) -> None:
    problems = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            try:
                skeleton(written.in_our_words(cell.source))
            except SkeletonError as error:
                problems.append(f"{path}, cell '{cell.get('id', '?')}': {error}")
    if problems:
        raise BuildError("\n".join(problems))


def _write_executed(path: Path, folder: Path, written: Conventions) -> None:
    """Execute a master and write the result; raise `BuildError` unless it has full marks.

    Written before it is refused, so that an instructor can look at it.
    """
    notebook = written.framed(nbformat.read(path, as_version=4))
    client = NotebookClient(
        notebook,
        timeout=300,
        allow_errors=True,
        extra_arguments=["--HistoryManager.hist_file=:memory:", "--Application.log_level=40"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    # In a thread: in the main one nbclient takes the handlers of Ctrl-C and of SIGTERM, keeps both
    # from ending the command, and leaves Python's own behind.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, client.async_execute()).result()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path.name).write_text(to_text(notebook), encoding="utf-8")
    for cell in notebook.cells:
        _refuse_failure(path, cell)


def _refuse_failure(path: Path, cell: NotebookNode) -> None:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            trace = _ANSI.sub("", "\n".join(output.traceback))
            raise BuildError(f"{path}, cell '{cell.id}' raises when the solution runs:\n{trace}")
    card = Scorecard.from_outputs(cell.get("outputs", []))
    if card is not None and (card.fault or card.score < card.points):
        raise BuildError(
            f"{path}, cell '{cell.id}': the reference solution does not have full marks.\n"
            f"{card.to_text()}Mend the solution or the rubric."
        )
    if is_grade(cell) and not is_solution(cell):
        score, most = determine_grade(cell)
        if score != most:
            raise BuildError(f"{path}, cell '{cell.id}' gives {score} of {most} points.")


def _convert(
    app: NbGrader, root: Path, assignment: str, temporary: Path, gradebook: str | None
) -> list[tuple[Path, Path]]:
    """Convert into `temporary`; return each made folder with the place where it belongs."""
    # nbgrader says in its log what it refuses. An application of its own, because the log of `app`
    # is that of every reading of the configuration, and silent.
    app = NbGrader(config=app.config, log_level=logging.ERROR)
    try:
        for step in (GenerateAssignment, GenerateSolution):
            coursedir = CourseDirectory(parent=app, root=str(root))
            coursedir.assignment_id = assignment
            coursedir.release_directory = str(temporary / "release")
            coursedir.solution_directory = str(temporary / "solutions")
            if gradebook is not None:
                coursedir.db_url = gradebook
            step(coursedir=coursedir, parent=app).start()
    except NbGraderException as error:
        raise BuildError(
            f"nbgrader could not convert source/{assignment}; its messages stand above. When "
            "submissions are in the gradebook, graded and locked cells cannot be added, renamed or "
            "removed: make a new assignment, or start with a new gradebook."
        ) from error
    return [(temporary / step / assignment, root / step / assignment) for step in _MADE]


def _put_in_place(fresh: Path, place: Path) -> None:
    if place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(fresh, place)


def _files(folder: Path) -> set[Path]:
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
