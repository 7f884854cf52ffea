"""Which of the files that a student sent is graded, and what a person must know of the others.

    the notebook with the assignment's name    is graded, if it holds work
    another notebook                           is graded in its place, if that one is as it was
                                               handed out: `attention-Copy1.ipynb`, or one in a
                                               folder below. A person is told, whatever it earns.
    more than one with work                    the first of these counts, and a person is told
    other files, where work is missing         a person is told

Work is text in a solution cell that is not its placeholder, as `repair` finds it. Times of files
decide nothing: they do not survive an upload.
"""

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.notebook.head import LEFT_OUT, NEEDS_A_PERSON, put_on_top
from nbjudge.notebook.master import mark
from nbjudge.notebook.names import forms, plain_lines
from nbjudge.notebook.pairing import asked, is_untouched
from nbjudge.notebook.repair import repaired
from nbjudge.notebook.submission import NotGraded, files_of, read

_MOST = 10  # other notebooks that are read
_LARGEST = 1_000_000  # bytes of a Python file that is read
_OURS = ("timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True)
class _Found:
    """A notebook of a submission, its name in it, and its work by the id of each solution cell."""

    name: str
    notebook: NotebookNode
    work: dict[str, list[str]]


def arrived(
    master: NotebookNode, named: NotebookNode, file: Path, source: Path
) -> tuple[NotebookNode, list[str]]:
    """Return the notebook that is graded, repaired, and what was mended in it.

    `named` is the notebook with the assignment's name, as it was read from `file`. Other files are
    looked for in the folder of `file`; `source` holds the masters of the assignment. The folder
    must hold no links: see `submission.refuse_links`.
    """
    folder = file.parent
    first = _found(master, named, file.name)
    others, unread = _others(master, file, source)
    # The one with the most work; the first of those by name.
    best = first if first.work else max([first, *others], key=lambda one: len(one.work))
    notebook, notes = repaired(master, best.notebook)
    doubts = [*_compared(best, first, others), *_other_files(master, best, folder, source)]
    put_on_top(notebook, NEEDS_A_PERSON, doubts)
    not_used = [one.name for one in (first, *others) if one is not best]
    lines = [f"{name}: another notebook, {best.name} was graded." for name in not_used]
    put_on_top(notebook, LEFT_OUT, [*lines, *unread])
    return notebook, notes


def _others(master: NotebookNode, file: Path, source: Path) -> tuple[list[_Found], list[str]]:
    """Return the other notebooks of a submission, and a line for each that cannot be read."""
    folder, found, unread = file.parent, [], []
    masters = {folder / path.name for path in source.glob("*.ipynb")}
    paths = [
        path
        for path in files_of(folder)
        if path.suffix.lower() == ".ipynb" and path.is_file() and path not in masters
    ]
    for path in paths[:_MOST]:
        name = _name(path, folder)
        try:
            with path.open("rb") as opened:
                found.append(_found(master, read(opened), name))
        except (NotGraded, OSError):
            unread.append(f"{name}: it cannot be read as a notebook.")
    unread += [f"{_name(path, folder)}: one of too many notebooks." for path in paths[_MOST:]]
    return found, unread


def _found(master: NotebookNode, notebook: NotebookNode, name: str) -> _Found:
    made, _ = repaired(master, notebook)
    sources = {cell.id: cell.source for cell in made.cells if mark(cell).get("solution")}
    work = {
        cell.id: plain_lines(sources[cell.id])
        for cell in master.cells
        if mark(cell).get("solution") and not is_untouched(sources[cell.id], cell)
    }
    return _Found(name, notebook, work)


def _compared(best: _Found, first: _Found, others: list[_Found]) -> list[str]:
    """Say which notebook was graded where another one might have been meant."""
    lines = []
    if best is not first:
        lines.append(
            f"{first.name} is as it was handed out, so {best.name} was graded in its place. Look "
            "whether that is what the student means to hand in."
        )
    for one in others:
        differ = [name for name, text in one.work.items() if best.work.get(name) != text]
        if one is not best and differ:
            lines.append(
                f"{best.name} was graded, and {one.name} holds other work in {', '.join(differ)}."
            )
    return lines


def _other_files(master: NotebookNode, best: _Found, folder: Path, source: Path) -> list[str]:
    """Name the files that may hold what the graded notebook does not."""
    open_ = {
        name
        for cell in master.cells
        if mark(cell).get("solution") and cell.id not in best.work
        for name in asked(cell)
    }
    lines, beside = [], []
    for path in files_of(folder) if open_ else ():
        if not path.is_file() or path.suffix.lower() == ".ipynb" or path.name in _OURS:
            continue
        if (source / path.relative_to(folder)).exists():
            continue
        name = _name(path, folder)
        beside.append(name)
        names = sorted(open_ & set(forms(_text(path)))) if path.suffix == ".py" else []
        if names:
            lines.append(f"{name} defines {', '.join(names)}, and {best.name} does not.")
    if beside and not best.work:
        lines.append(f"{best.name} holds no work, and beside it lies {', '.join(beside[:_MOST])}.")
    return lines


def _name(path: Path, folder: Path) -> str:
    """Return the name of a file, which a student chose, without what a terminal would obey."""
    name = str(path.relative_to(folder))
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
