"""The rubrics of a course, imported by file.

A rubric is a module of the course's own `rubrics/<assignment>/` folder, with a name for each
exercise. Beside it may stand `misconceptions/<exercise>.py`, which adds misconceptions to the same
rubric. Rubrics are never packaged: the folder is found by walking up to `nbgrader_config.py`, which
is the same in `source/`, under plain nbgrader's Execute, and in the judge process.
"""

import functools
import hashlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbjudge.course import RubricError, course_root

_PACKAGES = "nbjudge_rubrics_"
_CALL = re.compile(r"\bgrade\(\s*[\"']([^\"']+)[\"']")


def named(text: str) -> list[str]:
    """Return the paths of the rubrics that a hidden test calls our `grade` with.

        named('from nbjudge.rubric import grade\ngrade("attention/scaled", globals())')

    returns ["attention/scaled"]. A course may have a `grade` of its own.
    """
    return _CALL.findall(text) if "nbjudge.rubric" in text else []


def load(path: str, inside: Path) -> tuple[Any, str]:
    """Import the rubric `path` of the course that the folder `inside` belongs to.

    `path` is "<assignment>/<exercise>". Returns the rubric and its version, a digest of all files
    of the assignment's rubric folder. Raises `RubricError` where there is no such rubric.
    """
    assignment, _, exercise = path.partition("/")
    folder = course_root(inside) / "rubrics" / assignment
    file = folder / f"{exercise}.py"
    if not file.is_file():
        raise RubricError(f"There is no rubric {file}. Check the name in the hidden-test cell.")
    digest = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.read_bytes())
    version = digest.hexdigest()[:12]
    return _load(folder, exercise, version), version


def forget_rubrics() -> None:
    """Forget all rubrics that were imported.

    A cluster's worker calls this at the end of a run: the same course may come again, in another
    folder.
    """
    _load.cache_clear()
    for name in [name for name in sys.modules if name.startswith(_PACKAGES)]:
        del sys.modules[name]


@functools.lru_cache(maxsize=64)
def _load(folder: Path, exercise: str, version: str) -> Any:
    """Import a rubric, and the misconceptions that belong to it, once for each version."""
    # The version is part of the package's name. So a rubric that was corrected while the process
    # runs, and two assignments with modules of the same names, are imported side by side.
    package = f"{_PACKAGES}{folder.name}_{version}"
    with _without_bytecode():
        if package not in sys.modules:
            _import(package, folder / "__init__.py", [str(folder)])
        rubric = _import(f"{package}.{exercise}", folder / f"{exercise}.py", None).rubric
        wrong = folder / "misconceptions" / f"{exercise}.py"
        if wrong.is_file():
            _import(f"{package}.misconceptions.{exercise}", wrong, None)
    return rubric


@contextmanager
def _without_bytecode() -> Iterator[None]:
    # The folder is the course's: grading reads it, and leaves no __pycache__ there. A cache
    # elsewhere (sys.pycache_prefix) would be one more place that must be closed to students.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _import(name: str, file: Path, search: list[str] | None) -> Any:
    # Loaded by file, not by sys.path: a folder named like the assignment may stand anywhere,
    # also beside the student's notebook.
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise RubricError(f"Cannot import {file}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
