"""Paths of the machine that grades, taken out of what a student is shown.

They tell a student nothing, and others how the machine is set up: names of accounts, of folders, of
the course. A traceback names the files of installed packages, a message the scratch directory.
"""

import functools
import os
import re
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Names of cells' texts: IPython's own, and those of a kernel, which are paths.
_CELL = re.compile(r"<ipython-input-(\d+)-[0-9a-f]+>")
# Each part has a bound: a text of megabytes, which a student wrote, must not be searched anew from
# each of its letters.
_KERNEL = re.compile(r"(?:/[\w.-]{1,99}){0,8}/ipykernel_\d{1,20}/\d{1,20}\.py")


def without_paths(text: str) -> str:
    """Return text with the folders of this machine cut off its paths.

    What lies in the scratch directory of a submission is relative to the notebook.

    >>> without_paths(f"{os.__file__}:3, <ipython-input-2-abc>:1")
    'python/os.py:3, Cell In[2]:1'
    """
    pattern, names = _folders()
    text = pattern.sub(lambda found: names.get(found[0], "."), text)
    return _KERNEL.sub("a cell", _CELL.sub(r"Cell In[\1]", text))


@functools.cache
def _folders() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what finds the folders of this machine, and what is said in place of each."""
    names = dict(_named())
    # Scratch directories: see `process.student`. They are named anew for each submission.
    places = {tempfile.gettempdir(), os.path.realpath(tempfile.gettempdir())}
    scratch = "|".join(rf"{re.escape(one)}/nbjudge-\w+(?:/tmp\w+)?" for one in sorted(places))
    known = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    return re.compile(f"(?:{scratch}|{known})"), names


def _named() -> Iterator[tuple[str, str]]:
    paths = sysconfig.get_paths()
    for folders, name in (
        ((sys.prefix, sys.base_prefix), "python"),
        ((paths["stdlib"], paths["platstdlib"]), "python"),
        (
            (*site.getsitepackages(), paths["purelib"], str(Path(__file__).parents[2])),
            "site-packages",
        ),
    ):
        for folder in folders:
            for one in (folder, os.path.realpath(folder)):
                # A short one, such as /usr, is no secret, and is a part of many others.
                if one.count("/") > 1:
                    yield one, name
