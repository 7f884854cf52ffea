"""The report as one HTML page that needs nothing else, for the next lecture.

It names no student unless asked, so that it can be shown in class. Everything that students wrote
is escaped; no script runs.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nbjudge.insight import figures
from nbjudge.insight.groups import groups
from nbjudge.insight.in_need import in_need
from nbjudge.insight.items import items
from nbjudge.insight.misunderstood import criteria_lost, misconceptions
from nbjudge.insight.runs import unusual
from nbjudge.insight.scores import changing, distribution, middle, of_exercises
from nbjudge.insight.timeline import timeline
from nbjudge.insight.work import ClassWork, StudentWork
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.reports.feedback import number

_TEMPLATES = Path(__file__).with_name("templates")


def page(work: ClassWork, time: CourseTime, with_names: bool = False) -> str:
    """Return the report of a class; `time` writes times in the course's zone."""
    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(points=number, percent=_percent, image=_image)
    pages.globals.update(names=lambda some: names(some, with_names), time=time.text)
    return pages.get_template("report.html.j2").render(
        style=(_TEMPLATES / "report.css").read_text(encoding="utf-8"), **_sections(work)
    )


def names(some: Sequence[StudentWork], shown: bool) -> list[str]:
    """Return the names of students, sorted; none where names are not shown."""
    return sorted(one.name for one in some) if shown else []


def _sections(work: ClassWork) -> dict[str, Any]:
    found, came = items(work), timeline(work)
    alike = groups(work)
    shared = {
        title: [one for one in some if len(one.students) > 1] for title, some in alike.items()
    }
    pictures = {
        "scores": figures.scores(work) if work.graded else None,
        "exercises": figures.exercises(work) if work.graded else None,
        "items": figures.item_map(found)
        if any(one.discrimination is not None for one in found)
        else None,
        "attempts": figures.attempts(came) if came.before_due else None,
        "gains": figures.gains(came, work.most) if came.gains else None,
    }
    return {
        "work": work,
        "misconceptions": misconceptions(work),
        "criteria": criteria_lost(work),
        "needs": in_need(work),
        "items": found,
        "median": middle(work),
        "changing": changing(work),
        "distribution": distribution(work),
        "exercises": of_exercises(work),
        "timeline": came,
        "unusual": unusual(work),
        "groups": {title: some for title, some in shared.items() if some},
        "alone": sum(len(one.students) == 1 for some in alike.values() for one in some),
        "pictures": pictures,
    }


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _image(picture: figures.Picture) -> str:
    """Return a plot as the address of an image that is all in the page."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.svg.encode()).decode()}"
