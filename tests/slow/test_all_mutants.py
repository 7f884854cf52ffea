"""Mutants of all right solutions: a rubric gives full marks to those that are still right, only.

Some of each exercise are tried, which the commit draws: all would take hours. A thorough run tries
more of them.
"""

import resource
import signal
from collections import Counter
from contextlib import contextmanager

import pytest
from support.contract import violation
from support.corpora import EXERCISES
from support.course import ROOT
from support.sampling import drawn_from, thorough

from nbjudge.authoring import verify
from nbjudge.confined.uninitialized import fill_uninitialized
from nbjudge.mutation.mutants import mutants
from nbjudge.rubric import loader

pytestmark = pytest.mark.slow
NUMBER = 800 if thorough() else 60  # of each exercise
SECONDS = 20  # a right one needs less than one
MEMORY = 4 * 2**30


@pytest.fixture(autouse=True, scope="module")
def uninitialized():
    """As in a student process: otherwise a mutant without `nn.init.zeros_` is right by luck."""
    fill_uninitialized()


@pytest.fixture(autouse=True)
def bounded():
    """What asks for more memory than there is gets an error."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, limits)


@contextmanager
def ending():
    """Raise where a mutant does not end; whoever called it takes that for an error of its own."""

    def stop(*_):
        raise TimeoutError(f"not ended after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)  # again, should the first be swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def parents(path):
    """Yield each right solution of an exercise, its name and its text."""
    rubric, _ = loader.load(path, ROOT)
    yield from verify.right_texts(ROOT, path, rubric.solution)


def made(path, text):
    """Return what the text defines under the name that is marked, or None."""
    rubric, _ = loader.load(path, ROOT)
    try:
        return verify.define(EXERCISES[path] + text, rubric.solution)
    except (Exception, SystemExit):
        return None  # as in a notebook whose cell has failed


def judged(path, text, seed=0):
    """Return which clause of the contract a mutant breaks, and which criterion it loses first."""
    rubric, _ = loader.load(path, ROOT)
    with ending():
        solution = made(path, text)
        if solution is None:
            return "2: is not defined", "every criterion"
        broken = violation(path, solution)
    with ending():
        solution = made(path, text)
        for title, _, check in rubric.criteria:
            if not rubric.meets(check, solution, seed):
                return broken, title
    return broken, ""


@pytest.mark.parametrize("path", EXERCISES)
def test_parents_are_right(path):
    assert [(name, *judged(path, text)) for name, text in parents(path)] == [
        (name, "", "") for name, _ in parents(path)
    ]


@pytest.mark.parametrize("path", EXERCISES)
def test_full_marks_are_for_what_is_right(path):
    every = [(name, one) for name, text in parents(path) for one in mutants(text)]
    drawn, counts, failed = drawn_from(every, NUMBER), Counter(), []
    for name, one in drawn:
        broken, lost = judged(path, one.text)
        counts[bool(broken), bool(lost)] += 1
        if bool(broken) != bool(lost):
            edit = " -> ".join(one.said[0])
            failed.append(f"{name}, line {one.line}, {edit}: breaks [{broken}], loses [{lost}]")
    print(
        f"\n{path}: {len(drawn)} of {len(every)} mutants: "
        f"right {counts[False, False]} full, {counts[False, True]} less; "
        f"wrong {counts[True, False]} full, {counts[True, True]} less"
    )
    assert failed == []
