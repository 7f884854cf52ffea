"""Scores of the gradebook on their way to a platform by LTI: what is to be sent, then one by one.

Who was not graded, and who has handed in anew since, is sent as pending, without a score.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from nbgrader.api import Gradebook

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.scores import Score, Status, scores
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.platforms.filling import in_words
from nbjudge.platforms.launches import Launch, Launches
from nbjudge.platforms.line_items import LineItems
from nbjudge.platforms.posted import Posted, keep, posted
from nbjudge.platforms.tool import LTITool, unsafe
from nbjudge.platforms.tool_key import private_key

_IN_A_ROW = 2  # students whose scores fail for a reason of the platform's before all others wait
_LATER = timedelta(seconds=1)  # a platform may keep whole seconds


class Fate(StrEnum):
    """What became of a student's score; the value is what a table says."""

    SENT = "sent"
    PENDING = "sent as pending"
    SAME = "unchanged"
    NOT_SUBMITTED = "not submitted"
    NO_PLACE = "nowhere to send it"
    NOT_TAKEN = "not taken by the platform"
    NOT_TRIED = "not sent"


LACKING = (Fate.NO_PLACE, Fate.NOT_TAKEN, Fate.NOT_TRIED)


@dataclass(frozen=True)
class Line:
    """What became of one student's score, and why, a short clause."""

    student: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True)
class Due:
    """A score that is to be sent; `fate` is what becomes of it where the platform takes it."""

    launch: Launch
    score: Mapping[str, Any]
    fate: Fate
    why: str


class Sending:
    """Plans and sends the scores of one assignment of the course in `root`.

    `due` is what is to be sent, `lines` what has become of the other students, and of all when
    `send` is done; `notes` are sentences on the whole. Raises `RubricError` for what is wrong in
    settings, launches or gradebook.
    """

    def __init__(self, root: Path, assignment: str, cap: bool = False, comments: bool = True):
        config = configuration(root)
        self.assignment = assignment
        self.tool = LTITool(config=config)
        self.tool.check()
        self._key = private_key(root / self.tool.key_file)
        self._coursedir = course_directory(config, root, assignment)
        self._cap, self._comments = cap, comments
        refuse_unusable(self._coursedir.db_url, assignment)
        self._launches = Launches(root / self.tool.launches)
        found: Mapping[str, Score]
        found, self._posted = patiently(self._read)
        self.due: list[Due] = []
        self.lines: list[Line] = []
        self.notes: list[str] = []
        launches = self._launches.of(assignment)
        for student, score in found.items():
            self._plan(student, score, launches.get(student))
        self._remark(launches)

    @property
    def complete(self) -> bool:
        """Whether nobody's score is left here."""
        return not any(one.fate in LACKING for one in self.lines)

    def send(self) -> None:
        """Send what is due, one after the other, and keep what the platform took."""
        failures = 0
        with self._book() as book, requests.Session() as session:
            items = LineItems(self.tool, self._key, session)
            for place, due in enumerate(self.due):
                try:
                    failing = self._send_one(book, items, due)
                except RubricError as error:
                    self._stop(str(error), self.due[place:])
                    return
                failures = failures + 1 if failing else 0
                if failures == _IN_A_ROW:
                    self._stop(f"{_IN_A_ROW} scores in a row failed.", self.due[place + 1 :])
                    return

    def _stop(self, why: str, rest: Sequence[Due]) -> None:
        self.lines += [Line(due.launch.student, Fate.NOT_TRIED) for due in rest]
        self.notes.append(f"Sending stopped: {why} Run the same command again later.")

    def _send_one(self, book: Gradebook, items: LineItems, due: Due) -> bool:
        """Send one score; return whether it failed for a reason that may be everybody's."""
        launch = due.launch
        known = self._posted.get(launch.student)
        last = known.posted if known else datetime.min

        def score() -> dict[str, Any]:
            nonlocal last
            last = max(datetime.now(UTC).replace(tzinfo=None), last + _LATER)
            stamp = last.replace(tzinfo=UTC).isoformat(timespec="milliseconds")
            return {**due.score, "timestamp": stamp}

        answer = items.post(launch.line_item, score)
        if answer.taken:
            sent = Posted(launch.line_item, last, json.dumps(due.score))
            patiently(keep, book, self.assignment, launch.student, sent)
            self.lines.append(Line(launch.student, due.fate, due.why))
        else:
            self.lines.append(Line(launch.student, Fate.NOT_TAKEN, str(answer)))
        return answer.failing

    def _plan(self, student: str, score: Score, launch: Launch | None) -> None:
        if score.status == Status.NOT_SUBMITTED:
            self.lines.append(Line(student, Fate.NOT_SUBMITTED))
        elif launch is None:
            why = "the assignment was not opened from the platform yet"
            self.lines.append(Line(student, Fate.NO_PLACE, why))
        elif why := self._misplaced(launch):
            self.lines.append(Line(student, Fate.NO_PLACE, why))
        else:
            self._plan_score(score, launch)

    def _plan_score(self, score: Score, launch: Launch) -> None:
        waits = "" if score.final is not None else str(score.status)
        if not waits and self._came_since(score):
            waits = "a newer submission is not graded"
        body: dict[str, Any] = {"userId": launch.user}
        if waits:
            body |= {"activityProgress": "Submitted", "gradingProgress": "PendingManual"}
        else:
            body |= {"activityProgress": "Completed", "gradingProgress": "FullyGraded"}
            body |= self._points(score)
        last = self._posted.get(score.student)
        if last and (last.line_item, last.score) == (launch.line_item, json.dumps(body)):
            self.lines.append(Line(score.student, Fate.SAME, waits))
        else:
            self.due.append(Due(launch, body, Fate.PENDING if waits else Fate.SENT, waits))

    def _points(self, score: Score) -> dict[str, Any]:
        if score.most <= 0:
            raise RubricError(
                f"{self.assignment} gives {score.most:g} points besides a bonus, and a platform "
                "needs a maximum above 0."
            )
        points = score.final or 0.0
        given = min(points, score.most) if self._cap else points
        told = {"scoreGiven": round(given, 5), "scoreMaximum": score.most}
        return {**told, "comment": in_words(score)} if self._comments else told

    def _misplaced(self, launch: Launch) -> str:
        """Return why nothing is sent to where a launch leads; an empty text where it is well."""
        if (launch.issuer, launch.client) != (self.tool.issuer, self.tool.client_id):
            return f"it was opened from {launch.issuer}, as the tool {launch.client}"
        if not launch.may_score:
            return "the platform lets this tool send no scores there"
        if why := unsafe(launch.line_item):
            return f"its line item is '{launch.line_item}', and {why}"
        host = urlsplit(launch.line_item).netloc.casefold()
        if host != self.tool.host:
            return f"its line item is at {host}, and scores go to {self.tool.host} alone"
        return ""

    def _came_since(self, score: Score) -> bool:
        """Return whether `submitted/` holds something newer than what the score is of."""
        step, student = self._coursedir.submitted_directory, score.student
        folder = self._coursedir.format_path(step, student, self.assignment)
        try:
            there = self._coursedir.get_existing_timestamp(folder)
        except (Exception, SystemExit):  # nbgrader would end the command; no date was not graded
            return True
        return there is not None and (score.came is None or there.replace(tzinfo=UTC) > score.came)

    def _remark(self, launches: Mapping[str, Launch]) -> None:
        places = Counter(due.launch.line_item for due in self.due)
        if len(places) > 1:
            told = ", ".join(f"{item} ({number})" for item, number in places.most_common(5))
            self.notes.append(f"There are {len(places)} line items, with students: {told}.")
        if not launches and (others := self._launches.assignments()):
            told = ", ".join(f"'{name}'" for name in others[:5])
            self.notes.append(
                f"Opened from the platform were {told}, and not {self.assignment}: set the link's "
                f"custom parameter assignment={self.assignment}, and open it again."
            )
        if damaged := self._launches.damaged:
            self.notes.append(f"{len(damaged)} launches cannot be read, such as {damaged[0]}.")

    def _book(self) -> Gradebook:
        return Gradebook(self._coursedir.db_url, self._coursedir.course_id)

    def _read(self) -> tuple[dict[str, Score], dict[str, Posted]]:
        with self._book() as book:
            names = [one.id for one in book.students]
            found = scores(book, self._coursedir, self.assignment, names)
            return found, posted(book, self.assignment)
