"""A sample is the commit's own, can be taken again by its number, and is everything if asked."""

import pytest
from support import sampling
from support.course import ROOT


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in ("NBJUDGE_SAMPLE", "NBJUDGE_THOROUGH"):
        monkeypatch.delenv(name, raising=False)


def test_without_git_the_number_is_zero(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert sampling.number_of_commit(tmp_path) == 0
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sampling.number_of_commit(tmp_path) == 0


def test_the_number_is_the_commits_and_can_be_set(monkeypatch):
    assert sampling.sample_seed() == sampling.number_of_commit(ROOT)
    monkeypatch.setenv("NBJUDGE_SAMPLE", "7")
    assert sampling.sample_seed() == 7
    assert sampling.told() == "Samples: NBJUDGE_SAMPLE=7"


def test_a_sample_is_the_same_for_a_number_and_keeps_the_order(monkeypatch):
    monkeypatch.setenv("NBJUDGE_SAMPLE", "7")
    drawn = sampling.sample(range(1000), 100)
    assert drawn == sorted(drawn) == sampling.sample(range(1000), 100)
    assert len(set(drawn)) == 100


def test_ten_commits_see_most_of_a_corpus_of_which_each_takes_a_tenth(monkeypatch):
    seen = set()
    for number in range(10):
        monkeypatch.setenv("NBJUDGE_SAMPLE", str(number))
        seen |= set(sampling.sample(range(1000), 100))
    assert len(seen) > 600


def test_a_thorough_run_takes_everything(monkeypatch):
    monkeypatch.setenv("NBJUDGE_THOROUGH", "1")
    assert sampling.sample("abc", 1) == ["a", "b", "c"]
    assert sampling.told() == "Samples: everything"
