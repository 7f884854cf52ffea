"""What travels to a cluster's workers, and what must not."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.course import ROOT

from nbjudge.classrun.fingerprint import conditions
from nbjudge.classrun.shards import Courier, pack
from nbjudge.judge.job import ClassSettings, Job
from nbjudge.notebook.autotests import keep, kept_in
from nbjudge.notebook.master import read_master
from nbjudge.notebook.submission import NotGraded
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import Confinement
from nbjudge.rubric.loader import load

LIMITS = Limits(files_mb=1)
SETTINGS = ClassSettings(ROOT, ROOT / "source/attention", LIMITS, Confinement())


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


def test_what_tools_keep_stays_behind(work):
    (work.folder / ".git").mkdir()
    (work.folder / ".git/objects").write_bytes(b"x" * 2**21)
    (work.folder / ".git/link").symlink_to("/etc/hostname")
    assert pack(work, LIMITS).size == 7


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
        root = courier.settings.root
        assert root.stat().st_mode & 0o777 == 0o700
        assert (courier.settings.source / "attention.ipynb").is_file()
        _, version = load(f"attention/{exercise}", root)
        assert version == load(f"attention/{exercise}", ROOT)[1]
        courier.teardown(None)
        assert not root.exists()


def test_a_worker_has_the_tests_that_were_made_of_autotest_lines(tmp_path):
    before, after = (new_notebook(cells=[new_code_cell(text)]) for text in ("# AUTOTEST n", "n"))
    source = tmp_path / "source/week1"
    source.mkdir(parents=True)
    nbformat.write(before, source / "work.ipynb")
    keep(kept_in(tmp_path, "week1"), "work", before, after)
    courier = Courier(ClassSettings(tmp_path, source, LIMITS, Confinement()))
    courier.setup(None)
    assert read_master(courier.settings.source / "work.ipynb").cells[0].source == "n"
    courier.teardown(None)


def test_tests_that_were_made_anew_decide_a_result(tmp_path):
    source = tmp_path / "source/week1"
    source.mkdir(parents=True)
    settings = ClassSettings(tmp_path, source, LIMITS, Confinement())
    found = set()
    for made in ("assert n == 1", "assert n == 2"):
        before, after = (new_notebook(cells=[new_code_cell(one)]) for one in ("# AUTOTEST n", made))
        keep(kept_in(tmp_path, "week1"), "work", before, after)
        found.add(conditions(settings, "week1", []))
    assert len(found) == 2
