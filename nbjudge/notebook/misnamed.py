"""Where a notebook of the assignment is missing: which file may be meant, and what to do."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath


def mend(wanted: Iterable[str], found: Iterable[str]) -> str:
    """Return what the author of a submission should do, in sentences.

    `wanted` are the notebooks that the assignment asks for, `found` those that are there, both as
    paths below the submission's folder. Nobody knows which file is meant, so no sentence says so.

    >>> mend(["attention.ipynb"], ["attention (1).ipynb"])
    "If your work is in 'attention (1).ipynb', give it the name 'attention.ipynb'."
    """
    wanted, found = list(wanted), list(found)
    others = [name for name in found if name not in wanted]
    return " ".join(_mends([name for name in wanted if name not in found], others))


def _mends(missing: list[str], others: list[str]) -> Iterator[str]:
    for name in missing:
        below = [one for one in others if PurePath(one).name == PurePath(name).name]
        if below:
            yield f"'{name}' lies in the wrong folder, as '{below[0]}'. Move it up to '{name}'."
        elif others:
            names = " or ".join(f"'{one}'" for one in others)
            yield f"If your work is in {names}, give it the name '{name}'."
        else:
            yield f"Put '{name}' there."
