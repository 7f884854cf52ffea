"""A real JupyterHub for tests: the docs' own demo command, on this machine, once for all modules.

The fixture `hub` (session-wide; modules that use it stand in conftest's TOGETHER) gives a `Hub`:

    hub.url                     http://hub.localhost:<port>, the login page; Chromium finds any
                                *.localhost by itself, Python does not (see `session`)
    hub.instructor              "instructor"; may open hub.formgrader, and has no Unix rights there
    hub.students                "student1", …: test_hub.py takes the first (CLASS), and
                                test_hub_browser.py and test_hub_walk.py the others (hub.others)
    hub.password                of all of them
    hub.server("student1")      address of a user's JupyterLab; the hub starts it at the first visit
    hub.formgrader              address of the grader's JupyterLab, a service, always running
    hub.results                 address of the results page, a service for all
    hub.course, hub.exchange    folders on disk; `attention` is built there, and may be released
                                and graded already, according to which module ran first
    hub.as_student(name, ...)   run a command as a student, in his home, as in his Lab's terminal
    hub.as_grader(...)          run a command as the grader, in the course folder
    hub.session(name)           a logged-in requests.Session, and `open_server` to start a server
    hub.log                     the output of hub, proxy, servers and services, since the last start
    hub.output                  what the command itself says, since the last start
    hub.start(), hub.stop()     what a person does in the terminal

Needs root, Node.js and npm. At the end everything stops, and accounts and folders are removed;
the installation in /opt/nbjudge stays, as packages do.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
import requests
from support.course import ROOT
from support.ports import free_ports
from support.sampling import thorough

sys.path.append(str(ROOT / "deploy/jupyterhub"))
import layout

COMMAND = "deploy/jupyterhub/hub.py"
# Students of test_hub.py, and how many of them have a JupyterLab.
CLASS, LABS = (20, 16) if thorough() else (8, 5)
OTHERS = 4  # three of test_hub_browser.py, and the newcomer of test_hub_walk.py
START_SECONDS = 900  # the first time it installs torch
STOP_SECONDS = 120
READY = "Ready: "
PASSWORD = "only-for-tests"


class Hub:
    """The running demo: who may log in, where things are, how to run commands as its users."""

    instructor = "instructor"
    course = layout.COURSE
    exchange = layout.EXCHANGE / layout.COURSE_ID
    log = layout.STATE / "log"

    def __init__(self, students, output):
        self.students = [f"student{n + 1}" for n in range(students)]
        self.others = self.students[CLASS:]
        self.password = PASSWORD
        self.output = output
        self.port = free_ports(5)
        self.url = f"http://hub.localhost:{self.port}"
        service = layout.COURSE_ID
        self.formgrader = f"http://{service}--service.hub.localhost:{self.port}/services/{service}/"
        self.results = layout.results_page(self.url)

    def start(self, **variables):
        """Start the demo, and wait until its last line says that it is ready."""
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*("python3", COMMAND, "demo", "--port", str(self.port)),
                 *("--students", str(len(self.students)))],
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **variables},
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self.last_line().startswith(READY):
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The demo hub did not start:\n{self.output.read_text()[-4000:]}")
            time.sleep(0.5)

    def last_line(self):
        return self.output.read_text().rpartition("\n")[0].rpartition("\n")[2]

    def stop(self, how=signal.SIGTERM):
        """Stop the hub; return what its users' programs are that do not end with it."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(STOP_SECONDS)
        # Helpers of a service end when they see that it is gone.
        deadline = time.monotonic() + 60
        users = [*self.students, self.instructor, layout.GRADER]
        while (left := processes_of(users)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return left

    def server(self, name):
        return f"http://{name}.hub.localhost:{self.port}/user/{name}/"

    def as_student(self, name, *command, check=True):
        home = Path("/home", name)
        return run_as(name, home, layout.environment("student"), command, check)

    def as_grader(self, *command, check=True):
        return run_as(layout.GRADER, self.course, layout.environment("grader"), command, check)

    def session(self, name):
        """Log in; return a session with the hub's cookies, which follows redirects as browsers."""
        session = requests.Session()
        page = session.get(f"{self.url}/hub/login")
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        form = {"username": name, "password": self.password, "_xsrf": xsrf}
        done = session.post(f"{self.url}/hub/login?next=/hub/home", data=form)
        assert done.url == f"{self.url}/hub/home", done.text
        return session

    def open_server(self, session, name):
        """Start a user's server, as the page /hub/spawn does, and log the session in to it."""
        xsrf = session.cookies.get("_xsrf", path="/hub/")
        if not session.get(f"{self.url}/hub/api/users/{name}").json()["server"]:
            started = session.post(
                f"{self.url}/hub/api/users/{name}/server", headers={"X-XSRFToken": xsrf}
            )
            assert started.status_code in (201, 202), started.text
        deadline = time.monotonic() + 180
        while not session.get(f"{self.url}/hub/api/users/{name}").json()["server"]:
            assert time.monotonic() < deadline, f"The server of {name} does not start."
            time.sleep(0.2)
        page = session.get(self.server(name) + "lab")
        assert page.url.startswith(self.server(name)), page.url


def run_as(name, folder, environment, command, check):
    done = subprocess.run(
        ["runuser", "-u", name, "--", *command],
        cwd=folder, env={**environment, "HOME": f"/home/{name}", "USER": name},
        capture_output=True, text=True, umask=0o077,
    )  # fmt: skip
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


@contextlib.contextmanager
def names_of_localhost():
    """Find *.localhost on this machine, as browsers do and the C library may not."""
    look_up = socket.getaddrinfo

    def local(host, *arguments, **options):
        here = isinstance(host, str) and host.endswith(".localhost")
        return look_up("127.0.0.1" if here else host, *arguments, **options)

    socket.getaddrinfo = local
    try:
        yield
    finally:
        socket.getaddrinfo = look_up


@pytest.fixture(scope="session")
def hub():
    """The demo hub, started by its own command."""
    if os.geteuid():
        pytest.fail(
            "A real hub makes accounts: run these tests as root, on a machine to throw away"
        )
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        pytest.fail(f"{' and '.join(missing)} missing; on Debian: apt-get install nodejs npm")
    with (
        Path(tempfile.gettempdir(), "nbjudge-test-hub.lock").open("w") as lock,
        tempfile.TemporaryDirectory(prefix="nbjudge-hub-") as folder,
        names_of_localhost(),
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)  # the accounts are the machine's
        if layout.STATE.exists():
            remove_left_over()
        running = Hub(CLASS + OTHERS, Path(folder, "output"))
        try:
            running.start(NBJUDGE_DEMO_PASSWORD=PASSWORD)
            yield running
        finally:
            left = running.stop()
            subprocess.run(["python3", COMMAND, "remove"], cwd=ROOT, check=True)
        assert left == []


def remove_left_over():
    """Remove the hub of a run of these tests that was killed; leave any other hub alone.

    Whoever holds the tests' lock knows that no other run is alive.
    """
    demo = layout.STATE / "demo"
    passwords = {line.split()[1] for line in demo.read_text().splitlines()} if demo.exists() else ()
    if passwords != {PASSWORD}:
        pytest.fail(f"There is a hub here already. If it is a demo: python3 {COMMAND} remove")
    for process in psutil.process_iter(["cmdline"]):
        if {COMMAND, "demo"} <= {*(process.info["cmdline"] or ())}:
            process.terminate()  # it ends the hub and all of its users' programs
            process.wait(STOP_SECONDS)
    done = subprocess.run(["python3", COMMAND, "remove"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"A killed run left a hub here, and it cannot be removed: {done.stderr}")


def documented(words):
    """Return the one command of the docs that holds these words, for root."""
    text = (ROOT / "docs/jupyterhub.md").read_text()
    (line,) = [one for one in text.splitlines() if one.startswith("sudo ") and words in one]
    return line.removeprefix("sudo ")


def processes_of(users):
    """Return the command lines of all processes of some users."""
    return [
        process.info["cmdline"]
        for process in psutil.process_iter(["username", "cmdline"])
        if process.info["username"] in users
    ]
