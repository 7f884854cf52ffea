"""What authors of rubrics import, and what a hidden-test cell calls.

    from nbjudge.rubric import Call, NotMet, Rubric, call_all, expect

    rubric = Rubric("Exercise 1", points=20, solution="dot_product_attention", reference=attend)

`docs/rubrics.md` lists each name with its arguments, shapes, errors and an example.
"""

from nbjudge.rubric import expect
from nbjudge.rubric.calls import Call, Outcome, call_all
from nbjudge.rubric.criteria import Rubric
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.grading import grade
from nbjudge.rubric.parts import same_class, standing_in
from nbjudge.rubric.stand_ins import Answered, Layer, Table

__all__ = [
    "Answered",
    "Call",
    "Layer",
    "NotMet",
    "Outcome",
    "Rubric",
    "Table",
    "call_all",
    "expect",
    "grade",
    "same_class",
    "standing_in",
]
