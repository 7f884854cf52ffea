"""What several test modules share: the checkout, a program run as a user would, a course folder."""

import shutil
import subprocess
from pathlib import Path

import demo

ROOT = Path(__file__).parents[2]


def run(*command, cwd, check=True, **environment):
    """Run a program of this environment as a user would, in `cwd`."""
    done = subprocess.run(
        demo.command(*command),
        cwd=cwd,
        env={**demo.environment(), **environment},
        capture_output=True,
        text=True,
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def make_course(folder):
    """Copy what a course needs, without anything that grading made."""
    for name in ("source", "release", "solutions", "rubrics"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder
