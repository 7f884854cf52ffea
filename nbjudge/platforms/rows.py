"""Which student of the gradebook each row of a platform's file is.

In this order, the first that says something:

    an import   the number that an archive of this assignment had for the student
    Canvas      the LMS user id; else SIS id or login; else the name
    Moodle      e-mail, user name or ID number; else the name. Its number is one of this assignment
                alone, so a student's LMS user id is asked only where the file hides who people are

A name counts where one student alone has it, and nothing says that it is somebody else; see
`People.by_name`. Two rows that lead to one student are both left as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbjudge.platforms.entries import CANVAS
from nbjudge.platforms.identities import Identity
from nbjudge.platforms.people import People, others_told


@dataclass(frozen=True)
class Row:
    """What a row says of a person: the platform's number, a name, and ids and e-mails.

    `place` is the row's number in its `Sheet`.
    """

    place: int
    number: str
    name: str
    logins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """The student that a row is; without one, `why` says the reason.

    `stranger` says that the gradebook has nobody whom the row could mean.
    """

    row: Row
    student: str = ""
    why: str = ""
    stranger: bool = False


def match(
    rows: Iterable[Row], platform: str, people: People, known: Mapping[str, Identity]
) -> list[Match]:
    """Return the student of each row; `known` has what was imported of the assignment."""
    imported = {one.identifier: name for name, one in known.items() if one.platform == platform}
    found = [_match(row, platform, people, imported) for row in rows]
    places: dict[str, list[Match]] = defaultdict(list)
    for one in found:
        places[one.student].append(one)
    return [
        one
        if not one.student or len(places[one.student]) == 1
        else Match(one.row, "", f"{len(places[one.student])} rows are {one.student}")
        for one in found
    ]


def _match(row: Row, platform: str, people: People, imported: Mapping[str, str]) -> Match:
    if row.number in imported and imported[row.number] in people.names:
        return Match(row, imported[row.number])
    named, others = people.by_name(row.name, platform, row.number, row.logins)
    ways = [people.known_as(row.logins), named]
    if platform == CANVAS:
        ways.insert(0, people.numbered(row.number))
    elif not row.name and not row.logins:
        ways = [people.numbered(row.number)]
    students = next(filter(None, ways), [])
    if len(students) > 1:
        return Match(row, "", f"it may be {' or '.join(sorted(students))}")
    if students:
        return Match(row, students[0])
    return Match(row, "", others_told(others, platform) if others else "", stranger=not others)
