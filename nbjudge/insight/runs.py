"""What was unusual about grading: work that was mended, stopped, unconfined, or not graded."""

from collections import defaultdict
from dataclasses import dataclass

from nbjudge.insight.work import ClassWork, StudentWork

# Without the reason, which names files: the page can be shown in class.
_NOT_GRADED = "It cannot be graded as it is. The table of nbjudge autograde says why."
_MEANINGS = {
    "mended": "The notebook was put in order before it was graded: its page says how.",
    "needs a person": "Something in the notebook needs a look: its page says what.",
    "needs manual grade": "A person has to grade a cell.",
    "newer work not graded": "Handed in again since. All scores here are of the earlier work.",
    "files left out": "Files beside the notebook were not taken.",
    "stopped": "Student code was stopped at a limit, and the rest went on in a new process.",
    "unconfined": "Graded by nbgrader's own way, without the sandbox.",
    "tested beside": "Some tests ran in one process with the student's code, as in plain nbgrader.",
    "late": "Came after the due date of its author.",
}


@dataclass(frozen=True)
class Unusual:
    """Something that was unusual, what it means, and whose work it was."""

    what: str
    meaning: str
    students: tuple[StudentWork, ...]


def unusual(work: ClassWork) -> list[Unusual]:
    """Return what was unusual, what concerns most students first."""
    found: defaultdict[tuple[str, str], list[StudentWork]] = defaultdict(list)
    for one in work.submitted:
        if one.total is None or not one.verdict.graded:
            found["not graded", _NOT_GRADED].append(one)
        for flag in one.flags:
            found[flag, _MEANINGS.get(flag, "")].append(one)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Unusual(what, meaning, tuple(some)) for (what, meaning), some in ordered]
