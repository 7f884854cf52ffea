"""The result for who teaches: a page, a table for the terminal, and plain data."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jinja2
from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.sanitize.text import strip_control
from nbjudge.similarity.compare import COMMENTS, NAMES, Alike, Compared, compare
from nbjudge.similarity.handed_in import HandedIn, handed_in
from nbjudge.similarity.shown import shared_words, side_by_side
from nbjudge.tables import as_text

_MOST = 100  # pairs that are shown side by side
_IN_TABLE = 20
_WORDS = 30  # shared names or words of a pair that are listed
_FEW = 10  # students; below, nothing is said to be unusual without a warning
_HABITS = {NAMES: "Unusual names that both chose", COMMENTS: "Words of comments that both wrote"}


class Similar:
    """The comparison of what was submitted of an assignment of the course in `root`.

    Raises `RubricError` where there is nothing to compare.
    """

    def __init__(self, root: Path, assignment: str):
        self._assignment = assignment
        self._handed_in: HandedIn = handed_in(root, assignment)
        self._compared: Compared = compare(self._handed_in)
        self.page = root / "reports" / f"{assignment}-similar.html"

    def write(self) -> None:
        """Write the page; it holds work of students, so git ignores its folder."""
        self.page.parent.mkdir(exist_ok=True)
        self.page.write_text(self.to_html(), encoding="utf-8")

    def to_html(self) -> str:
        """Return the page."""
        # HTML is escaped wherever a value is put in: student text is text.
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("nbjudge.similarity"),
            autoescape=True,
            trim_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        compared, handed_in = self._compared, self._handed_in
        return environment.get_template("similar.html.j2").render(
            assignment=self._assignment,
            students=compared.students,
            few=compared.students < _FEW,
            limit=compared.limit,
            most=_MOST,
            pairs=list(self._pairs()),
            groups=compared.groups,
            unread={who: strip_control(why) for who, why in handed_in.unread.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "assignment": self._assignment,
            "page": str(self.page),
            "students": self._compared.students,
            "titles": self._titles(),
            "level": self._compared.level,
            "pairs": [
                {
                    "students": list(one.students),
                    "score": one.score,
                    "alike_in": one.alike_in,
                    "exercises": {name: asdict(found) for name, found in one.exercises.items()},
                    "habits": {name: asdict(found) for name, found in one.habits.items()},
                }
                for one in self._compared.pairs
            ],
            "groups": self._compared.groups,
            "not_compared": self._handed_in.unread,
        }

    def to_text(self) -> str:
        """Return the result for a terminal, 100 columns wide."""
        compared, unread = self._compared, self._handed_in.unread
        lines: list[Any] = []
        if compared.pairs:
            lines += [self._table(), *self._below()]
        else:
            lines.append(
                f"No two of {compared.students} students share so much of what few others have "
                "that a person has to look."
            )
        if compared.students < _FEW:
            lines.append("In so small a class little can be said: nobody knows what is unusual.")
        if unread:
            lines += ["", f"Not compared, {len(unread)}:"]
            lines += [f"  {who}: {strip_control(why)}" for who, why in unread.items()]
        page = "Side by side" if compared.pairs else "The same as a page"
        return as_text(*lines, "", f"{page}: {self.page}").rstrip()

    def _table(self) -> Table:
        table = Table(box=box.SIMPLE, pad_edge=False)
        table.add_column("Students", overflow="fold")
        table.add_column("Score", justify="right")
        table.add_column("Alike in", overflow="fold")
        titles = self._titles()
        for pair in self._compared.pairs[:_IN_TABLE]:
            alike = "; ".join(titles[name] for name in pair.alike_in)
            where = f"{len(pair.alike_in)} of {self._asked(pair)}: {alike}"
            table.add_row(Text(", ".join(pair.students)), f"{pair.score:.1f}", Text(where))
        return table

    def _below(self) -> Iterator[str]:
        more = len(self._compared.pairs) - _IN_TABLE
        if more > 0:
            yield f"And {more} more pairs."
        for group in self._compared.groups:
            yield f"A group: {', '.join(group)}."
        yield (
            "They share what few of the others have. That is a question to the students, and no "
            "verdict."
        )

    def _pairs(self) -> Iterator[dict[str, Any]]:
        for number, pair in enumerate(self._compared.pairs):
            shown = number < _MOST
            habits = {
                title: shared_words(pair, self._compared, self._handed_in, habit)[:_WORDS]
                for habit, title in _HABITS.items()
                # What counts nothing is not shown as what is shared.
                if shown and pair.habits[habit].bits > 0
            }
            yield {
                "students": pair.students,
                "score": pair.score,
                "alike_in": len(pair.alike_in),
                "exercises": self._asked(pair),
                "also": " and ".join(
                    habit
                    for (habit, title) in _HABITS.items()
                    if habits.get(title) and pair.habits[habit].alike >= 0.5
                ),
                "shown": list(side_by_side(pair, self._compared, self._handed_in))
                if shown
                else None,
                "habits": habits,
            }

    def _titles(self) -> dict[str, str]:
        return {one.name: one.title for one in self._handed_in.exercises}

    def _asked(self, pair: Alike) -> int:
        """Return how many exercises at least one of the two worked on."""
        work = self._handed_in.work
        return len({name for student in pair.students for name in work[student]})
