"""Fixtures that several test modules use."""

import nbformat
import pytest
from course import ROOT, make_course, run

from nbjudge.zygotes import Setting, Zygote


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
