"""Files of submissions: copied without following links, and removed in any shape."""

import os

import pytest

from nbjudge.process.limits import Limits
from nbjudge.process.scratch import copy_submitted, remove_tree


def test_only_regular_files_are_copied_and_the_rest_is_named(tmp_path):

    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    (tmp_path / "secret").write_text("secret")
    (source / "good.txt").write_text("good")
    (source / "link.txt").symlink_to(tmp_path / "secret")
    (source / "folder").symlink_to(tmp_path)
    (source / ".git").mkdir()
    (source / ".git/link").symlink_to("/etc/hostname")
    (source / ".key").write_text("x")
    os.mkfifo(source / "fifo")
    with open(source / "huge.bin", "wb") as file:
        file.truncate(3 * 2**20)
    refused = copy_submitted(source, target, Limits(file_mb=2))
    assert [path.name for path in target.iterdir()] == ["good.txt"]
    assert len(refused) == 4
    for name, reason in (
        ("link.txt", "link"),
        ("folder", "link"),
        ("fifo", "no regular"),
        ("huge.bin", "larger"),
    ):
        assert any(one.startswith(name) and reason in one for one in refused), refused
    (source / "more").mkdir()
    for number in range(5):
        (source / f"more/{number}").write_text("x")
    assert "more than 4 files" in " ".join(
        copy_submitted(source, tmp_path / "two", Limits(files=4))
    )


def nested(top, levels):
    """Make folders in one another, until no path can name the last."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d" * 50, dir_fd=here)
        below = os.open("d" * 50, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


@pytest.mark.parametrize("levels", [10, 200, 1500])
def test_a_tree_of_any_depth_is_removed(levels, tmp_path):
    (tmp_path / "scratch").mkdir()
    nested(tmp_path / "scratch", levels)
    remove_tree(str(tmp_path / "scratch"))
    assert not (tmp_path / "scratch").exists()


def test_a_tree_without_rights_is_removed(tmp_path):
    (tmp_path / "scratch/closed/inner").mkdir(parents=True)
    (tmp_path / "scratch/closed").chmod(0)
    remove_tree(str(tmp_path / "scratch"))
    assert not (tmp_path / "scratch").exists()
