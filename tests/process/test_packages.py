"""Modules that a course allows, declared once as `c.Judge.packages`."""

import shutil

import pytest
from support.course import ROOT
from support.judging import run, solution, text_of, with_cells

from nbjudge.confined.zygote import import_fit
from nbjudge.doctor.hub import packages
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.process.zygote import Zygote

LOADED = "import sys\nprint([one in sys.modules for one in ('xml.dom.minidom', 'wave', 'none')])"


@pytest.fixture
def allowing(course):
    def write(*names):
        with (course / "nbgrader_config.py").open("a") as file:
            file.write(f"\nc.Judge.packages = {list(names)}\n")
        return JudgeOptions(config=configuration(course)).confinement()

    return write


def test_student_processes_find_them_loaded_and_one_that_is_missing_ends_nothing(allowing):
    zygote = Zygote(allowing("xml.dom.minidom", "none"))
    try:
        judged = run(zygote, with_cells(solution(), LOADED))
    finally:
        zygote.close()
    assert text_of(judged) == "[True, False, False]\n"


def test_a_module_that_starts_a_thread_is_not_for_the_zygote(tmp_path, monkeypatch):
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[9], daemon=True).start()"
    )
    (tmp_path / "broken.py").write_text("raise SystemExit(0)")
    monkeypatch.syspath_prepend(tmp_path)
    assert import_fit(["threaded", "broken", "wave"]) == ["threaded", "broken"]


def test_the_doctor_says_what_grading_and_what_students_lack(course):
    shutil.copy(ROOT / "environment.yml", course)
    assert list(packages(course, [])) == []
    here, students = packages(course, ["seaborn", "none_such"])
    assert (here.well, here.found) == (False, "not installed: none_such")
    assert "pip install none_such" in here.mend
    assert (students.well, students.found) == (False, "environment.yml lacks none_such")
    assert all(check.well for check in packages(course, ["seaborn"]))
