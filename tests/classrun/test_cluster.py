"""What a cluster gets to judge: sizes of shards, what may travel; and clusters that are not there.

Real clusters are in `slow/test_dask.py`.
"""

import shutil
import sys

import pytest
from support.course import ROOT

from nbjudge.classrun import cluster
from nbjudge.classrun.progress import run_and_show
from nbjudge.classrun.shards import Packed
from nbjudge.judge.job import ClassSettings, Job, NoJudges
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import Confinement

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


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_an_address_without_a_scheduler_is_named_with_cause_and_mend(address, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with (
        pytest.raises(NoJudges, match=rf"answers at {address} \(.+\). Start one with 'dask sch"),
        cluster.Cluster(SETTINGS, address, 1),
    ):
        pass


def test_without_its_packages_the_command_to_install_them_is_named(built, tmp_path, monkeypatch):
    course = shutil.copytree(built, tmp_path / "course")
    (course / "submitted/ada/attention").mkdir(parents=True)
    monkeypatch.chdir(course)
    monkeypatch.delitem(sys.modules, "nbjudge.classrun.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoJudges, match=r"pip install 'nbjudge\[cluster\]'"):
        run_and_show(lambda _: [], ("attention",), None, "local", (), False, False, ())
