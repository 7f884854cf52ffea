"""What a class handed in, by exercise: read as the judge reads it, and never run.

The judge's own repair puts each student's text into the master's cells first. So an exercise that
was moved, renamed, copied or pasted elsewhere is compared with the same exercise of the others.
What students wrote into cells of their own is compared, too, as an exercise by itself.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.classrun.handed_in import course_directory, misplaced, submissions
from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.notebook import submission
from nbjudge.notebook.arrival import arrived
from nbjudge.notebook.master import mark, read_master, visible_text
from nbjudge.notebook.pairing import is_untouched
from nbjudge.notebook.repair import SHOWN
from nbjudge.notebook.submission import NotGraded

ADDED_CODE, ADDED_TEXT = "added code", "added text"
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
_OURS = SHOWN.split("'")[0]  # a line that `repair` puts above what it keeps of a locked cell


@dataclass(frozen=True)
class Exercise:
    """What is compared of all students: a solution cell, or their own cells of a kind.

    `name` is for data: the id of the cell. `title` is for people: the heading that students see
    above it, with the name behind it where two exercises have one heading.
    """

    name: str
    title: str
    is_code: bool


@dataclass
class HandedIn:
    """The work of a class: the text of each exercise, by student, and what was given to all.

    `unread` says of each student who could not be read why.
    """

    exercises: list[Exercise]
    given_code: list[str]
    given_text: list[str]
    work: dict[str, dict[str, str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)


def handed_in(root: Path, assignment: str) -> HandedIn:
    """Read what was submitted of an assignment of the course in `root`.

    Raises `RubricError` where the assignment has no master, or nobody submitted.
    """
    config = configuration(root)
    coursedir = course_directory(config, root, assignment)
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    written = conventions(config, root)
    masters = {path.name: read_master(path, written) for path in sorted(source.glob("*.ipynb"))}
    if not masters:
        raise RubricError(
            f"There is no notebook in {source}. Check the name of the assignment, '{assignment}'."
        )
    found = _nothing_yet(masters)
    folders = submissions(coursedir)
    for student, error in misplaced(coursedir, source):
        found.unread[student] = str(error).removeprefix("Not graded: ")
    for student, folder in folders.items():
        try:
            found.work[student] = _work(folder, source, masters)
        except (NotGraded, OSError) as error:
            found.unread[student] = str(error).removeprefix("Not graded: ")
    if not folders and not found.unread:
        place = coursedir.format_path(coursedir.submitted_directory, "STUDENT", assignment)
        raise RubricError(f"Nobody has submitted '{assignment}': there is no {place}.")
    return found


def _nothing_yet(masters: dict[str, NotebookNode]) -> HandedIn:
    found = HandedIn([], [], [])
    for file, master in masters.items():
        heading = ""
        for cell in master.cells:
            is_code = cell.cell_type == "code"
            (found.given_code if is_code else found.given_text).append(visible_text(cell))
            if not is_code:
                heading = re.sub(r"[*`]", "", [heading, *_HEADING.findall(cell.source)][-1])
            if mark(cell).get("solution"):
                name = _name(masters, file, cell)
                found.exercises.append(Exercise(name, heading or name, is_code))
    times = Counter(one.title for one in found.exercises)
    found.exercises = [
        replace(one, title=f"{one.title} ({one.name})") if times[one.title] > 1 else one
        for one in found.exercises
    ]
    found.exercises += [
        Exercise(ADDED_CODE, "Cells of code that students added", True),
        Exercise(ADDED_TEXT, "Cells of text that students added", False),
    ]
    return found


def _name(masters: dict[str, NotebookNode], file: str, cell: NotebookNode) -> str:
    return cell.id if len(masters) == 1 else f"{file.removesuffix('.ipynb')}: {cell.id}"


def _work(folder: Path, source: Path, masters: dict[str, NotebookNode]) -> dict[str, str]:
    """Return the text of each exercise that a student worked on."""
    submission.refuse_links(folder)
    work: dict[str, str] = {}
    given = [file for file in masters if (folder / file).is_file()]
    if not given:
        raise NotGraded(f"{folder} holds none of {', '.join(masters)}.")
    for file in given:
        with (folder / file).open("rb") as opened:
            read = submission.read(opened)
        notebook, _ = arrived(masters[file], read, folder / file, source)
        work |= _solutions(masters, file, notebook)
        for name, text in _added(masters[file], notebook):
            work[name] = f"{work.get(name, '')}{text}\n\n"
    return work


def _solutions(
    masters: dict[str, NotebookNode], file: str, notebook: NotebookNode
) -> Iterator[tuple[str, str]]:
    answers = {cell.id: cell.source for cell in notebook.cells if mark(cell).get("solution")}
    for cell in masters[file].cells:
        text = answers.get(cell.id, "")
        if mark(cell).get("solution") and not is_untouched(text, cell):
            yield _name(masters, file, cell), text


def _added(master: NotebookNode, notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the student's own cells, which `repair` names so; not those that were handed out."""
    given = {cell.source.strip() for cell in master.cells}
    for cell in notebook.cells:
        if cell.id.startswith("student-") and not mark(cell):
            first, _, rest = cell.source.partition("\n")
            text = rest if first.startswith(_OURS) else cell.source
            if not text.strip() or text.strip() in given:
                continue
            yield ADDED_CODE if cell.cell_type == "code" else ADDED_TEXT, text
