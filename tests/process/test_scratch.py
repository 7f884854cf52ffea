"""Files of submissions: copied without following links."""

from nbjudge.process.limits import Limits
from nbjudge.process.scratch import copy_submitted


def test_only_regular_files_are_copied_and_the_rest_is_named(tmp_path):
    import os

    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    (tmp_path / "secret").write_text("secret")
    (source / "good.txt").write_text("good")
    (source / "link.txt").symlink_to(tmp_path / "secret")
    (source / "folder").symlink_to(tmp_path)
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
