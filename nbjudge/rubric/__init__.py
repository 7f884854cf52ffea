"""What authors of rubrics import: criteria with points, calls, and what to expect of them."""

from nbjudge.rubric.criteria import Grading, Rubric, explain, grade, grading, new_seed

__all__ = ["Grading", "Rubric", "explain", "grade", "grading", "new_seed"]
