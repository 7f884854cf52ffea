"""Solutions written without sight of the rubrics: the right ones have full marks, the others less.

`NBJUDGE_SEEDS` says with how many seeds each is marked. Some change what is global, so each
exercise is judged in a process of its own, and torch's settings are put back after each solution.
"""

import linecache
import multiprocessing
import os
import random
import re
import warnings
from concurrent.futures import ProcessPoolExecutor

import pytest
import torch
from support.course import ROOT
from support.sampling import sample_seed

from nbjudge.authoring import verify
from nbjudge.judge.prefetch import Conversation
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.proxy.objects import Objects
from nbjudge.rubric import loader

pytestmark = pytest.mark.slow
SEEDS = range(int(os.environ.get("NBJUDGE_SEEDS", 1)))
EXERCISES = dict(verify.exercises(ROOT, "attention"))
SIDES = ("right", "wrong")
SECTION = re.compile(r"^# %% (\w+)\n", re.M)
SAMPLE = 4  # of each side and exercise, judged across the border too
# Wrong ones that remember calls or draw random numbers: no two runs need lose the same criteria.
VARYING = re.compile(r"^\w+ = (\[.*\]|\{.*\})$|\bglobal\b|\bid\(|\brand|empty|ropout", re.M)


def texts(side, path):
    """Return the text of each solution by its name."""
    file = ROOT / "tests/attention/solutions" / side / f"{path.split('/')[1]}.py"
    parts = SECTION.split(file.read_text(encoding="utf-8"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def judged(side, path):
    """Return which criteria each solution meets: by name, for each seed. In a fresh process."""
    usual_settings()
    return {
        name: [met(path, define(path, name, text), seed) for seed in SEEDS]
        for name, text in texts(side, path).items()
    }


def met(path, solution, seed):
    """Return for each criterion whether it is met."""
    rubric, _ = loader.load(path, ROOT)
    try:
        marks, fault = rubric.mark(solution, seed)
    finally:
        usual_settings()
    assert not fault, (path, solution, fault)
    return [mark.met for mark in marks]


def define(path, name, text):
    """Return what a solution defines; TorchScript finds its text, as it finds that of a cell."""
    source, place = EXERCISES[path] + text, f"<{path} {name}>"
    linecache.cache[place] = len(source), None, source.splitlines(keepends=True), place
    namespace = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, place, "exec"), namespace)
    return namespace.get(loader.load(path, ROOT)[0].solution)


def usual_settings():
    torch.set_default_dtype(torch.float32)
    torch.set_default_device("cpu")
    torch.set_grad_enabled(True)
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("highest")
    torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)


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
    steady = {
        name: text
        for name, text in texts(side, path).items()
        if side == "right" or not VARYING.search(text)
    }
    for name in random.Random(sample_seed()).sample(sorted(steady), SAMPLE):
        session = Session(zygote, Limits())
        try:
            for source in (EXERCISES[path], steady[name]):
                assert session.run(source).breach is None
            objects = Objects(
                lambda do, session=session, **what: Conversation(session, Budget(60)).ask(
                    do, **what
                )
            )
            solution = loader.load(path, ROOT)[0].solution
            proxy = objects.bind([solution])[solution]
            assert (name, met(path, proxy, SEEDS[0])) == (name, results[side, path][name][0])
        finally:
            session.close()
