"""Scores of the gradebook on their way to a platform: what would be written, then the files.

Nothing is written to the gradebook, and never into the file that the platform gave.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.exchange.facts import RecordedFacts
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.scores import Score, scores
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.platforms import canvas, headings, moodle
from nbjudge.platforms.entries import CANVAS, MOODLE
from nbjudge.platforms.feedback_zip import feedback_zip
from nbjudge.platforms.filling import Filling, Terms
from nbjudge.platforms.identities import Identity, identities
from nbjudge.platforms.people import People
from nbjudge.platforms.rows import Match, Row, match
from nbjudge.platforms.sheet import Sheet
from nbjudge.reports.freshness import stale_pages


@dataclass(frozen=True)
class Guess:
    """Columns that were found by their content or by a part of their title, by our words."""

    headings: Mapping[str, str]

    def options(self) -> str:
        """Return the options that say the same, so that nothing has to be guessed."""
        return " ".join(f"--column '{word}={head}'" for word, head in self.headings.items())


@dataclass(frozen=True)
class _Known:
    """What the gradebook holds of an assignment."""

    people: People
    identities: Mapping[str, Identity]
    scores: dict[str, Score]


class Delivery:
    """Fills a file of a platform with the scores of one assignment of the course in `root`.

    Each method raises `RubricError` for what is wrong in the file, the gradebook or the options.
    `guess` says which columns are a guess, `grade` the heading of the column that grades go to.
    """

    def __init__(self, root: Path, assignment: str):
        self._config = configuration(root)
        self._coursedir: CourseDirectory = course_directory(self._config, root, assignment)
        self._assignment = assignment
        refuse_unusable(self._coursedir.db_url, assignment)
        self._known: _Known = patiently(self._read)
        self._matches: list[Match] = []
        self.guess = Guess({})
        self.grade = ""

    def to_canvas(self, file: Path, named: Mapping[str, str], terms: Terms) -> Filling:
        """Return Canvas's gradebook with the scores; `named` may name the column "grade"."""
        sheet = Sheet.read(file)
        columns = headings.of_canvas(sheet)
        if unknown := set(named) - {"grade"}:
            raise RubricError(f"--column {unknown.pop()}: for Canvas only 'grade=' is known.")
        column, guessed = canvas.column_of(sheet, columns, self._assignment, named.get("grade", ""))
        self.grade = sheet.header[column]
        self.guess = Guess({"grade": self.grade} if guessed else {})
        self._match(canvas.people_of(sheet, columns), CANVAS)
        return canvas.fill(sheet, column, self._matches, self._known.scores, terms)

    def to_moodle(self, file: Path, named: Mapping[str, str], terms: Terms) -> Filling:
        """Return Moodle's grading worksheet with the scores; `named` has headings by our words."""
        sheet = Sheet.read(file)
        columns = headings.of_moodle(sheet, named)
        self.grade = sheet.header[columns.places["grade"]]
        self.guess = Guess({word: sheet.header[columns.places[word]] for word in columns.guessed})
        self._match(moodle.people_of(sheet, columns), MOODLE)
        return moodle.fill(sheet, columns, self._matches, self._known.scores, terms)

    def feedback(self) -> tuple[bytes, list[str]]:
        """Return the archive of pages for the rows of `to_moodle`, and who is graded without one.

        A page that shows something else than the gradebook has now is left out.
        """
        facts = RecordedFacts(self._coursedir, self._config)
        stale = {page for _, page in stale_pages(self._coursedir, facts.of)}
        pages: list[tuple[str, str, Path]] = []
        without = []
        for one in (found for found in self._matches if found.student):
            step, assignment = self._coursedir.feedback_directory, self._assignment
            folder = Path(self._coursedir.format_path(step, one.student, assignment))
            made = sorted(set(folder.glob("*.html")) - stale)
            if not made and self._known.scores[one.student].points is not None:
                without.append(one.student)
            pages += [(one.row.name, one.row.number, page) for page in made]
        return feedback_zip(pages), without

    def _match(self, rows: Iterable[Row], platform: str) -> None:
        known = self._known
        self._matches = match(rows, platform, known.people, known.identities)

    def _read(self) -> _Known:
        with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as book:
            people = People(book)
            found = scores(book, self._coursedir, self._assignment, people.names)
            return _Known(people, identities(book, self._assignment), found)


def refuse_taken(target: Path, given: Path, force: bool) -> None:
    """Raise `RubricError` where a file to be written is there; `given` is never written over."""
    if target.exists() and target.samefile(given):
        raise RubricError(f"{target} is the platform's own file. Say another name with --to.")
    if target.exists() and not force:
        raise RubricError(f"{target} is there already. Say --force to write it anew.")


def put(target: Path, data: bytes) -> None:
    """Write a file whole, or not at all."""
    new = target.with_name(f".{target.name}.new")
    new.write_bytes(data)
    os.replace(new, target)
