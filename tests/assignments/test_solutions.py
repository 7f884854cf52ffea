"""A few of the solutions written without sight of the rubrics; `tests/slow` marks them all."""

import pytest
from support.corpora import EXERCISES, SIDES, defined, met, steady
from support.sampling import sample

NUMBER = 2  # of each side and exercise


@pytest.mark.parametrize("path", EXERCISES)
@pytest.mark.parametrize("side", SIDES)
def test_full_marks_are_for_right_solutions(side, path):
    drawn = sample(sorted(steady(side, path).items()), NUMBER)
    full = {name: all(met(path, defined(path, name, text), seed=1)) for name, text in drawn}
    assert full == dict.fromkeys(full, side == "right")
    assert len(full) >= NUMBER
