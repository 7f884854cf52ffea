"""Whether a cell is right Python of a newer version than the one that grades.

ruff knows which version brought which syntax. It only reads the text.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass

_OURS = f"{sys.version_info[0]}.{sys.version_info[1]}"
_ADDED = re.compile(
    r"(?P<what>.+) on Python [\d.]+ \(syntax was added in Python (?P<version>[\d.]+)\)"
)
_SECONDS = 20


@dataclass(frozen=True)
class NewerSyntax:
    """Syntax that Python `version` brought, in `line` of a cell, counted from 1."""

    version: str
    line: int

    def __str__(self) -> str:
        return f"This needs Python {self.version}; grading runs Python {_OURS}."


def newer_syntax(python: str) -> NewerSyntax | None:
    """Return what a text needs that this Python lacks.

    None where nothing is lacking, and where the text is no Python of any version.
    """
    target = f"py{_OURS.replace('.', '')}"
    how = ["--isolated", "--quiet", "--select", "E9", "--output-format", "json"]
    command = [sys.executable, "-m", "ruff", "check", *how, "--target-version", target, "-"]
    try:
        done = subprocess.run(
            command, input=python.encode("utf-8", "replace"), capture_output=True, timeout=_SECONDS
        )
        errors = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    found = [
        NewerSyntax(match["version"], error["location"]["row"])
        for error in errors
        if (match := _ADDED.fullmatch(error["message"]))
    ]
    # Where another error stands beside, no version of Python would take the cell.
    if not found or len(found) < len(errors):
        return None
    return max(found, key=lambda one: [int(part) for part in one.version.split(".")])
