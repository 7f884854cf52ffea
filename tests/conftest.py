"""Fixtures that several test modules use."""

import os
from pathlib import Path

import nbformat
import pytest
import torch
from support import zygotes
from support.course import ROOT, make_course, nbgrader
from support.graded import demo_course
from xdist.scheduler import LoadScopeScheduling

from nbjudge.process.zygote import Confinement, Zygote

# The fixture `hub`, and what the end of a run tells.
pytest_plugins = ["support.sampling", "support.timing", "support.hub"]
# pytest's second process says 80, and the first nothing: what is printed must be the same in both.
os.environ.pop("COLUMNS", None)
torch.set_num_threads(1)  # tensors of tests are small, and other tests run beside


# The longest, begun first and in this order: the other process runs the rest meanwhile.
FIRST = ("test_hub", "test_hub_browser", "test_hub_restart", "test_dask", "test_killed_class_run",
         "test_nbgrader", "test_browser", "test_house", "test_watch")  # fmt: skip
# Their tests share nothing, and many take minutes.
SPREAD = ("test_all_mutants", "test_attacks_elsewhere", "test_class_of_two_hundred",
          "test_many_seeds")  # fmt: skip
TOGETHER = {
    "test_browser": "test_nbgrader",  # both need the demo's course
    "test_hub_browser": "test_hub",  # these need a running hub
    "test_hub_restart": "test_hub",
    "test_hub_results": "test_hub",
    "test_hub_walk": "test_hub",
}


class ByModule(LoadScopeScheduling):
    """One process runs all tests of a module: what they share is made once."""

    def _split_scope(self, nodeid):
        # Not xdist's own --dist=loadgroup: with pytest 9.2 it groups nothing.
        module = Path(nodeid.split("::")[0]).stem
        return nodeid if module in SPREAD else TOGETHER.get(module, module)


def pytest_xdist_make_scheduler(config, log):
    return ByModule(config, log)


def pytest_collection_modifyitems(items):
    rank = {stem: place for place, stem in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(FIRST)))


@pytest.fixture
def release():
    """The released notebook."""
    return nbformat.read(ROOT / "release/attention/attention.ipynb", as_version=4)


@pytest.fixture
def course(tmp_path):
    """A course folder of its own."""
    return make_course(tmp_path / "course")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A course whose gradebook knows the assignment: to be copied, never changed."""
    course = make_course(tmp_path_factory.mktemp("built") / "course")
    nbgrader("generate_assignment", "attention", "--force", cwd=course)
    return course


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """The course that the README's first command makes, with every sample graded: to be read."""
    return demo_course(tmp_path_factory.mktemp("demo") / "course")


@pytest.fixture(scope="session")
def zygote():
    """A zygote whose sandbox holds; all tests of this process fork from it."""
    # Tests of other modules may take longer than it would wait for a request.
    with pytest.MonkeyPatch.context() as patched:
        zygotes.wait(patched, seconds=86_400)
        started = Zygote(Confinement())
    assert started.missing == []
    yield started
    started.close()
