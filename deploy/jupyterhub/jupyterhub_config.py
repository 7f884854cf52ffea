"""The hub of one course, as the demo runs it; production_config.py begins with it.

Real accounts (PAM), a server for each student under his own account, and the formgrader and the
watch as services of the grader's account. No service may use the hub's API.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from layout import (
    ASSIGNMENT,
    COURSE,
    COURSE_ID,
    GRADER,
    INSTRUCTORS,
    PLACE,
    PROGRAMS,
    STUDENTS,
    environment,
)

c = get_config()  # noqa: F821  (JupyterHub defines it)
PORT = int(os.environ.get("NBJUDGE_PORT", "8000"))
os.umask(0o077)

# Every user and service has a host name of its own: only then may the grader's JupyterLab frame
# the formgrader, because no page of a student is of the same origin.
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.subdomain_host = f"http://hub.localhost:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = str(PLACE / "node_modules/.bin/configurable-http-proxy")

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {STUDENTS}
c.PAMAuthenticator.admin_groups = set()
c.JupyterHub.load_groups = {INSTRUCTORS: {"users": ["instructor"]}}
c.JupyterHub.load_roles = [
    {
        "name": INSTRUCTORS,
        "groups": [INSTRUCTORS],
        "scopes": [f"{what}!service={COURSE_ID}" for what in ("access:services", "read:services")],
    }
]

# Limits: processes of a student (threads count), memory and threads of one of his processes.
c.Spawner.cmd = [
    *("prlimit", "--nproc=1000", f"--data={4 * 1024**3}"),
    str(PROGRAMS / "jupyterhub-singleuser"),
]
c.Spawner.environment = {**environment("student"), "OMP_NUM_THREADS": "2"}
c.LocalProcessSpawner.env_keep = []

GRADING = environment("grader")
if "NBGRADER_DB_URL" in os.environ:
    GRADING["NBGRADER_DB_URL"] = os.environ["NBGRADER_DB_URL"]
c.JupyterHub.services = [
    {
        "name": COURSE_ID,
        "url": f"http://127.0.0.1:{PORT + 3}",
        "command": [str(PROGRAMS / "jupyterhub-singleuser")],
        "user": GRADER,
        "cwd": str(COURSE),
        "environment": GRADING,
        "oauth_no_confirm": True,
    },
    {
        "name": "watch",
        "command": [str(PROGRAMS / "nbjudge"), "watch", ASSIGNMENT],
        "user": GRADER,
        "cwd": str(COURSE),
        "environment": GRADING,
        "display": False,
    },
]
