"""Seed after seed: right solutions never lose a point, misconceptions always lose their criterion.

`NBJUDGE_SEEDS` says how many seeds; the default takes some minutes on two cores.
"""

import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest
import torch
from course import ROOT

from nbjudge import course, verify

pytestmark = pytest.mark.slow
SEEDS = int(os.environ.get("NBJUDGE_SEEDS", 200))
EXERCISES = dict(verify.exercises(ROOT, "attention"))
CHUNK = 10  # seeds of one job
WHOLE = 3  # with the first seeds misconceptions are marked whole, later by what they must lose


def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def pool():
    spawn = multiprocessing.get_context("spawn")  # a fork of torch's threads may hang
    with ProcessPoolExecutor(os.cpu_count(), spawn, one_thread) as workers:
        yield workers


def judged(path, seeds):
    """Count (right or wrong, full marks or less); say what is not as it should be."""
    rubric, _ = course.load(path, ROOT)
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
            if kept or seed < WHOLE:
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
def test_full_marks_are_for_right_solutions_whatever_the_seed(path, pool):
    chunks = [range(first, min(first + CHUNK, SEEDS)) for first in range(0, SEEDS, CHUNK)]
    counts, problems = Counter(), []
    for some, more in pool.map(judged, [path] * len(chunks), chunks):
        counts += some
        problems += more
    print(
        f"\n{path}: {SEEDS} seeds, "
        f"right {counts['right', True]} full, {counts['right', False]} less; "
        f"wrong {counts['wrong', True]} full, {counts['wrong', False]} less"
    )
    assert problems == []
    assert counts["right", True] >= SEEDS
    assert counts["wrong", False] >= SEEDS
