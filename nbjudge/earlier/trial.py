"""Names of `nbjudge.rubric.calls`, as they were called in 0.1.0."""

from nbjudge.rubric.calls import Call, Outcome, call_all

__all__ = ["Call", "Outcome", "call_all"]
