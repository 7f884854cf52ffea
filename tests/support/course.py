"""What several test modules share: the checkout, a program run as a user would, a course folder."""

import contextlib
import io
import shutil
import signal
import subprocess
import warnings
from pathlib import Path
from unittest import mock

import demo
from nbgrader.apps import NbGraderApp
from traitlets.config import Application

from nbjudge.cli import main

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


def nbjudge(*words, cwd, check=True, **environment):
    """Do what a command line of ours does, in this process: it imports nothing again.

    Each verb has a test that runs it as a user would, too.
    """
    return here(lambda: main(words), words, cwd, check, environment)


def nbgrader(*words, cwd, check=True, **environment):
    """Do what a command line of nbgrader does, in this process."""

    def launch():
        try:
            NbGraderApp.launch_instance(list(words))
        finally:  # whichever application of it was started
            type(Application.instance()).clear_instance()

    return here(launch, words, cwd, check, environment)


def here(call, words, cwd, check, environment):
    """Call what ends with an exit status, in `cwd`; return what `run` would."""
    out, errors, status = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(cwd), mock.patch.dict("os.environ", {**demo.environment(), **environment}),
        contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors),
        warnings.catch_warnings(action="ignore"),
        handler_kept(signal.SIGTERM),
    ):  # fmt: skip
        try:
            call()
        except SystemExit as end:
            status = end.code or 0
    done = subprocess.CompletedProcess(words, status, out.getvalue(), errors.getvalue())
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


@contextlib.contextmanager
def handler_kept(number):
    """Put back what this process does at a signal: `nbjudge watch` sets its own."""
    before = signal.getsignal(number)
    try:
        yield
    finally:
        signal.signal(number, before)


def make_course(folder):
    """Copy what a course needs, without anything that grading made."""
    for name in ("source", "release", "solutions", "rubrics"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder
