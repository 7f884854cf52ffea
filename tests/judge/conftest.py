import pytest
from support.judging import PATIENT
from support.one_test import master_of

from nbjudge.judge import measured
from nbjudge.judge.hidden_test import JudgeSettings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Makes the settings of a course of one solution cell and one test; nothing is known of it."""
    monkeypatch.setattr(measured, "_KNOWN", {})

    def of(solution, test, points=2, limits=PATIENT, beside=False):
        master = master_of(solution, test, points)
        return JudgeSettings(tmp_path, master, limits, source=tmp_path, beside=beside)

    return of
