"""Writes the report of assignments: a page, and the numbers behind it, in `reports/`."""

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.insight.in_need import in_need
from nbjudge.insight.misunderstood import misconceptions
from nbjudge.insight.numbers import to_csv, to_dict
from nbjudge.insight.page import names, page
from nbjudge.insight.reading import read_class
from nbjudge.insight.work import ClassWork
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.soundness import unusable

_FOLDER = "reports"
_WITH_NAMES = "-names"  # so that the page that a class was shown never names anybody
_MOST_TOLD = 5  # misconceptions that a terminal shows
_WIDTH = 100  # characters


def write(
    root: Path,
    assignment: str | None,
    options: Sequence[str],
    with_names: bool,
    say: Callable[[str], object],
) -> list[Path]:
    """Write the report of one assignment, or of each; return the pages.

    `say` is told what a teacher reads first. Raises `RubricError` where the gradebook cannot be
    used or knows no such assignment, and where `reports/` cannot be written.
    """
    time = CourseTime(configuration(root, list(options)))
    wanted = [assignment] if assignment else _assignments(root, options)
    pages = []
    for name in wanted:
        work = read_class(root, name, options)
        place = root / _FOLDER / f"{name}{_WITH_NAMES if with_names else ''}.html"
        numbers = to_dict(work, lambda some: names(some, with_names))
        try:
            _put(place, page(work, time, with_names))
            _put(place.with_suffix(".json"), json.dumps(numbers, indent=1, ensure_ascii=False))
            _put(place.with_suffix(".csv"), to_csv(work))
        except OSError as error:
            raise RubricError(
                f"{place.parent} cannot be written to ({error.strerror}). Give this account the "
                "right to write there."
            ) from error
        private = ", with names: not for the class" if with_names else ""
        written = f"The whole report: {place.relative_to(root)}{private}"
        say("\n".join([*_in_short(work), written, ""]))
        pages.append(place)
    return pages


def _assignments(root: Path, options: Sequence[str]) -> list[str]:
    """Return the assignments that somebody submitted."""
    coursedir = course_directory(configuration(root, list(options)), root, "")
    if problem := unusable(coursedir.db_url):
        raise RubricError(problem)
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        found = sorted(one.name for one in book.assignments if one.num_submissions)
    if not found:
        raise RubricError("The gradebook holds no submission yet. Grade first: nbjudge autograde.")
    return found


def _put(place: Path, text: str) -> None:
    """Write a file that only its owner reads: it may name students."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    new = place.with_name(f".{place.name}.new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(place)


def _in_short(work: ClassWork) -> Iterator[str]:
    yield (
        f"{work.assignment}: {len(work.submitted)} of {len(work.students)} submitted, "
        f"{len(work.graded)} have a score."
    )
    found = misconceptions(work)
    if found:
        yield "What the class misunderstood:"
    for one in found[:_MOST_TOLD]:
        places = ", ".join(place.exercise.split(":")[0] for place in one.places)
        told = f"{len(one.students)} of {one.began}, {places}: {one.sentence}"
        yield textwrap.fill(told, _WIDTH, initial_indent="  ", subsequent_indent="      ")
    if len(found) > _MOST_TOLD:
        yield f"  and {len(found) - _MOST_TOLD} more"
    needs = in_need(work)
    if needs:
        some = ", ".join(
            f"{len(one.students)} {one.reason[0].lower()}{one.reason[1:]}" for one in needs
        )
        yield textwrap.fill(f"Who needs help: {some}.", _WIDTH, subsequent_indent="  ")
