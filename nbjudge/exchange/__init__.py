"""Submissions in, feedback out: nbgrader's exchange, made safe, and who watches it."""

from nbjudge.exchange.actions import (
    Collect,
    FetchAssignment,
    FetchFeedback,
    List,
    ReleaseAssignment,
    ReleaseFeedback,
)
from nbjudge.exchange.submit import Submit

__all__ = [
    "Collect",
    "FetchAssignment",
    "FetchFeedback",
    "List",
    "ReleaseAssignment",
    "ReleaseFeedback",
    "Submit",
]
