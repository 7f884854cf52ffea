"""A small course: the gradebook knows `week1`, and who is in it."""

import pytest
from support.platforms.lti import Platform
from support.platforms.people import copied, enrol, make_small


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    return make_small(tmp_path_factory.mktemp("platforms") / "small")


@pytest.fixture(scope="session")
def enrolled_once(small, tmp_path_factory):
    return enrol(copied(small, tmp_path_factory.mktemp("platforms") / "enrolled"))


@pytest.fixture
def empty(small, tmp_path):
    """Nobody is in the gradebook yet."""
    return copied(small, tmp_path / "course")


@pytest.fixture
def enrolled(enrolled_once, tmp_path):
    """Everybody is in the gradebook, with Canvas's numbers."""
    return copied(enrolled_once, tmp_path / "course")


@pytest.fixture
def platform():
    """A small platform of LTI that takes scores."""
    made = Platform()
    yield made
    made.close()
