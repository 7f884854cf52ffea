"""Tests in the place of AUTOTEST lines, made by nbgrader's own step from the master's solution.

Before anything else of a build, so that its other parts see plain tests: the solution is executed
with them, and `release/` has the visible ones. It is done in the course, in copies of the files
beside the master: what the code writes there reaches no student, and rubrics are found.
"""

import contextlib
import logging
import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from traitlets.config import Config
from yaml import YAMLError

from nbjudge.authoring.masters import BuildError, Master, copy_with
from nbjudge.nbgrader_ext.autotests import InstantiateTests
from nbjudge.notebook.master import Conventions

_SILENT = logging.Logger("nbjudge", logging.CRITICAL + 1)  # what it says is in the BuildError
_TEMPLATES = "https://nbgrader.readthedocs.io/en/stable/user_guide/advanced.html"
_NO_TEMPLATES = (
    "there is no {name}, neither beside it nor in the course folder. Put one there; nbgrader's "
    f"documentation shows one: {_TEMPLATES}"
)


def instantiated(
    masters: list[Master], root: Path, written: Conventions, config: Config
) -> list[Master]:
    """Return the masters with tests in the place of their AUTOTEST lines.

    Raises `BuildError` where nbgrader can make none.
    """
    if not any(written.autotest in cell.source for one in masters for cell in one.notebook.cells):
        return masters
    (root / "build").mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="autotests-", dir=root / "build") as temporary,
        contextlib.chdir(root),  # where nbgrader looks for the templates of the course
    ):
        folder = Path(temporary) / masters[0].path.parent.name
        copy_with(masters, folder)
        return [replace(one, notebook=_of(one, folder, written, config)) for one in masters]


def _of(master: Master, folder: Path, written: Conventions, config: Config) -> NotebookNode:
    notebook = deepcopy(master.notebook)
    own = notebook.cells
    step = InstantiateTests(
        config=Config({"InstantiateTests": config["InstantiateTests"]}), log=_SILENT
    )
    try:
        step.preprocess(written.framed(notebook), {"metadata": {"path": str(folder)}})
    except Exception as error:  # the code of the course, and its templates, raise what they like
        raise BuildError(
            f"{master.path} has {step.autotest_delimiter} lines, and nbgrader can make no tests of "
            f"them: {_cause(error, step.autotest_filename)}"
        ) from error
    notebook.cells = own
    return notebook


def _cause(error: Exception, templates: str) -> str:
    """Return why nbgrader's step failed, and the mend."""
    if isinstance(error, CellExecutionError):  # nbgrader's has no text of its own
        return f"the solution raises {error.ename}: {error.evalue}. Mend it, or the line."
    if isinstance(error.__context__, YAMLError):  # nbgrader fails to say it
        error = error.__context__
    said = " ".join(str(error).split())[:200]
    if isinstance(error, FileNotFoundError):
        return _NO_TEMPLATES.format(name=templates)
    if isinstance(error, YAMLError):
        return f"{templates} is no YAML ({said}). Mend it."
    if isinstance(error, KeyError):
        return f"{templates} lacks {said}. Add it."
    if not said:  # nbgrader says so in its log alone
        return "one stands in a cell that is no test. Mark that cell as 'Autograder tests'."
    return f"{said}. Mend the line, {templates}, or the kernel of the notebook."
