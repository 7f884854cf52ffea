"""The folder in which a test runs in the judge process: its own, with copies of the course's files.

A test reads `open("data.csv")` and imports helper modules that lie beside the master, and it may
write. In the course's folder it would find other files there, and write over them.
"""

import contextlib
import importlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbjudge.process.scratch import remove_tree
from nbjudge.rubric.messages import FOLDER_OF_A_TEST

_NOT_COPIED = shutil.ignore_patterns("*.ipynb", ".*", "__pycache__", "*.pyc")


@contextlib.contextmanager
def workplace(source: Path | None) -> Iterator[None]:
    """Run the block in a new folder with what lies in `source`, notebooks aside.

    `source` is the course's own, never a submission's. Modules that the block imports from there
    are forgotten at its end: another assignment may have others of the same names.
    """
    place = tempfile.mkdtemp(prefix=FOLDER_OF_A_TEST)
    known, path = set(sys.modules), list(sys.path)
    try:
        if source is not None:
            shutil.copytree(source, place, ignore=_NOT_COPIED, dirs_exist_ok=True)
        sys.path.insert(0, place)
        importlib.invalidate_caches()
        with contextlib.chdir(place):
            yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(place):
                del sys.modules[name]
        remove_tree(place)
