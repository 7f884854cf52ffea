"""Text that student code made, fit for a log, a terminal and a page.

Escape sequences are commands to a terminal: they can clear it, set its title, or write to the
clipboard. Marks of Unicode's bidirectional algorithm can let a reader see another text than the one
that is there.
"""

import re
from typing import Any

_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # OSC and other strings: titles, clipboard
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def strip_control(text: Any) -> str:
    """Return text without terminal control sequences and without marks that reorder it.

    A value that is no text gives an empty text. A character that is not Unicode, such as a lone
    surrogate, becomes a question mark.
    """
    if not isinstance(text, str):
        return ""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return _BIDI.sub("", _CONTROL.sub("", sound))
