"""Fixtures that several test modules use."""

import nbformat
import pytest
import torch
from course import ROOT, make_course, run

from nbjudge.zygotes import Setting, Zygote

torch.set_num_threads(1)  # tensors of tests are small, and other tests run beside


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let one process run all tests of a module: what they share is made once."""
    for item in items:
        if not any(map(item.get_closest_marker, ("xdist_group", "anywhere"))):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture
def release():
    """The released notebook."""
    return nbformat.read(ROOT / "release/attention/attention.ipynb", as_version=4)


@pytest.fixture
def course(tmp_path):
    """A course folder of its own."""
    return make_course(tmp_path / "course")


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """The course that the README's first command makes, with every sample graded."""
    folder = tmp_path_factory.mktemp("demo") / "course"
    done = run("python", str(ROOT / "examples/demo.py"), str(folder), cwd=ROOT, check=False)
    return folder, done


@pytest.fixture(scope="session")
def zygote():
    """A zygote whose sandbox holds; all tests of this process fork from it."""
    started = Zygote(Setting())
    assert started.missing == []
    yield started
    started.close()
