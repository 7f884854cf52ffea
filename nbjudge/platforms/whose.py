"""Whose each file of an archive is, as far as the gradebook, a worksheet and names can tell.

    Canvas    the user id is the student's LMS user id; else the name, where one student has it
    Moodle    the worksheet's row of the participant names the student, by e-mail, id or name; else
              an earlier archive of the assignment; else the name, where one student has it
    groups    a file in the name of a group is that of each member, where a list of groups is given
    nobody    an anonymous submission goes by the platform's number, until grades are sent back

Two numbers that lead to one student are mixed up nowhere: neither is taken.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from nbjudge.course import RubricError
from nbjudge.platforms.archive import Archive
from nbjudge.platforms.entries import CANVAS, Entry, NotTaken, fold, readings
from nbjudge.platforms.handed_in import Sent
from nbjudge.platforms.identities import Identity
from nbjudge.platforms.people import People, others_told
from nbjudge.platforms.worksheet import Participant

_ROSTER = "Enter the student with 'nbjudge roster FILE'"


@dataclass
class Whose:
    """The files of one student: `student` is nbgrader's id, `number` the platform's.

    `new` says that the gradebook does not know this student: nobody knows who it is.
    """

    student: str
    number: str
    sent: list[Sent]
    how: str
    new: bool = False


@dataclass
class Sorted:
    """Files by student, and why each other file is not taken."""

    platform: str
    of_students: list[Whose] = field(default_factory=list)
    not_taken: dict[str, str] = field(default_factory=dict)


class Owners:
    """Finds out whose files are.

    `worksheet` has Moodle's participants by number, `groups` the members of groups, by the letters
    of their names.
    """

    def __init__(
        self,
        people: People,
        earlier: Mapping[str, Identity],
        worksheet: Mapping[str, Participant] | None,
        groups: Mapping[str, list[str]],
    ):
        self._people, self._worksheet, self._groups = people, worksheet, groups
        self._earlier = {one.identifier: student for student, one in earlier.items()}

    def sort(self, archive: Archive) -> Sorted:
        """Return the files by student; raises `RubricError` where no name is a platform's."""
        found = Sorted(_platform(archive), not_taken=dict(archive.refused))
        by_number: dict[str, list[Sent]] = defaultdict(list)
        for file in archive.files:
            try:
                entry = self._reading(readings(file.where))
            except NotTaken as why:
                if str(why):
                    found.not_taken[file.where] = str(why)
            else:
                by_number[entry.number].append(Sent(entry, file))
        for sent in by_number.values():
            self._add(found, sent)
        _refuse_mixed(found)
        return found

    def _reading(self, possible: list[Entry]) -> Entry:
        """Return what a name means; the roster decides where two numbers may be a person's."""
        for one in possible:
            if any(self._is_called(student, one) for student in self._known(one)):
                return one
        return next((one for one in possible if self._known(one)), possible[0])

    def _known(self, one: Entry) -> list[str]:
        return self._people.numbered(one.number) if one.platform == CANVAS else []

    def _is_called(self, student: str, one: Entry) -> bool:
        return student in self._people.named(one.person)

    def _add(self, found: Sorted, sent: list[Sent]) -> None:
        entry = sent[0].entry
        try:
            if fold(entry.person) in self._groups:
                found.of_students += self._of_group(entry, sent)
            else:
                match = self._canvas if entry.platform == CANVAS else self._moodle
                found.of_students.append(match(entry, sent))
        except NotTaken as why:
            found.not_taken |= {one.file.where: str(why) for one in sent}

    def _of_group(self, entry: Entry, sent: list[Sent]) -> list[Whose]:
        """Return the files as those of each member of the group that has sent them."""
        members = self._groups[fold(entry.person)]
        strangers = [one for one in members if one not in self._people.names]
        if strangers:
            raise NotTaken(
                f"the gradebook knows no {' and no '.join(strangers)} of the group "
                f"'{entry.person}'. {_ROSTER}, or correct the list of groups"
            )
        how = f"by '{entry.person}'"
        return [Whose(one, self._number(one, entry), sent, how) for one in members]

    def _number(self, student: str, entry: Entry) -> str:
        """Return the platform's own number of a member, where anything says it."""
        if entry.platform == CANVAS:
            return self._people.numbers[student] or entry.number
        for number, row in (self._worksheet or {}).items():
            if self._people.known_as(row.cells) == [student]:
                return number
        return entry.number

    def _canvas(self, entry: Entry, sent: list[Sent]) -> Whose:
        known = self._people.numbered(entry.number)
        if len(known) > 1:
            raise NotTaken(f"{' and '.join(known)} have one LMS user id, {entry.number}")
        if known:
            named = self._is_called(known[0], entry) or not self._people.names[known[0]]
            return Whose(known[0], entry.number, sent, "" if named else f"as '{entry.person}'")
        if entry.anonymous:
            return self._unknown(entry.number, entry, sent)
        return self._by_name(entry.person, entry, sent)

    def _moodle(self, entry: Entry, sent: list[Sent]) -> Whose:
        person, anonymous, logins = entry.person, entry.anonymous, tuple[str, ...]()
        if self._worksheet is not None:
            row = self._worksheet.get(entry.number)
            if row is None:
                raise NotTaken(
                    f"the worksheet has no participant {entry.number}. Look whether worksheet and "
                    "archive are of one assignment"
                )
            known = self._people.known_as(row.cells)
            if len(known) > 1:
                raise NotTaken(f"the worksheet's line {row.line} is {' and '.join(known)}")
            if known:
                return Whose(known[0], entry.number, sent, "")
            person, anonymous, logins = row.name or person, not row.name, row.cells
        if entry.number in self._earlier:
            return Whose(self._earlier[entry.number], entry.number, sent, "as before")
        if anonymous:
            return self._unknown(f"participant-{entry.number}", entry, sent)
        return self._by_name(person, entry, sent, logins)

    def _by_name(
        self, person: str, entry: Entry, sent: list[Sent], logins: tuple[str, ...] = ()
    ) -> Whose:
        of_canvas = entry.platform == CANVAS
        known, others = self._people.by_name(person, entry.platform, entry.number, logins)
        if len(known) == 1:
            return Whose(known[0], entry.number, sent, "by name")
        if known:
            raise NotTaken(
                f"{' and '.join(known)} have this name. "
                + ("Read Canvas's gradebook with 'nbjudge roster'" if of_canvas else
                   "Give Moodle's grading worksheet with --worksheet")
            )  # fmt: skip
        if others:
            raise NotTaken(f"{others_told(others, entry.platform)}. {_ROSTER}")
        number = f"Canvas's id {entry.number} or " * of_canvas
        raise NotTaken(f"nobody in the gradebook has {number}this name. {_ROSTER}")

    def _unknown(self, student: str, entry: Entry, sent: list[Sent]) -> Whose:
        new = student not in self._people.names
        return Whose(student, entry.number, sent, "anonymous", new)


def _platform(archive: Archive) -> str:
    """Return whose archive it is, by the names in it."""
    platforms = set()
    for where in (*archive.refused, *(file.where for file in archive.files)):
        with suppress(NotTaken):
            platforms.add(readings(where)[0].platform)
    if len(platforms) == 1:
        return platforms.pop()
    which = (
        "files with names as both Moodle and" if platforms else "no file with a name as Moodle or"
    )
    raise RubricError(
        f"{archive.file} holds {which} Canvas give them. Take the archive that one assignment "
        "gives, as it is."
    )


def _refuse_mixed(found: Sorted) -> None:
    """Take nothing of a student to whom two numbers lead."""
    numbers: dict[str, list[Whose]] = defaultdict(list)
    for one in found.of_students:
        numbers[one.student].append(one)
    for student in (several for several in numbers.values() if len(several) > 1):
        told = " and ".join(sorted(one.number for one in student))
        for one in student:
            found.of_students.remove(one)
            why = f"the platform's numbers {told} both lead to {one.student}"
            found.not_taken |= {sent.file.where: why for sent in one.sent}
