"""Tables and lines as plain text: for terminals, logs and notebooks."""

import io
import shutil
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

_MOST_NAMED = 3


def told_together(said: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each sentence in pairs (name, sentence), with the names it is said of.

    A sentence that is said of a whole class stands there once:

        told_together([("ada", "No file."), ("bob", "No file.")])  # ["ada, bob: No file."]
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, sentence in said:
        names[sentence].append(name)
    return [f"{_some(sorted(of))}: {sentence}" for sentence, of in names.items()]


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def fitting(widest: int) -> int:
    """Return the columns of the terminal, `widest` at most and where there is none."""
    return min(widest, shutil.get_terminal_size((widest, 24)).columns)


def as_text(*parts: Any, width: int = 100) -> str:
    """Return `parts` as plain text, one below the other, `width` columns wide, without colour.

    `parts` are renderables of rich, and strings, which are printed as they are.
    """
    printed = io.StringIO()
    # force_jupyter: inside a kernel, rich would display each line as a separate output.
    console = Console(file=printed, width=width, color_system=None, force_jupyter=False)
    for part in parts:
        # As `Text`: rich would read brackets and :names: in a string as markup and emoji.
        console.print(Text(part) if isinstance(part, str) else part)
    return printed.getvalue()
