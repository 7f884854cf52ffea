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

__all__ = ["Call", "NotMet", "Outcome", "Rubric", "call_all", "expect", "grade"]
