"""The demo in its terminal: how it ends, and what it keeps. Needs root, Node.js and npm."""

import re
import signal
import stat
import subprocess
import time

import hub as command
import pytest
import requests
from support.hub import READY, documented

pytestmark = pytest.mark.slow
SECONDS = 10


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_it_ends_within_seconds_and_starts_again_with_the_same_passwords(hub, how):
    session = hub.session("student1")
    hub.open_server(session, "student1")
    kept = command.DEMO.read_text()
    begun = time.monotonic()
    left = hub.stop(how)
    seconds, status = time.monotonic() - begun, hub.process.returncode
    told, log = hub.output.read_text(), hub.log.read_text()
    refused = not _answers(hub)
    hub.start()  # before the first assertion, or a failure here fails the tests behind it, too
    assert seconds < SECONDS
    assert (left, status, refused) == ([], 0, True)
    assert told.endswith("\nStopping.\n")
    assert "Traceback" not in told
    # JupyterHub itself may log a look at its proxy that was underway when that ended.
    _, *ended = log.rpartition("initiating shutdown")[2].split("Traceback (most recent call last):")
    told = [one.split("\n[")[0] for one in ended]  # up to the next line of the log
    assert [one for one in told if "site-packages/nbjudge/" in one or "Interrupt" in one] == []
    assert command.DEMO.read_text() == kept
    assert hub.session("student1").get(f"{hub.url}/hub/home").ok


def test_the_last_line_says_the_address_and_where_names_and_passwords_are(hub):
    line = hub.last_line()
    assert line.startswith(READY)
    address, file = re.search(r"(http://\S+) .* passwords: (\S+)\.", line).groups()
    assert address == hub.url
    told = subprocess.check_output(documented("cat /srv/jupyterhub/demo"), shell=True, text=True)
    assert file == str(command.DEMO)
    assert stat.S_IMODE(command.DEMO.stat().st_mode) == 0o600
    lines = dict(line.split() for line in told.splitlines())
    assert lines == dict.fromkeys([hub.instructor, *hub.students], hub.password)


def _answers(hub):
    try:
        requests.get(f"http://127.0.0.1:{hub.port}/hub/health")
        return True
    except requests.ConnectionError:
        return False
