"""Classes with planted pairs: they are found, and hardly anybody else is."""

import pytest
from support.made_up import class_of
from support.sampling import sample_seed

from nbjudge.similarity.compare import compare

STUDENTS, PLANTED = 200, 10
# The share of planted pairs that is found at least, in five classes of seeds that nobody chose. Of
# the encoder's short exercises many students have the same solution, and some pairs share nothing
# else: there 91 % are found on average (docs/similarity.md), and 75 % are 4 standard deviations
# below.
AT_LEAST = {"attention": 0.95, "encoder": 0.75}
# Other pairs that one class shows: 0.15 on average in 20 classes of 200, 0.36 in 14 of 400. By
# Poisson's law more than 3 are shown once in 2,000 classes of 400, and once in 50,000 of 200.
MOST_OTHERS = 3
# Of the encoder 0.32 on average in 25 classes of 200: more than 7 in five of them once in 3,800.
MOST_OF_FIVE = 7


def told(seed, assignment, planted=PLANTED, students=STUDENTS):
    """Return how many planted pairs of a class are found, and which other ones."""
    handed_in, pairs = class_of(seed, assignment, students, planted)
    found = {pair.students for pair in compare(handed_in).pairs}
    print(f"{assignment}, seed {seed}: {len(found & pairs)} of {len(pairs)}; {found - pairs}")
    return len(found & pairs), found - pairs


def test_ten_pairs_among_two_hundred_students_are_found_and_no_other():
    assert told(1, "attention") == (PLANTED, set())


def test_so_are_those_of_a_class_that_nobody_chose():
    found, others = told(sample_seed(), "attention")
    assert found >= PLANTED - 1
    assert len(others) <= MOST_OTHERS


@pytest.mark.slow
@pytest.mark.parametrize("assignment", AT_LEAST)
def test_so_are_those_of_five_more(assignment):
    results = [told(sample_seed() + number, assignment) for number in range(1, 6)]
    assert sum(found for found, _ in results) >= AT_LEAST[assignment] * PLANTED * len(results)
    assert sum(len(others) for _, others in results) <= MOST_OF_FIVE


@pytest.mark.slow
@pytest.mark.parametrize("students", [12, 50, 400])
def test_a_class_of_honest_students_has_hardly_a_pair(students):
    _, others = told(sample_seed(), "attention", planted=0, students=students)
    assert len(others) <= MOST_OTHERS
