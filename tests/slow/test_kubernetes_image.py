"""The image's packages, without an image: installed by the Dockerfile's command, then started."""

import http.server
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
import time

import pytest
import yaml
from support.course import ROOT
from support.environments import make_environment
from support.ports import free_port
from support.sampling import thorough

pytestmark = pytest.mark.slow
HERE = ROOT / "deploy/kubernetes"
DOCKERFILE = (HERE / "Dockerfile").read_text()
HUB = "5.5.0"  # the hub of chart 4.4.0
OTHER_HUB = " != jupyterhub-singleuser version "  # what the server logs where versions differ


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The programs of an environment that the Dockerfile's lines make; torch is shared."""
    folder = tmp_path_factory.mktemp("image")
    build = folder / "build"
    build.mkdir()
    for copied in re.findall(r"^COPY (?!--from|deploy/jupyterhub)(.*)$", DOCKERFILE, re.M):
        *sources, target = copied.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, build / target)
            else:
                shutil.copy(ROOT / source, build / target)
    programs = make_environment(folder / "venv", shared_torch=not thorough())
    for command in re.findall(r"^RUN (pip install (?:.*\\\n)*.*)$", DOCKERFILE, re.M):
        # Without torch's own index: pip's configuration says where this machine gets packages.
        command = re.sub(r"--index-url \S+", "", command.replace("\\\n", " "))
        words = [*shlex.split(command), "--no-compile"]  # most is never imported
        subprocess.run([programs / "pip", *words[1:]], cwd=build, check=True)
    return programs


class Hub(http.server.BaseHTTPRequestHandler):
    """What a single-user server asks of the hub when it starts."""

    def do_GET(self):
        body = json.dumps({"version": HUB}).encode()
        self.send_response(200)
        self.send_header("X-JupyterHub-Version", HUB)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def hub():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hub/api"
        server.shutdown()


def test_the_programs_are_those_of_the_lock(programs):
    done = subprocess.run([programs / "pip", "freeze"], capture_output=True, text=True, check=True)
    pins = {line for line in (HERE / "constraints.txt").read_text().splitlines() if "==" in line}
    told = {line.replace("+cpu", "") for line in done.stdout.splitlines() if "==" in line}
    assert told
    assert told <= pins
    assert any(line.startswith("jupyterhub==5.5.") for line in told)


def test_a_students_server_starts_with_nbgraders_extensions(programs, hub, tmp_path):
    values = yaml.safe_load((HERE / "values.yaml").read_text())["singleuser"]["extraEnv"]
    paths = values["JUPYTER_CONFIG_PATH"].replace("/opt/nbjudge", str(ROOT / "deploy/jupyterhub"))
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "JUPYTER_CONFIG_PATH": paths,
        "JUPYTERHUB_API_TOKEN": "of-a-test",
        "JUPYTERHUB_API_URL": hub,
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ada",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": "[]",
        "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{free_port()}/user/ada/",
        "JUPYTERHUB_USER": "ada",
    }
    log = tmp_path / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [programs / "jupyterhub-singleuser", "--allow-root"],
            cwd=tmp_path, env=environment, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while " is running at:" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.5)
    finally:
        server.terminate()
        server.wait()
    told = log.read_text()
    # nbgrader's Assignment List is loaded by ours, which stands in the place of its Validate.
    loaded = re.findall(
        r"nbgrader\.server_extensions\.(\w+) \| extension was successfully loaded", told
    )
    assert loaded == [], told
    assert "Loading the assignment_list nbgrader serverextension" in told
    assert "nbjudge.lab | extension was successfully loaded" in told
    assert "Starting jupyterhub single-user server extension version 5.5." in told
    (checks,) = programs.parent.glob("lib/python*/site-packages/jupyterhub/_version.py")
    assert OTHER_HUB.strip() in checks.read_text()
    assert OTHER_HUB not in told
    assert "Traceback" not in told
