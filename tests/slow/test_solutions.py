"""Solutions written without sight of the rubrics: the right ones have full marks, the others less.

`NBJUDGE_SEEDS` says with how many seeds each is marked. Some change what is global, so each
exercise is judged in a process of its own, and torch's settings are put back after each solution.
"""

import multiprocessing
import os
import random
from concurrent.futures import ProcessPoolExecutor

import pytest
from support.corpora import EXERCISES, SIDES, defined, met, steady, texts, usual_settings
from support.course import ROOT
from support.sampling import sample_seed

from nbjudge.authoring import forms
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.rubric import loader

pytestmark = pytest.mark.slow
SEEDS = range(int(os.environ.get("NBJUDGE_SEEDS", 1)))
SAMPLE = 4  # of each side and exercise, judged across the border too


def judged(side, path):
    """Return which criteria each solution meets: by name, for each seed. In a fresh process."""
    usual_settings()
    return {
        name: [met(path, defined(path, name, text), seed) for seed in SEEDS]
        for name, text in texts(side, path).items()
    }


@pytest.fixture(scope="module")
def results():
    """What `judged` gives, by side and exercise."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, max_tasks_per_child=1) as pool:
        jobs = {(s, path): pool.submit(judged, s, path) for s in SIDES for path in EXERCISES}
        return {which: job.result() for which, job in jobs.items()}


@pytest.mark.parametrize("path", EXERCISES)
@pytest.mark.parametrize("side", SIDES)
def test_full_marks_are_for_right_solutions(side, path, results):
    full = {name: [all(marks) for marks in every] for name, every in results[side, path].items()}
    counted = [mark for every in full.values() for mark in every]
    assert counted
    print(f"\n{path}, {side}: {sum(counted)} full, {len(counted) - sum(counted)} less")
    misjudged = {
        name: [seed for seed, mark in zip(SEEDS, every, strict=True) if mark != (side == "right")]
        for name, every in full.items()
    }
    assert {name: seeds for name, seeds in misjudged.items() if seeds} == {}


@pytest.mark.parametrize("path", EXERCISES)
@pytest.mark.parametrize("side", SIDES)
def test_a_student_process_gets_the_same_marks(side, path, results, zygote):
    known = steady(side, path)
    for name in random.Random(sample_seed()).sample(sorted(known), SAMPLE):
        session = Session(zygote, Limits())
        try:
            for source in (EXERCISES[path], known[name]):
                assert session.run(source).breach is None
            rubric, _ = loader.load(path, ROOT)
            proxies = forms.proxies(session, [rubric.solution, *rubric.beside])
            assert (name, met(path, proxies, SEEDS[0])) == (name, results[side, path][name][0])
        finally:
            session.close()
