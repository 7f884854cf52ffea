"""The notebook below the results: a part for each exercise, no larger than a page may be.

A part is folded where nothing in it is left to look at. Scorecards are left out: they stand above.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from nbformat import NotebookNode
from nbgrader.utils import is_grade

from nbjudge.notebook.head import BESIDE, LEFT_OUT, MENDED, NEEDS_A_PERSON, UNCONFINED
from nbjudge.notebook.master import is_instructors, visible_text
from nbjudge.reports.exercises import Exercise
from nbjudge.rubric.scorecard import MIME
from nbjudge.sanitize.outputs import is_unmet

_ON_TOP = (NEEDS_A_PERSON, UNCONFINED, BESIDE, LEFT_OUT, MENDED)
_PICTURES = ("image/png", "image/jpeg")
# How many characters of text and of pictures (as base64) a page holds. Text grows when it is
# coloured or escaped, up to five times, so a page that grew too large is made anew with less.
ROOMS = (
    (80_000, 190_000),
    (80_000, 150_000),
    (80_000, 110_000),
    (80_000, 70_000),
    (40_000, 70_000),
    (20_000, 70_000),
)
_LONGEST_TEXT = 4_000  # of one output, or cell
_HEADING = re.compile(r'<(/?)h([1-6])\b( id="[^"]*")?')
_DEEPEST = 6


@dataclass(frozen=True)
class Part:
    """Some cells of the notebook that belong together."""

    title: str
    cells: list[NotebookNode]
    folded: bool


def notes_on_top(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that say what was mended, left out, or needs a person."""
    return [cell for cell in notebook.cells if cell.id in _ON_TOP]


def parts(
    notebook: NotebookNode,
    exercises: Sequence[Exercise],
    with_messages: bool,
    most: tuple[int, int],
) -> list[Part]:
    """Return the notebook in parts; each ends with a graded cell, but for what comes last.

    `most` are the characters of text and of pictures. Parts that are not folded get theirs first.
    The notebook is left as it is.
    """
    room = _Room(*most)
    found = list(_parts(notebook, exercises))
    shown = {
        id(part): _shown(part.cells, room, with_messages)
        for part in sorted(found, key=lambda part: part.folded)
    }
    return [replace(part, cells=shown[id(part)]) for part in found]


def _parts(notebook: NotebookNode, exercises: Sequence[Exercise]) -> Iterator[Part]:
    """Yield the parts with all of their cells."""
    by_cell = {one.cell: one for one in exercises}
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.id in _ON_TOP:
            continue
        cells.append(cell)
        if (exercise := by_cell.get(cell.id)) is not None:
            folded = exercise.not_begun or (exercise.right and not _failed(cells))
            yield Part(exercise.title, cells, folded)
            cells = []
    if cells:
        yield Part("The rest", cells, not _failed(cells))


class Outline:
    """Puts the headings of one page in order: none skips a level, and the first is at `top`.

    Of headings with one name, the first alone can be linked to.
    """

    def __init__(self, top: int):
        self._top = top
        self._open: list[int] = []  # levels as they were written, from the outermost
        self._names: set[str] = set()

    def __call__(self, html: str) -> str:
        """Return HTML that `sanitize.html` has cleaned, with its headings at their new levels."""
        return _HEADING.sub(self._tag, html)

    def _tag(self, found: re.Match[str]) -> str:
        closing, written, name = found[1], int(found[2]), found[3] or ""
        if not closing:
            self._open = [one for one in self._open if one < written] + [written]
        if name in self._names:
            name = ""
        self._names.add(name)
        return f"<{closing}h{min(self._top + len(self._open) - 1, _DEEPEST)}{name}"


class _Room:
    """What is left of the page's size."""

    def __init__(self, text: int, pictures: int):
        self._text, self._pictures = text, pictures

    def text(self, text: str) -> str:
        """Return a text, cut where it is too long."""
        most = min(_LONGEST_TEXT, max(self._text, 0))
        self._text -= len(text)
        if len(text) <= most:
            return text
        return f"{text[:most]}\n[The page leaves out {len(text) - most:,} characters more.]"

    def picture(self, data: str) -> bool:
        """Return whether there is room for a picture."""
        fits = len(data) <= self._pictures
        self._pictures -= len(data) * fits
        return fits


def _failed(cells: Sequence[NotebookNode]) -> bool:
    outputs = (one for cell in cells for one in cell.get("outputs", []))
    return any(one.output_type == "error" or is_unmet(one) for one in outputs)


def _shown(cells: Sequence[NotebookNode], room: _Room, with_messages: bool) -> list[NotebookNode]:
    """Return copies of cells as the page shows them; those that show nothing are left out."""
    found = []
    for cell in map(deepcopy, cells):
        if is_instructors(cell):
            cell.source = visible_text(cell)
        if is_grade(cell) and "outputs" in cell:
            cell.outputs = _of_test(cell) if with_messages or not is_instructors(cell) else []
            if not cell.outputs and not _code(cell.source):
                continue
        cell.source = room.text(cell.source)
        for output in cell.get("outputs", []):
            _fit(output, room)
        found.append(cell)
    return found


def _of_test(cell: NotebookNode) -> list[NotebookNode]:
    """Return what a graded cell shows, without its scorecard and its score."""
    return [
        one
        for one in cell.outputs
        if one.output_type != "execute_result" and MIME not in one.get("data", {})
    ]


def _code(source: str) -> str:
    """Return the lines of a cell that are no comments."""
    return "".join(line for line in source.split("\n") if line.strip() and line[:1] != "#")


def _fit(output: NotebookNode, room: _Room) -> None:
    """Make an output fit into the page: one of its representations is shown, and cut."""
    if output.output_type == "stream":
        output.text = room.text(output.text)
    elif output.output_type == "error":
        output.traceback = [room.text("\n".join(output.traceback))]
    else:
        pictures = [kind for kind in _PICTURES if kind in output.data]
        for kind in pictures:
            if not room.picture(output.data[kind]):
                kilobytes = len(output.data.pop(kind)) * 3 // 4000
                words = output.metadata.get(kind, {}).get("alt", "")
                output.data["text/plain"] = (
                    f"[The page leaves out a picture of {kilobytes} KB, which this cell draws."
                    f"{words and f' {words}'}]"
                )
        if "text/plain" in output.data and not pictures:
            output.data["text/plain"] = room.text(output.data["text/plain"])
