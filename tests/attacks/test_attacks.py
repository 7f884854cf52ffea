"""No attack gains a point, learns a secret, does harm, leaves a trace, or disturbs the next one."""

import os
from pathlib import Path

import nbformat
import psutil
import pytest
from corpus import ATTACKS
from course import ROOT, make_course
from world import World

from nbjudge import pairing
from nbjudge.judge import Course, judge
from nbjudge.limits import Limits
from nbjudge.submission import Submission
from nbjudge.zygotes import Setting, Zygote

LIMITS = Limits(
    cell_seconds=2, total_seconds=20, cpu_seconds=20, memory_mb=1024, output_kb=256, outputs=100,
    file_mb=32, files_mb=64, files=200, open_files=128, threads=32,
)  # fmt: skip
FULL = {"dot_product": 20, "scaled": 20, "self_attention": 30, "multi_head": 30, "causal_mask": 10}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacks")
    course = make_course(folder / "course")
    with World(folder / "world", course) as world:
        yield world


@pytest.fixture(scope="module")
def course(world):
    master = nbformat.read(world.course / "source/attention/attention.ipynb", as_version=4)
    return Course(world.course, master, LIMITS)


@pytest.fixture(scope="module")
def zygote(world):
    abi = os.environ.get("NBJUDGE_TEST_LANDLOCK_ABI")
    zygote = Zygote(Setting(landlock_abi=int(abi) if abi else None))
    assert zygote.missing == []
    yield zygote
    zygote.close()


def run(course, zygote, notebook):
    repaired, _ = pairing.repair(course.master, notebook)
    return judge(course, Submission(repaired, seed=1), zygote)


def shown(judged):
    """Everything that a reader of the result sees, without the master's own text."""
    outputs = [o for cell in judged.notebook.cells for o in cell.get("outputs", [])]
    return nbformat.v4.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
    ).encode().decode("unicode_escape", "replace") + str(judged.left_out)


def left_behind(zygote):
    children = psutil.Process(zygote._process.pid).children(recursive=True)
    folders = [path for path in Path(zygote.home).iterdir() if path.name.startswith("tmp")]
    return [*children, *folders]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack, world, course, zygote):
    descriptors = psutil.Process().num_fds()
    judged = run(course, zygote, attack.notebook(world.fill))
    assert {name: card.score for name, card in judged.cards.items() if card.score} == {}
    assert sum(judged.scores.values()) == 0
    assert not any(card.fault for card in judged.cards.values())
    assert len(judged.cards) == len(FULL)
    assert world.told(shown(judged)) == []
    assert world.harm() == []
    assert left_behind(zygote) == []
    assert psutil.Process().num_fds() == descriptors


def test_honest_work_after_all_of_them_has_full_marks(course, zygote):
    solution = nbformat.read(ROOT / "solutions/attention/attention.ipynb", as_version=4)
    judged = run(course, zygote, solution)
    assert {name[:-6]: card.score for name, card in judged.cards.items()} == FULL
    assert [
        o
        for cell in judged.notebook.cells
        for o in cell.get("outputs", [])
        if o.output_type == "error"
    ] == []
