"""Build an assignment: `release/` and `solutions/` written, and the master made canonical.

Theory of operation.

    1  the masters are read and made canonical, in memory; the markers of their solution regions
       must pair up
    2  nbgrader makes tests of AUTOTEST lines (`authoring.instantiation`)
    3  they are executed with their hidden tests, in a kernel, in `build/executed/`; the solution
       must have full marks, so that a wrong reference never reaches a student
    4  nbgrader's own converters make both notebooks of a copy, in a temporary folder, with the
       course's configuration: nbgrader removes `release/` when a conversion fails
    5  what they made is put in place, and the tests are kept for grading
    6  `source/` is written, where a master was not canonical
"""

import logging
import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbgrader.apps import NbGrader
from nbgrader.converters import GenerateAssignment, GenerateSolution
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from nbjudge.authoring.execution import execute
from nbjudge.authoring.instantiation import instantiated
from nbjudge.authoring.masters import BuildError, Master, copy_with, masters_of, refuse_changed
from nbjudge.nbgrader_ext.configuration import application
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.notebook.autotests import keep, kept_in

_MADE = ("release", "solutions")
_HANDED_IN = (
    " When submissions are in the gradebook, graded and locked cells cannot be added, renamed or "
    "removed: make a new assignment, or start with a new gradebook."
)


@dataclass(frozen=True)
class Built:
    """Where the parts of one built assignment are.

    `changed` are lines on what is otherwise in `source/` now, `warnings` sentences on cells that
    may be wrong.
    """

    release: Path
    solutions: Path
    executed: Path
    changed: list[str]
    warnings: list[str]


def build(root: Path, assignment: str) -> Built:
    """Write `release/`, `solutions/` and an executed copy; register the assignment.

    Raises `BuildError` when the master cannot be turned into a release, when its solution does not
    have full marks, or when the gradebook refuses a change that submissions depend on. Raises
    `ConfigurationError`, before anything is written, when the course's steps are not ours.
    """
    app = application(root)
    written = conventions(app.config, root)
    masters = masters_of(root, assignment, written)
    executed = root / "build" / "executed" / assignment
    ready = instantiated(masters, root, written, app.config)
    warnings = execute(ready, executed, written)
    with tempfile.TemporaryDirectory(prefix="nbjudge-build-") as temporary:
        made = _convert(app, root, ready, Path(temporary), None)
        refuse_changed(masters)
        for fresh, place in made:
            _put_in_place(fresh, place)
    for master, one in zip(masters, ready, strict=True):
        before, after = (written.framed(deepcopy(each.notebook)) for each in (master, one))
        keep(kept_in(root, assignment), master.path.stem, before, after)
    rewritten = [master for master in masters if not master.is_canonical]
    for master in rewritten:
        master.path.write_bytes(master.after)
    changed = [
        f"{master.path.relative_to(root)}: {what}."
        for master in rewritten
        for what in master.changes
    ]
    release, solutions = (root / step / assignment for step in _MADE)
    return Built(release, solutions, executed, changed, warnings)


def stale(root: Path, assignment: str) -> list[str]:
    """Return a sentence for each file that is not as `build` would write it.

    Nothing is executed but what AUTOTEST lines ask for.
    """
    app = application(root)
    written = conventions(app.config, root)
    masters = masters_of(root, assignment, written)
    found = [
        f"{one.path.relative_to(root)} is not canonical." for one in masters if not one.is_canonical
    ]
    ready = instantiated(masters, root, written, app.config)
    with tempfile.TemporaryDirectory(prefix="nbjudge-check-") as temporary:
        # nbgrader's converter writes to a gradebook; a check must not change the course's own.
        gradebook = f"sqlite:///{temporary}/gradebook.db"
        for fresh, place in _convert(app, root, ready, Path(temporary), gradebook):
            for file in sorted(_files(fresh) | _files(place)):
                if not (place / file).is_file():
                    found.append(f"{(place / file).relative_to(root)} is missing.")
                elif not (fresh / file).is_file():
                    found.append(f"{(place / file).relative_to(root)} should not be there.")
                elif (fresh / file).read_bytes() != (place / file).read_bytes():
                    found.append(f"{(place / file).relative_to(root)} is stale.")
    return found


def _convert(
    app: NbGrader, root: Path, masters: list[Master], temporary: Path, gradebook: str | None
) -> list[tuple[Path, Path]]:
    """Convert into `temporary`; return each made folder with the place where it belongs."""
    assignment = masters[0].path.parent.name
    copy_with(masters, temporary / "source" / assignment)
    # nbgrader says in its log what it refuses. An application of its own, because the log of `app`
    # is that of every reading of the configuration, and silent.
    app = NbGrader(config=app.config, log_level=logging.ERROR)
    causes = _Causes()
    app.log.addHandler(causes)
    try:
        for step in (GenerateAssignment, GenerateSolution):
            coursedir = CourseDirectory(parent=app, root=str(root))
            coursedir.assignment_id = assignment
            coursedir.source_directory = str(temporary / "source")
            coursedir.release_directory = str(temporary / "release")
            coursedir.solution_directory = str(temporary / "solutions")
            if gradebook is not None:
                coursedir.db_url = gradebook
            step(coursedir=coursedir, parent=app).start()
    except NbGraderException as error:
        mend = _HANDED_IN if "submissions" in causes.first else ""
        raise BuildError(
            f"nbgrader could not convert source/{assignment}: {causes.first.rstrip('.')}. Its "
            f"messages stand above.{mend}"
        ) from error
    finally:
        app.log.removeHandler(causes)
    return [(temporary / step / assignment, root / step / assignment) for step in _MADE]


class _Causes(logging.Handler):
    """Reads what nbgrader logs of an exception, because it raises another one without a cause."""

    first = "it does not say why"

    def emit(self, record: logging.LogRecord) -> None:
        """Remember what the first exception said."""
        begin, *lines = record.getMessage().splitlines() or [""]
        said = [line.partition(": ")[2] for line in lines if line[:1].strip()]
        if begin.startswith("Traceback") and said and self.first == _Causes.first:
            self.first = said[0]


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
