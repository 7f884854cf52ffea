"""What a cluster gets to judge: sizes of shards, what may travel; and clusters that are not there.

Real clusters are in `slow/test_dask.py`.
"""

import sys

import pytest
from support.course import ROOT

from nbjudge.classrun import cluster
from nbjudge.classrun.progress import run_and_show
from nbjudge.classrun.shards import Courier, Packed, pack
from nbjudge.judge.job import ClassSettings, Job, NoJudges
from nbjudge.notebook.submission import NotGraded
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import Confinement
from nbjudge.rubric.loader import load

LIMITS = Limits(files_mb=1)
SETTINGS = ClassSettings(ROOT, ROOT / "source/attention", LIMITS, Confinement())


def sizes(total, workers, heavy=0):
    """The sizes of the shards that a class is sent in."""
    sent, shard = [], []
    for number in range(1, total + 1):
        shard.append(Packed(Job(str(number), ROOT), {"a": b"x" * heavy}))
        if cluster.is_full(shard, total - number, workers):
            sent.append(len(shard))
            shard = []
    assert shard == []
    return sent


@pytest.mark.parametrize(("total", "workers"), [(1, 8), (7, 2), (300, 2), (10_000, 20), (5_000, 0)])
def test_shards_hold_all_and_get_smaller_toward_the_end(total, workers):
    sent = sizes(total, workers)
    assert sum(sent) == total
    assert sent == sorted(sent, reverse=True)
    assert sent[0] == min(max(total // (4 * max(workers, 1)), 1), 200)
    assert sent[-1] == 1


def test_a_shard_of_large_submissions_is_a_short_one():
    assert max(sizes(100, 1, heavy=9 * 2**20)) == 2


@pytest.fixture
def work(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "attention.ipynb").write_bytes(b"{}")
    (tmp_path / "data/words.txt").write_bytes(b"words")
    return Job("ada", tmp_path)


def test_a_submission_travels_with_all_its_files(work):
    packed = pack(work, LIMITS)
    assert packed.files == {"attention.ipynb": b"{}", "data/words.txt": b"words"}
    assert packed.size == 7


def test_what_must_not_travel_is_refused_alone(work):
    (work.folder / "large").write_bytes(b"x" * (2**20))
    with pytest.raises(NotGraded, match=r"holds 1 MB, and 1 MB may travel.*files_mb"):
        pack(work, LIMITS)
    (work.folder / "large").unlink()
    (work.folder / "key").symlink_to("/etc/hostname")
    with pytest.raises(NotGraded, match="is a link"):
        pack(work, LIMITS)


def test_a_file_that_cannot_be_read_is_refused_alone(work, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.read_bytes", denied)
    with pytest.raises(NotGraded, match=r"attention.ipynb cannot be read \(Permission denied\)"):
        pack(work, LIMITS)


def test_a_worker_has_the_course_for_the_run_and_serves_the_next_one():
    for exercise in ("dot_product", "multi_head"):
        courier = Courier(SETTINGS)
        courier.setup(None)
        root = courier.terms.root
        assert root.stat().st_mode & 0o777 == 0o700
        assert (courier.terms.source / "attention.ipynb").is_file()
        _, version = load(f"attention/{exercise}", root)
        assert version == load(f"attention/{exercise}", ROOT)[1]
        courier.teardown(None)
        assert not root.exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_an_address_without_a_scheduler_is_named_with_cause_and_mend(address, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with (
        pytest.raises(NoJudges, match=rf"answers at {address} \(.+\). Start one with 'dask sch"),
        cluster.Cluster(SETTINGS, address, 1),
    ):
        pass


def test_without_its_packages_the_command_to_install_them_is_named(course, monkeypatch):
    (course / "submitted/ada/attention").mkdir(parents=True)
    monkeypatch.chdir(course)
    monkeypatch.delitem(sys.modules, "nbjudge.classrun.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoJudges, match=r"pip install 'nbjudge\[cluster\]'"):
        run_and_show("attention", None, "local", (), False, False, ())
