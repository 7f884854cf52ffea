"""An exception of student code, as data: name, text, what it derives from, the student's line."""

import linecache
import traceback
from collections.abc import Mapping
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.lineage import lineage

CELL_FILE = "<ipython-input"  # the name that IPython gives to the text of a cell begins so
_LONGEST_TEXT = 4000


def describe_exception(
    error: BaseException, namespace: Mapping[str, Any] | None = None
) -> messages.Raised:
    """Return the type, the text, the student's own line and the traceback of an exception.

    `namespace` is the notebook's: what it defines, a test may know by name.
    """
    try:
        text = str(error)
    except BaseException as another:
        text = f"<its __str__ raised {type(another).__name__}>"
    # Only lines of cells: a line of ours would tell the student nothing. IPython keeps the text of
    # cells in linecache, under names that are not files.
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(CELL_FILE) and frame.filename in linecache.cache
    ]
    return {
        "name": type(error).__name__[:100],
        "lineage": lineage(type(error), namespace or {}),
        "text": text[:_LONGEST_TEXT],
        "line": (frames[-1].line or "").strip()[:200] if frames else "",
        "traceback": "".join(traceback.format_list(frames))[-_LONGEST_TEXT:],
    }
