"""The tests of this course notice every edit of its solutions that is wrong."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess

import demo
import pytest
from support.course import ROOT, run
from support.sampling import thorough
from support.weak import write_weak

pytestmark = pytest.mark.slow
ASSIGNMENTS = sorted(path.name for path in (ROOT / "source").iterdir())


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_mutant_that_passes_is_marked_as_right(assignment):
    options = ("--mutants", "--json", "--seeds", "3" if thorough() else "1")
    done = run("nbjudge", "verify", assignment, *options, cwd=ROOT, check=False)
    told = json.loads(done.stdout)
    passed = [(one["exercise"], two) for one in told["exercises"] for two in one["pass"]]
    assert passed == []
    assert (done.returncode, told["not_tried"], told["marks_of_no_exercise"]) == (0, {}, [])
    assert told["tried"] == told["mutants"] > 400
    # Whether a mutant loses points or raises may depend on the seed: only the sum is said.
    rows = [
        f"| {one['exercise']} | {one['mutants']} | {one['lose_points'] + one['raise']} "
        f"| {one['marked']} | {len(one['pass'])} |"
        for one in told["exercises"]
    ]
    print("\n" + "\n".join(rows), told["seconds"], "s")
    page = (ROOT / "docs/rubrics.md").read_text(encoding="utf-8")
    said = re.findall(rf"^\| {assignment}/.* \|$", page, re.M)
    assert said
    assert set(said) <= set(rows)


def test_ctrl_c_prints_what_is_known_so_far(tmp_path):
    """In a terminal: its bar says when the first ones are tried."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    # Long enough that a busy machine shows the bar to this process well before the end.
    write_weak(tmp_path, "larger", "double", "power")
    screen, theirs = pty.openpty()
    command = subprocess.Popen(
        demo.command("nbjudge", "verify", "weak", "--mutants"),
        cwd=tmp_path,
        env={**demo.environment(), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        text=True,
    )
    os.close(theirs)
    try:
        seen = ""
        while not re.search(r"[1-9]\d*/\d+", seen):
            seen += os.read(screen, 4096).decode()
        os.killpg(command.pid, signal.SIGINT)  # as a terminal does, to all processes
        told, _ = command.communicate(timeout=60)
    finally:
        os.close(screen)
        command.kill()
    assert command.returncode == 130
    stopped = re.search(r"Stopped after (\d+) of (\d+) in", told.split("\n")[-2])
    assert 0 < int(stopped[1]) < int(stopped[2])
    assert "Traceback" not in seen + told
