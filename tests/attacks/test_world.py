"""What an attack would leave in shared memory is seen, and what other programs share is not it."""

import mmap

import pytest
from attacks.world import SHARED, World


@pytest.fixture
def world(tmp_path):
    with World(tmp_path / "world", tmp_path / "course") as world:
        yield world


@pytest.fixture
def file(world):
    path = SHARED / f"file-{world.token}"
    path.write_bytes(bytes(8))
    yield path
    for left in SHARED.glob(f"*-{world.token}"):
        left.unlink()


def test_a_file_that_nobody_has_in_use_is_harm(world, file):
    assert world.harm() == [f"shared memory: [] is now ['{file.name}']"]


def test_a_file_that_somebody_has_in_use_is_none_even_under_another_name(world, file):
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), 8):
        assert world.harm() == []
        (SHARED / f"other-{world.token}").hardlink_to(file)  # as glibc makes a semaphore
        file.unlink()
        assert world.harm() == []


def test_a_file_that_is_gone_is_harm(world):
    world.shared.unlink()
    (told,) = world.harm()
    assert told.startswith("canary in shared memory: ")


def test_two_worlds_do_not_harm_each_other(world, tmp_path):
    with World(tmp_path / "other", tmp_path / "course"):
        assert world.harm() == []
    assert world.harm() == []
