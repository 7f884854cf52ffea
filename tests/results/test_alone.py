"""`nbjudge results` without a hub: the same page for who has its address, and for nobody else."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
import requests
from support.results import NAME, ResultsCourse

from nbjudge.course import RubricError
from nbjudge.results.records import Records


def command(words, cwd, **variables):
    program = "from nbjudge.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *words.split()[1:]], cwd=cwd, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **variables},
    )  # fmt: skip


def test_the_command_opens_all_results_at_a_secret_address(tmp_path):
    course = ResultsCourse(tmp_path)
    course.add("ada", 1, 82.0, "<p>Page of ada</p>")
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o700)
    running = command("nbjudge results --open", course.root, BROWSER=str(browser))
    try:
        address = re.fullmatch("Results: (.*)\n", running.stdout.readline())[1]
        deadline = time.monotonic() + 60
        while not (opened.exists() and opened.read_text()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert opened.read_text().strip() == address
        assert "Results of the class" in requests.get(address).text
        assert "Page of ada" in requests.get(f"{address}of/ada/{NAME}/1/{NAME}").text
        host, secret, _ = address.rsplit("/", 2)
        for guessed in ("", "of/ada/", f"{'x' * 43}/", f"{'x' * 43}/of/ada/"):
            answer = requests.get(f"{host}/{guessed}")
            assert answer.status_code == 404
            assert secret not in answer.text
            assert "ada" not in answer.text
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
        assert "Stopped." in running.stderr.read()
    finally:
        running.kill()
        running.communicate()


def test_a_gradebook_that_cannot_be_used_is_named(tmp_path):
    course = ResultsCourse(tmp_path)
    (course.root / "gradebook.db").write_text("no database")
    with pytest.raises(RubricError, match=r"gradebook\.db"):
        Records(course.root)
