"""What authors of tensor exercises import: hidden inputs, a call and its formula, and checks.

    inputs          sizes, masks of every dtype, large values, directions, devices and dtypes
    formulas        how results follow from parameters and arguments, in float64
    cases           one call of student code, and what its formula says of it
    parameters      modules of the student's class, loaded with parameters of ours
    checks          values
    gradients       gradients along directions
    earlier         parts that the student wrote in an earlier exercise, whose mistakes count there
    padding         positions that hold no token have no weight and no influence
    conventions     dtype, device, arguments and what is global untouched, equal calls, train mode

It knows no assignment, and no exercise. `docs/rubrics.md` lists each name with an example.
"""

from nbjudge.tensors import earlier, inputs, padding, parameters
from nbjudge.tensors.cases import Case, ask, readable
from nbjudge.tensors.checks import compare, values, varied
from nbjudge.tensors.conventions import MODES, conventions, untouched
from nbjudge.tensors.formulas import Formula
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
    "earlier",
    "gradients",
    "gradients_of",
    "inputs",
    "padding",
    "parameters",
    "readable",
    "untouched",
    "values",
    "varied",
]
