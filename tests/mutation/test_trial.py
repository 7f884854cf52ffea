"""A mutant may loop or take all memory: it is stopped, and the next one is tried."""

import shutil
import time

import pytest
import torch
from support.course import ROOT
from support.weak import write_weak

from nbjudge.mutation.exercises import exercises
from nbjudge.mutation.trial import Trial, try_mutant, try_solution
from nbjudge.process.limits import Limits
from nbjudge.verdict import Verdict


@pytest.fixture
def tried(tmp_path):
    """Try a text in the place of the solution of `power`, with two seeds."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    write_weak(tmp_path, "power")
    (power,) = exercises(tmp_path, "weak")
    trial = Trial(tmp_path, (3, 4), Limits(memory_mb=2048))
    assert try_solution(trial, power) == ("", 5.0)

    def with_edit(old, new):
        assert old in power.source
        return try_mutant(trial, power, power.source.replace(old, new))

    return with_edit


def test_a_loop_is_stopped_within_seconds_and_not_waited_for_with_the_next_seed(tried):
    begun = time.process_time()
    found = tried("power *= 2", "power = power")
    assert found.verdicts == {3: Verdict.OUT_OF_TIME}
    assert found.passed == []
    assert time.process_time() - begun < 10
    assert tried("power *= 2", "power += power").passed == [3, 4]


def test_what_takes_all_memory_is_no_fault_of_ours(tried):
    found = tried("power *= 2", "power = len(bytes(10**13))")
    assert set(found.verdicts.values()) == {Verdict.OUT_OF_MEMORY}
    assert found.fault == ""


def test_what_ends_its_process_is_stopped(tried):
    assert tried("power *= 2", "import os; os._exit(0)").verdicts == {3: Verdict.CRASHED}


def test_a_cell_that_raises_is_judged_by_what_it_defined(tried):
    assert tried("return power", "return power\n1 / 0").passed == [3, 4]
    renamed = tried("def power_of_two", "def other")
    assert set(renamed.verdicts.values()) == {Verdict.NOT_MET}  # it is the test that raises
    assert "NameError" in renamed.why


def test_a_test_that_draws_its_inputs_draws_the_same_for_each_mutant(tried):
    """The answers of a mutant then depend on nothing that came before it."""
    torch.manual_seed(99)
    tried("power *= 2", "power *= 3")
    assert torch.initial_seed() == 4
