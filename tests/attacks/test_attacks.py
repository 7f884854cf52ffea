"""No attack gains a point, learns a secret, does harm, leaves a trace, or disturbs the next one."""

import gc
import json
import os
import re
import sqlite3
from pathlib import Path

import psutil
import pytest
from attacks.corpus import ATTACKS
from attacks.world import World
from support.course import make_course
from support.judging import FULL, points, run, solution

from nbjudge.boundary.wire import VERSION
from nbjudge.notebook.head import LEFT_OUT, lines_on_top
from nbjudge.process.zygote import Confinement, Zygote


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacks")
    course = make_course(folder / "course")
    with World(folder / "world", course) as world:
        with sqlite3.connect(course / "gradebook.db") as book:
            book.execute("create table grade (auto_score, manual_score, comment)")
            book.execute("insert into grade values (0, null, ?)", [world.secret])
        yield world


@pytest.fixture(scope="module")
def zygote(world):
    abi = os.environ.get("NBJUDGE_TEST_LANDLOCK_ABI")
    zygote = Zygote(Confinement(landlock_abi=int(abi) if abi else None))
    assert zygote.missing == []
    yield zygote
    zygote.close()


def shown(judged):
    """Everything that a reader of the result sees, without the master's own text."""
    outputs = [o for cell in judged.notebook.cells for o in cell.get("outputs", [])]
    text = json.dumps(outputs, ensure_ascii=False).replace("\\u001b", "\x1b")
    return text + str(lines_on_top(judged.notebook, LEFT_OUT))


def content(folder):
    """Every file of a folder, whole."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def left_behind(zygote):
    children = psutil.Process(zygote.pid).children(recursive=True)
    folders = [path for path in Path(zygote.home).iterdir() if path.name.startswith("tmp")]
    return [*children, *folders]


# Those that take all there is of something need seconds each: the slow suite runs them.
@pytest.mark.parametrize(
    "attack",
    [pytest.param(a, marks=pytest.mark.slow if a.dangerous else (), id=a.name) for a in ATTACKS],
)
def test_attack(attack, world, zygote):
    gc.collect()  # what earlier tests left open closes now
    descriptors, before = psutil.Process().num_fds(), content(world.course)
    judged = run(zygote, attack.notebook(world.fill), course=world.course)
    assert {name: card.score for name, card in judged.cards.items() if card.score} == {}
    assert sum(judged.scores.values()) == 0
    assert not any(card.fault for card in judged.cards.values())
    assert len(judged.cards) == len(FULL)
    assert world.told(shown(judged)) == []
    assert len(shown(judged)) < 2_000_000
    assert world.harm() == []
    assert content(world.course) == before
    assert left_behind(zygote) == []
    assert psutil.Process().num_fds() == descriptors


def test_frames_that_attacks_forge_speak_the_protocol():
    forged = re.findall(r'struct\.pack\(">BII", (\d+)', "".join(one.code for one in ATTACKS))
    assert len(forged) > 3
    assert set(forged) == {str(VERSION)}


def test_honest_work_after_all_of_them_has_full_marks(world, zygote):
    judged = run(zygote, solution(), course=world.course)
    assert points(judged) == FULL
    outputs = [o for cell in judged.notebook.cells for o in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type == "error"] == []
