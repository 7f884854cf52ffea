"""What authors of tensor exercises import: hidden inputs, a call and its formula, and checks.

    inputs          sizes, masks of every dtype, large values, directions, devices and dtypes
    cases           one call of student code, and what a formula in float64 says of it
    parameters      modules of the student's class, loaded with parameters of ours
    checks          values
    gradients       gradients along directions
    padding         positions that hold no token have no weight and no influence
    conventions     dtype, device, arguments and what is global untouched, equal calls, train mode

It knows no assignment, and no exercise. `docs/rubrics.md` lists each name with an example.
"""

from nbjudge.tensors import inputs, padding, parameters
from nbjudge.tensors.cases import Case, Formula, ask
from nbjudge.tensors.checks import compare, values, varied
from nbjudge.tensors.conventions import MODES, conventions, untouched
from nbjudge.tensors.gradients import gradients, gradients_of
from nbjudge.tensors.parameters import Modules

__all__ = [
    "MODES",
    "Case",
    "Formula",
    "Modules",
    "ask",
    "compare",
    "conventions",
    "gradients",
    "gradients_of",
    "inputs",
    "padding",
    "parameters",
    "untouched",
    "values",
    "varied",
]
