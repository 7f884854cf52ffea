"""The numbers behind a report, as plain data for programs and as rows for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from nbjudge.insight.groups import groups
from nbjudge.insight.in_need import in_need
from nbjudge.insight.items import items
from nbjudge.insight.misunderstood import criteria_lost, misconceptions
from nbjudge.insight.runs import unusual
from nbjudge.insight.scores import distribution, middle, of_exercises, provisional
from nbjudge.insight.timeline import timeline
from nbjudge.insight.work import ClassWork, StudentWork

Named = Callable[[Sequence[StudentWork]], list[str]]
_COLUMNS = ("kind", "exercise", "text", "students", "of", "points", "met", "correlation", "advice")


def to_dict(work: ClassWork, named: Named) -> dict[str, Any]:
    """Return all numbers of the report; `named` returns the names that may be shown."""

    def who(some: Sequence[StudentWork]) -> dict[str, Any]:
        shown = named(some)
        return {"students": len(some), **({"names": shown} if shown else {})}

    came = timeline(work)
    return {
        "course": work.course,
        "assignment": work.assignment,
        "read": work.read.isoformat(),
        "due": work.due.isoformat() if work.due else None,
        "students": len(work.students),
        "submitted": len(work.submitted),
        "graded": len(work.graded),
        "points": work.most,
        "median": middle(work),
        "will_change": provisional(work),
        "misconceptions": [
            {"sentence": one.sentence}
            | who(one.students)
            | {
                "exercises": [
                    {"exercise": place.exercise, "of": place.began} | who(place.students)
                    for place in one.places
                ]
            }
            for one in misconceptions(work)
        ],
        "criteria_lost": [
            {"exercise": one.exercise, "criterion": one.criterion, "points": one.points}
            | {"of": one.began, "raised": one.raised}
            | who(one.students)
            for one in criteria_lost(work)
        ],
        "in_need": [{"reason": one.reason} | who(one.students) for one in in_need(work)],
        "distribution": [
            {"from": low, "to": high, "students": count} for low, high, count in distribution(work)
        ],
        "exercises": [vars(one) for one in of_exercises(work)],
        "items": [{**vars(one), "advice": one.advice} for one in items(work)],
        "attempts": {
            "arrived": [one.isoformat() for one in came.arrived],
            "first_and_last": [list(pair) for pair in came.gains],
        },
        "unusual": [{"what": one.what} | who(one.students) for one in unusual(work)],
        "groups": [
            {"group": one.name, "exercise": one.exercise, "shared": one.shared}
            | {"not_met": list(one.lost)}
            | who(one.students)
            for some in groups(work).values()
            for one in some
        ],
    }


def to_csv(work: ClassWork) -> str:
    """Return misconceptions, lost criteria and items as CSV, a row each; it names nobody."""
    text = io.StringIO()
    rows = csv.DictWriter(text, _COLUMNS, restval="")
    rows.writeheader()
    for told in misconceptions(work):
        for place in told.places:
            rows.writerow(
                {"kind": "misconception", "exercise": place.exercise, "text": told.sentence}
                | {"students": len(place.students), "of": place.began}
            )
    for lost in criteria_lost(work):
        rows.writerow(
            {"kind": "criterion lost", "exercise": lost.exercise, "text": lost.criterion}
            | {"students": len(lost.students), "of": lost.began, "points": lost.points}
        )
    for item in items(work):
        goes = "" if item.discrimination is None else f"{item.discrimination:.3f}"
        rows.writerow(
            {"kind": "item", "exercise": item.exercise, "text": item.name, "points": item.points}
            | {"of": item.students, "met": f"{item.met:.3f}", "correlation": goes}
            | {"advice": item.advice}
        )
    return text.getvalue()
