"""A platform's file, filled: which cells change, and what became of each row and each student.

What a platform would drop without a word is never written; its line says what was kept, and why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.scores import Score, Status
from nbjudge.platforms.rows import Match
from nbjudge.platforms.sheet import Sheet


class Fate(StrEnum):
    """What became of a row, or of a student without one; the value is what a table says."""

    WRITTEN = "written"
    SAME = "the same already"
    KEPT = "kept as it is"  # the platform excuses the student, or would not take the score
    NO_SCORE = "no score yet"
    NOT_SUBMITTED = "not submitted"
    UNKNOWN = "not known"  # several of the gradebook may be this row, or surely somebody else
    STRANGER = "not in the gradebook"
    ABSENT = "not in the file"


# What leaves the class with a score less than the gradebook has: the exit status says so.
LACKING = (Fate.NO_SCORE, Fate.UNKNOWN, Fate.STRANGER, Fate.ABSENT)


@dataclass(frozen=True)
class Line:
    """What became of one row: `where` it stands, who it is, and `why`, a short clause.

    `lacks` says that a person has to do something about it.
    """

    where: str
    who: str
    student: str
    fate: Fate
    why: str = ""
    lacks: bool = False


@dataclass(frozen=True)
class Terms:
    """How points go into a platform's file.

    cap       points above the platform's maximum are written as the maximum
    scale     points are multiplied so that the most here is the most there; False keeps them
              although the two differ; None refuses where they differ
    comments  a comment is written beside the grade, where the platform takes one
    """

    cap: bool = False
    scale: bool | None = None
    comments: bool = True

    def check(self, sheet: Sheet, most: float, maximum: float | None) -> None:
        """Raise `RubricError` where the file's maximum is another one and nobody said what then."""
        if maximum is None or maximum == most or self.scale is not None:
            return
        raise RubricError(
            f"{sheet.file}: the maximum there is {number(maximum, 2)}, and the assignment gives "
            f"{number(most, 2)} points. Say --scale to multiply every score by "
            f"{number(maximum, 2)}/{number(most, 2)}, or --no-scale to write points as they are."
        )

    def points(self, score: Score, maximum: float | None) -> float:
        """Return the points to write; `score` is a final one."""
        points = self.own(score, maximum)
        return min(points, maximum) if self.cap and maximum is not None else points

    def own(self, score: Score, maximum: float | None) -> float:
        """Return a student's own points on the platform's scale, also those above its maximum."""
        points = score.final or 0.0
        fits = self.scale and maximum is not None and score.most
        return points * (maximum or 0.0) / score.most if fits else points


@dataclass
class Filling:
    """New texts of cells, and a line on each row and on each student who has none.

    `notes` are sentences on the file as a whole.
    """

    sheet: Sheet
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every score of the gradebook stands in the file, and every row is known."""
        return not any(one.lacks or one.fate in LACKING for one in self.lines)

    def data(self) -> bytes:
        """Return the file as it is to be uploaded."""
        return self.sheet.with_cells(self.cells)

    def tell(self, match: Match, fate: Fate, why: str = "", lacks: bool = False) -> None:
        """Add the line of a row."""
        row = match.row
        where, who = self.sheet.where(row.place), row.name or row.number
        self.lines.append(Line(where, who, match.student, fate, why, lacks))

    def unknown(self, match: Match) -> None:
        """Add the line of a row that is nobody of the gradebook, or not surely."""
        self.tell(match, Fate.STRANGER if match.stranger else Fate.UNKNOWN, match.why)

    def without_score(self, match: Match, score: Score, cell: str) -> None:
        """Add the line of a student who has no score that counts; the cell stays as it is."""
        has = f"the file has {cell}" if cell else ""
        if score.status == Status.NOT_SUBMITTED:
            self.tell(match, Fate.NOT_SUBMITTED, has)
        else:
            self.tell(match, Fate.NO_SCORE, ", ".join(filter(None, [str(score.status), has])))

    def tell_absent(self, matches: Iterable[Match], scores: Mapping[str, Score]) -> None:
        """Add a line for each student with a score of whom the file has no row."""
        there = {one.student for one in matches}
        for name, score in scores.items():
            if name not in there and score.status != Status.NOT_SUBMITTED:
                why = "" if score.points is None else f"has {number(score.points, 2)} points"
                self.lines.append(Line("", "", name, Fate.ABSENT, why))


def number(points: float, decimals: int) -> str:
    """Return points as both platforms read them: "93.5", with a point and without thousands."""
    return f"{points:.{decimals}f}".rstrip("0").rstrip(".")


def in_words(score: Score) -> str:
    """Return what a student reads beside a grade: points, bonus and late penalty."""
    told = [f"{number(score.points or 0, 2)} of {number(score.most, 2)} points."]
    if score.bonus:
        told.append(f"{number(score.bonus, 2)} points of the work are a bonus.")
    if score.penalty:
        told.append(f"{number(score.penalty, 2)} points are taken off because it came late.")
    return " ".join(told)


def as_number(text: str) -> float | None:
    """Return the number in a cell, also one with a decimal comma; None where there is none."""
    plain = text.strip().replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    elif "," in plain:  # 1,234.5 or 1.234,5
        last = max(plain.rfind(","), plain.rfind("."))
        plain = plain[:last].replace(",", "").replace(".", "") + "." + plain[last + 1 :]
    try:
        return float(plain) if plain[:1].isdigit() and plain[-1:].isdigit() else None
    except ValueError:
        return None
