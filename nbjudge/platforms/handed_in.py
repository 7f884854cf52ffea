"""What one student handed in: which file is the assignment's notebook, and what lies beside it.

A notebook is the assignment's by its name, also with what a platform or a browser put behind it;
else, where the assignment has one notebook and the student sent one with cells of it, by these
cells. Of several, Canvas's newest upload counts, and the others lie beside it. So do all other
files, which the notebook may read, but for two names that only nbgrader writes: a time or a secret
that came from a student is never believed.
"""

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from nbjudge.notebook.master import mark
from nbjudge.notebook.submission import NotGraded, read
from nbjudge.platforms.archive import Packed, shown
from nbjudge.platforms.entries import CANVAS, Entry, NotTaken, names

_MOST_FILES = 1000
_MOST_BYTES = 100 * 2**20
_LONGEST = 200  # bytes of a part of a path; file systems take 255
_DEEPEST = 10
_LARGEST_READ = 10 * 2**20  # bytes of a notebook of another name, whose cells are looked at
_NBGRADERS = ("timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True)
class Sent:
    """A file that a student sent, and what its name in the archive says."""

    entry: Entry
    file: Packed

    @property
    def is_notebook(self) -> bool:
        """Whether its name is a notebook's."""
        return names(self.entry.path.name)[0].endswith(".ipynb")


@dataclass
class HandedIn:
    """What is put into a student's folder, by path; `left` says why each other file is not.

    `first` is the file of the assignment's first notebook that is there, `notebooks` how many of
    them are.
    """

    first: Sent
    notebooks: int
    files: dict[str, bytes] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def handed_in(sent: Sequence[Sent], wanted: Sequence[str], cells: Collection[str]) -> HandedIn:
    """Return what is taken of the files that one student sent.

    `wanted` are the names of the assignment's notebooks, `cells` the ids of its graded cells.
    Raises `NotTaken` where none of its notebooks is among them, or where there is too much.
    """
    if len(sent) > _MOST_FILES or sum(one.file.entry.file_size for one in sent) > _MOST_BYTES:
        raise NotTaken(f"more than {_MOST_FILES} files, or more than {_MOST_BYTES // 2**20} MB")
    meant = _meant(sent, wanted) or _by_cells(sent, wanted, cells)
    if not meant:
        there = ", ".join(shown(one.entry.path.name) for one in sent[:3])
        raise NotTaken(f"the assignment asks for {', '.join(wanted)}, and this is {there}")
    taken = HandedIn(next(iter(meant.values())), len(meant))
    for name, one in meant.items():
        taken.files[name] = one.file.read()
        if one.entry.path.name != name:
            taken.notes.append(f"from '{shown(one.entry.path.name)}'")
    for one in sent:
        if one not in meant.values():
            _put_beside(taken, one)
    return taken


def _meant(sent: Sequence[Sent], wanted: Sequence[str]) -> dict[str, Sent]:
    """Return the file of each notebook of the assignment, by its name."""
    called = {name.casefold(): name for name in wanted}
    found: dict[str, Sent] = {}
    for one in sorted(sent, key=_rank):
        known = [called[name] for name in names(one.entry.path.name) if name in called]
        if known:
            found.setdefault(known[0], one)
    return {name: found[name] for name in wanted if name in found}


def _rank(one: Sent) -> tuple[int, int, int, str]:
    """Sort the newest upload first; then what has no number behind its name; then the topmost."""
    path = one.entry.path
    return -one.entry.upload, len(names(path.name)), len(path.parts), str(path)


def _by_cells(
    sent: Sequence[Sent], wanted: Sequence[str], cells: Collection[str]
) -> dict[str, Sent]:
    """Return the one file that holds cells of the assignment, where it has one notebook."""
    if len(wanted) != 1:
        return {}
    found = [one for one in sent if one.is_notebook and _ids(one.file) & set(cells)]
    return {wanted[0]: found[0]} if len(found) == 1 else {}


def _ids(file: Packed) -> set[str]:
    """Return the ids that nbgrader gave to a notebook's cells; none where it is no notebook."""
    if file.entry.file_size > _LARGEST_READ:
        return set()
    try:
        opened = io.BytesIO(file.read())
        opened.name = file.where
        marks = [mark(cell) for cell in read(opened).cells]
    except (NotTaken, NotGraded):
        return set()
    return {str(one.get("grade_id")) for one in marks}


def _put_beside(taken: HandedIn, one: Sent) -> None:
    """Put a file beside the notebook, or say why not."""
    path = _place(one, taken.first.entry.path.parent)
    if any(part.startswith(".") for part in path.parts):
        return
    if one.is_notebook:
        # Never in the place of a notebook that counts.
        path = path.with_name(_free(path.name.removesuffix(".txt"), taken.files))
    try:
        _refuse_place(path, taken.files)
        taken.files[str(path)] = one.file.read()
    except NotTaken as why:
        taken.left[one.file.where] = str(why)


def _place(one: Sent, folder: PurePosixPath) -> PurePosixPath:
    """Return where a file belongs, as seen from the notebook's folder."""
    path = one.entry.path
    if path.is_relative_to(folder):
        path = path.relative_to(folder)
    elif path.parts[0].lower().endswith(".zip"):
        path = PurePosixPath(*path.parts[1:])
    if one.entry.platform == CANVAS and path.suffix == ".py":
        # Canvas puts a number behind a name that was taken, and no module has such a name.
        path = path.with_name(re.sub(r"-\d+(?=\.py$)", "", path.name))
    return path


def _free(name: str, files: Collection[str]) -> str:
    taken = {file.casefold() for file in files}
    while name.casefold() in taken:
        name = f"other-{name}"
    return name


def _refuse_place(path: PurePosixPath, files: Collection[str]) -> None:
    if path.name in _NBGRADERS:
        raise NotTaken("only nbgrader writes a file of this name; a student's is not believed")
    long = any(len(part.encode()) > _LONGEST for part in path.parts)
    if long or len(path.parts) > _DEEPEST or shown(str(path)) != str(path):
        raise NotTaken("its name is too long, or cannot be shown as it is")
    name = str(path).casefold()
    for other in files:
        known = other.casefold()
        if name == known:
            raise NotTaken(f"{other} has the same name, but for the case of letters")
        if name.startswith(f"{known}/") or known.startswith(f"{name}/"):
            raise NotTaken(f"{other} is a file where a folder would be, or the other way round")
