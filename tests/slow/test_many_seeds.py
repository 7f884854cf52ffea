"""Seed after seed: right solutions never lose a point, misconceptions always lose their criterion.

A run takes one chunk of the seeds, which the commit draws; a thorough one takes all.
"""

from collections import Counter

import pytest
from support.corpora import EXERCISES
from support.course import ROOT
from support.sampling import sample

from nbjudge.authoring import verify
from nbjudge.rubric import loader

pytestmark = pytest.mark.slow
CHUNKS = [range(first, first + 3) for first in range(0, 198, 3)]


def judged(path, seeds):
    """Count (right or wrong, full marks or less); say what is not as it should be."""
    rubric, _ = loader.load(path, ROOT)
    right = {
        name: verify.define(EXERCISES[path] + text, rubric.solution)
        for name, text in verify.right_texts(ROOT, path, rubric.solution)
    }
    counts, problems = Counter(), []
    for seed in seeds:
        for name, solution in right.items():
            lost, fault = losses(rubric, solution, seed)
            counts["right", not lost] += 1
            if lost or fault:
                problems.append(f"{name} (seed {seed}) loses {lost}. {fault}")
        for wrong in rubric.bank.known:
            lost, fault = [wrong.loses.__name__], ""
            kept = rubric.meets(wrong.loses, wrong.solution, seed)
            if kept or seed == seeds.start:  # once a chunk it is marked whole
                lost, fault = losses(rubric, wrong.solution, seed)
            counts["wrong", not lost] += 1
            if kept or fault or not lost:
                problems.append(f"{wrong.name} (seed {seed}) loses {lost}, kept={kept}. {fault}")
    return counts, problems


def losses(rubric, solution, seed):
    """Return the criteria that are lost, and what is our fault."""
    marks, fault = rubric.mark(solution, seed)
    return [mark.criterion for mark in marks if not mark.met], fault


@pytest.mark.parametrize("path", EXERCISES)
@pytest.mark.parametrize("seeds", sample(CHUNKS, 1), ids=lambda seeds: f"from {seeds.start}")
def test_full_marks_are_for_right_solutions_whatever_the_seed(path, seeds):
    counts, problems = judged(path, seeds)
    print(
        f"\n{path}: seeds {seeds.start} to {seeds.stop - 1}, "
        f"right {counts['right', True]} full, {counts['right', False]} less; "
        f"wrong {counts['wrong', True]} full, {counts['wrong', False]} less"
    )
    assert problems == []
    assert counts["right", True] >= len(seeds)
    assert counts["wrong", False] >= len(seeds)
