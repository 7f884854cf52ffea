"""The judge from outside: what student processes can see, proxies, late names, faults of ours."""

import os
import shutil
import signal
import threading
from dataclasses import asdict, replace

import nbformat
import pytest
from support.course import make_course
from support.judging import (
    FULL,
    MASTER,
    SMALL,
    answer,
    points,
    release,
    run,
    solution,
    text_of,
    with_cells,
)

from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.measured import judge_again
from nbjudge.notebook import repair
from nbjudge.notebook.submission import Submission
from nbjudge.process import zygote
from nbjudge.process.zygote import Confinement, JudgeFault

CONFINED = (
    "allowlist asking callbacks calls cells figures kept landlock magics modules raised sandbox"
    " self_test shared standing streams student syscalls uninitialized warm_up zygote"
)
BOUNDARY = (
    "arrays bounds bridge channel containers dtypes factories frames globals invoke kinds lineage"
    " messages numerals reader records references sharing signatures stand_ins times trees values"
    " wire writer"
)
OURS = {"nbjudge", "nbjudge.boundary", "nbjudge.confined"} | {
    *(f"nbjudge.boundary.{name}" for name in BOUNDARY.split()),
    *(f"nbjudge.confined.{name}" for name in CONFINED.split()),
}


def test_living_proof_of_the_boundary(zygote):
    """A real student process lists what it has loaded, has open and can read."""
    look = (
        "import os, sys\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "('nbjudge', 'nbgrader', 'nbformat', 'nbconvert', 'sqlalchemy', 'click', 'rich')))\n"
        "print([fd for fd in range(1000) if _open(fd)])"
    )
    helper = (
        "def _open(fd):\n    import os\n    try:\n        os.fstat(fd)\n        return True\n"
        "    except OSError:\n        return False"
    )
    readable = (
        "found = []\nfor path in ('/', '/home', '/root', '/tmp', '/etc', '/etc/passwd', '/proc', "
        "'/proc/1', '/proc/self/net/tcp', '/dev/shm', '/var', '/run', '/usr/lib', os.__file__, "
        "torch.__file__, sys.modules['nbjudge.boundary.wire'].__file__, '..', '.'):\n"
        "    try:\n        os.close(os.open(path, os.O_RDONLY))\n        found.append(path)\n"
        "    except OSError:\n        pass\nprint(len(found), found)"
    )
    judged = run(zygote, with_cells(release(), helper, look, readable))
    modules, descriptors = text_of(judged, 1).strip().splitlines()
    assert set(eval(modules)) == OURS
    assert (
        len(eval(descriptors)) == 4
    )  # the standard three, which lead to /dev/null, and one socket
    assert text_of(judged, 2).startswith("4 ['/usr/lib'")
    assert text_of(judged, 2).strip().endswith("'.']")


def test_what_was_never_written_is_not_zeros_by_luck(zygote):
    """A layer whose bias is `torch.empty`, and should start as zeros, had full marks at times."""
    look = (
        "zeros = 0\nfor n in range(2000):\n"
        "    junk = [torch.zeros(n % 97 + 1), bytearray(n % 89)]\n"
        "    del junk\n"
        "    never = torch.empty(n % 64 + 1), torch.empty((n % 7) * 30_000 + 1)\n"
        "    zeros += sum(bool((one == 0).all()) for one in never)\nprint(zeros)"
    )
    assert text_of(run(zygote, with_cells(release(), look))) == "0\n"


def test_an_exercise_whose_name_comes_later_is_judged_later(zygote):
    notebook = solution()
    late = next(cell for cell in notebook.cells if cell.id == "dot_product")
    # No text of the notebook defines the name: what does is found by running it.
    source, late.source = f"exec({late.source!r})", "# below"
    notebook.cells.append(nbformat.v4.new_code_cell(source, id="late"))
    judged = run(zygote, notebook)
    assert points(judged) == FULL
    (cell,) = [cell for cell in judged.notebook.cells if cell.id == "dot_product-marks"]
    assert "Judged after a later cell of the notebook, which defines 'dot_product" in str(
        cell.outputs
    )


def test_one_seed_gives_one_report_to_the_letter(zygote):
    wrong = answer(
        solution(), dot_product="def dot_product_attention(q, k, v):\n    return v[:, 0], k[..., 0]"
    )
    reports = [{n: asdict(c) for n, c in run(zygote, wrong, seed=7).cards.items()} for _ in "12"]
    assert len(reports[0]) == len(FULL)
    assert reports[0] == reports[1]


WRONG = "def dot_product_attention(q, k, v):\n    return v[:, 0], k[..., 0]"


def graded_in(course, notebook, seed=1):
    master = nbformat.read(course / "source/attention/attention.ipynb", as_version=4)
    return judge_again(
        JudgeSettings(course, master, SMALL), Submission(notebook, seed), Confinement()
    )


@pytest.fixture
def own_zygotes():
    yield
    zygote.close_zygotes()


def test_a_zygote_that_is_lost_in_the_middle_is_replaced_and_nobody_notices(course, own_zygotes):
    repaired, _ = repair.repair(MASTER, with_cells(solution(), "import time; time.sleep(1)"))
    for _ in ("while the master is measured", "while the submission is judged"):
        lost = zygote.running(Confinement()).pid
        killer = threading.Timer(0.5, os.kill, (lost, signal.SIGKILL))
        killer.start()
        assert points(graded_in(course, repaired)) == FULL
        killer.join()
        assert zygote.running(Confinement()).pid != lost


def test_a_rubric_that_raises_is_not_graded_and_the_others_stand(course, zygote):
    file = course / "rubrics/attention/scaled.py"
    file.write_text(file.read_text().replace("HINT =", "raise RuntimeError('rubric')\nHINT ="))
    judged = run(zygote, solution(), course=course)
    assert "The rubric cannot be used" in judged.cards["scaled-marks"].fault
    assert points(judged) == {**FULL, "scaled": 0}


def test_a_missing_layer_is_refused_with_its_name_and_recorded_when_allowed(course, own_zygotes):
    old = Confinement(landlock_abi=0)  # a kernel without Landlock
    with pytest.raises(
        JudgeFault, match=r"cannot be confined .* files \(the kernel has no Landlock"
    ):
        zygote.running(old)
    started = zygote.running(replace(old, unconfined=True))
    judged = run(started, solution(), course=course)
    assert {card.confined for card in judged.cards.values()} == {False}
    assert points(judged) == FULL


def test_plain_assertions_work_as_hidden_tests_and_use_the_masters_imports(zygote, course):
    master = nbformat.from_dict(MASTER)
    for cell in master.cells:
        if cell.id == "dot_product-marks":
            cell.source = (
                "### BEGIN HIDDEN TESTS\nq = torch.ones(1, 2)\n"
                "out, w = dot_product_attention(q, torch.ones(1, 3, 2), torch.ones(1, 3, 2))\n"
                "assert torch.allclose(w, torch.full((1, 3), 1 / 3)), 'Weights should be equal.'\n"
                "### END HIDDEN TESTS"
            )
    assert run(zygote, solution(), master=master).scores["dot_product-marks"] == 20
    wrong = answer(
        solution(), dot_product="def dot_product_attention(q, k, v):\n    return v, k[..., 0]"
    )
    judged = run(zygote, wrong, master=master)
    assert judged.scores["dot_product-marks"] == 0
    (cell,) = [cell for cell in judged.notebook.cells if cell.id == "dot_product-marks"]
    assert "Weights should be equal." in str(cell.outputs)
    assert "HIDDEN" not in str(cell.outputs)


def test_the_courses_own_folder_is_found_without_the_working_directory(
    tmp_path, zygote, monkeypatch
):
    course = make_course(tmp_path / "course")
    monkeypatch.chdir("/")
    assert points(run(zygote, solution(), course=course)) == FULL
    shutil.rmtree(course)
