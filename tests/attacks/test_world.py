"""What an attack reads or leaves behind is seen; what other programs do is not taken for it."""

import base64
import mmap
import pkgutil
import re
import subprocess
import sys

import pytest
from attacks.corpus import ATTACKS
from attacks.world import PRIVATE, SHARED, SIGNS, World, private_files
from support.course import ROOT, make_course
from support.judging import MASTER

from nbjudge.authoring import build
from nbjudge.confined import student
from nbjudge.confined.calls import Calls
from nbjudge.confined.cells import Recorder
from nbjudge.confined.kept import Kept
from nbjudge.rubric import Rubric
from nbjudge.rubric.loader import load
from nbjudge.rubric.scorecard import MIME


@pytest.fixture
def world(tmp_path):
    with World(tmp_path / "world", tmp_path / "course") as world:
        yield world


@pytest.fixture
def file(world):
    path = SHARED / f"file-{world.token}"
    path.write_bytes(bytes(8))
    yield path
    for left in SHARED.glob(f"*-{world.token}"):
        left.unlink()


def test_a_file_that_nobody_has_in_use_is_harm(world, file, monkeypatch):
    monkeypatch.setattr("attacks.world._LOOKS", 1)  # no other program is about to remove it
    assert world.harm() == [f"shared memory: [] is now ['{file.name}']"]


def test_a_file_in_use_is_no_harm_under_any_name(world, file):
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), 8):
        assert world.harm() == []
        (SHARED / f"other-{world.token}").hardlink_to(file)  # as glibc makes a semaphore
        file.unlink()
        assert world.harm() == []


def test_a_file_that_is_gone_is_harm(world):
    world.shared.unlink()
    (told,) = world.harm()
    assert told.startswith("canary in shared memory: ")


def test_two_worlds_do_not_harm_each_other(world, tmp_path):
    with World(tmp_path / "other", tmp_path / "course"):
        assert world.harm() == []
    assert world.harm() == []


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course")


@pytest.fixture
def within(course, tmp_path):
    """A world around a whole course."""
    with World(tmp_path / "within", course) as world:
        yield world


def rubrics(course):
    return sorted((course / "rubrics").rglob("*.py"))


def test_each_private_file_is_told(within, course):
    files = private_files(course)
    assert set(files) > {*rubrics(course), course / "nbgrader_config.py"}
    kept = {path.relative_to(course) for path in files if path.suffix == ".ipynb"}
    made = [*course.glob("source/*/*.ipynb"), *course.glob("solutions/*/*.ipynb")]
    assert kept == {path.relative_to(course) for path in made}
    for path in [*files, course / "submitted/other/attention/attention.ipynb"]:
        assert within.secret in within.told(path.read_text(encoding="utf-8")), path


def test_a_release_is_not_told(within, course):
    assert within.told((course / "release/attention/attention.ipynb").read_text()) == []
    assert build.stale(course, "attention") == [
        "solutions/attention/attention.ipynb is stale."  # it holds the secret, release/ does not
    ]


@pytest.mark.parametrize("shift", range(3))
def test_a_rubric_in_base64_is_told(within, course, shift):
    text = bytes(shift) + rubrics(course)[0].read_bytes()
    assert within.told(base64.b64encode(text).decode())


def test_a_planted_rubric_marks_as_before(within, course):
    planted, version = load("attention/dot_product", course)
    rubric, before = load("attention/dot_product", ROOT)
    assert version != before
    assert [mark.met for mark in planted.mark(rubric.reference, seed=1)[0]] == [True] * 5


def test_a_second_world_tells_its_own_secret(within, course, tmp_path):
    with World(tmp_path / "second", course) as second:
        text = rubrics(course)[0].read_text()
        assert second.secret in second.told(text)
        assert within.secret in within.told(text)


def test_each_private_text_stands_in_what_is_private():
    source = "\n".join(cell.source for cell in MASTER.cells)
    imported = load("attention/dot_product", ROOT)[0].reference.__module__
    for text in PRIVATE:
        assert text in source or text in imported, text


def test_each_sign_stands_in_an_attack():
    code = "\n".join(attack.code for attack in ATTACKS)
    for sign in SIGNS:
        assert sign.encode("unicode_escape").decode() in code.replace('" + "', ""), sign


def test_what_attacks_look_for_is_there():
    code = "\n".join(attack.code for attack in ATTACKS)
    # The names in front of a type, as in "application/vnd.nbjudge", are no modules.
    named = set(re.findall(r"(?<![.\w])nbjudge(?:\.[a-zA-Z]\w*)+", code))
    assert len(named) > 3
    for name in named:
        pkgutil.resolve_name(name)
    sought = set(re.findall(r'__name__ == "([A-Z]\w*)"', code))
    assert sought == {Calls.__name__, Kept.__name__, Rubric.__name__}
    assert MIME in code
    assert all(hasattr(Calls, name) for name in ("forget", "call", "backward"))
    assert all(hasattr(Kept, name) for name in ("find", "attribute"))
    assert {"most_outputs", "most_bytes"} <= vars(Recorder(1, 1)).keys()
    assert {"channel", "message"} <= set(student.serve.__code__.co_varnames)


# Their success shows only in a student's process, or would hurt this one.
NOT_HERE = {
    "cant_read_the_judges_memory", "cant_find_an_open_descriptor_of_others",
    "cant_print_a_hidden_input", "cant_use_ctypes_to_make_forbidden_calls_with_high_bits_set",
}  # fmt: skip
SECRETS = [one for one in ATTACKS if one.goal == "secrets" and one.name not in NOT_HERE]


@pytest.mark.parametrize("attack", SECRETS, ids=lambda attack: attack.name)
def test_an_attack_that_nothing_confines_is_told(attack, within, tmp_path):
    command = [sys.executable, "-c", within.fill(attack.code)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert within.told(done.stdout) or within.harm()
