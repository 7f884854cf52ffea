"""What is patched in nbgrader and nbconvert while a class run writes, and why: speed alone.

What costs time. nbgrader 0.9.6 opens the gradebook nine times for each submission and checks the
schema of each cell anew. nbconvert copies each notebook before it converts it. Together that is two
thirds of the time of writing.

Why patches. Each step of nbgrader makes its own gradebook, by the name `Gradebook` that its module
has imported: no subclass and no argument reaches it. So, inside `fast_steps` and in this process
only, the modules of `_OPENERS` have another object under that name.

    Gradebook      -> the open one (`gradebook.OpenGradebook`)
    jsonschema     -> `_Validation`, which checks a schema once
    copy           -> `_NoCopy`, which copies nothing

`tests/classrun/test_grade.py` compares rows and files with those of plain nbgrader, table by table:
it fails when a new version of nbgrader does something else. `pyproject.toml` admits 0.9.6 and later
versions of 0.9.
"""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import common

# Modules whose `Gradebook` is opened for each submission.
_OPENERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.latesubmissions",
    "nbgrader.preprocessors.overwritecells",
    "nbgrader.preprocessors.overwritekernelspec",
    "nbgrader.preprocessors.saveautogrades",
    "nbjudge.nbgrader_ext.autograde",
    "nbjudge.nbgrader_ext.submitted",
)
_MOST_VALID = 1000


@contextlib.contextmanager
def fast_steps(gradebook: Gradebook) -> Iterator[None]:
    """Let nbgrader's steps use `gradebook`, copy nothing, and check nothing twice, in the block."""
    openers = dict.fromkeys(_OPENERS, lambda *_, **__: gradebook)
    with (
        _patched("Gradebook", openers),
        _patched("jsonschema", {common.__name__: _Validation()}),
        _patched("copy", {"nbconvert.exporters.exporter": _NoCopy}),
    ):
        yield


@contextlib.contextmanager
def _patched(name: str, values: dict[str, Any]) -> Iterator[None]:
    """Give each module of `values` another `name` while the block runs."""
    before = {module: getattr(sys.modules[module], name) for module in values}
    for module, value in values.items():
        setattr(sys.modules[module], name, value)
    try:
        yield
    finally:
        for module, value in before.items():
            setattr(sys.modules[module], name, value)


class _NoCopy:
    """Stands for the module `copy` in nbconvert's exporter.

    The exporter copies a notebook so that its caller's is not changed. In a class run the notebook
    is read for the exporter alone, and has no other owner.
    """

    @staticmethod
    def deepcopy(value: Any) -> Any:
        """Return what would be copied."""
        return value


class _Validation:
    """Stands for the module `jsonschema` in nbgrader.

    `jsonschema.validate` checks the schema itself at each call, and nbgrader calls it for each
    cell. Most cells of a class have the same metadata, so what was found valid is not validated
    again.
    """

    def __init__(self) -> None:
        self._validators: dict[tuple[str, ...], Any] = {}
        self._valid: set[tuple[tuple[str, ...], str]] = set()

    def validate(self, instance: Any, schema: dict[str, Any]) -> None:
        """Validate as `jsonschema.validate` does."""
        # By content: nbgrader reads the file of a schema anew, so that each is another object.
        known = tuple(schema["properties"])
        if known not in self._validators:
            self._validators[known] = jsonschema.validators.validator_for(schema)(schema)
        text = json.dumps(instance, sort_keys=True)
        if (known, text) in self._valid:
            return
        error = jsonschema.exceptions.best_match(self._validators[known].iter_errors(instance))
        if error is not None:
            raise error
        # Bounded, because a submission may have cells that no other one has.
        if len(self._valid) < _MOST_VALID:
            self._valid.add((known, text))
