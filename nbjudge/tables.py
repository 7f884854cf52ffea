"""Tables and lines as plain text: for terminals, logs and notebooks."""

import io
from typing import Any

from rich.console import Console
from rich.text import Text


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
