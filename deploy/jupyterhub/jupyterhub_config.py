"""The hub of one course, as the demo runs it; production_config.py begins with it.

Real accounts (PAM), a server for each student under the student's own account, and three services
of the grader's account: the formgrader, the watch and the results page. No service may use the
hub's API.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from layout import (
    COURSE,
    COURSE_ID,
    GRADER,
    INSTRUCTORS,
    PLACE,
    PROGRAMS,
    RESULTS,
    STUDENTS,
    environment,
    results_page,
)

c = get_config()  # noqa: F821  (JupyterHub defines it)
PORT = int(os.environ.get("NBJUDGE_PORT", "8000"))
os.umask(0o077)

# Every user and service has its own host name. With one host name for all, a page on a student's
# server would be of the same origin as the formgrader, and could frame it and press its buttons.
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.subdomain_host = f"http://hub.localhost:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = str(PLACE / "node_modules/.bin/configurable-http-proxy")

ADDRESS = results_page(c.JupyterHub.subdomain_host)
c.JupyterHub.template_paths = [str(PLACE / "templates")]
c.JupyterHub.template_vars = {"results_page": ADDRESS}


def first_page(handler):
    """Lead instructors to the hub's page, where the formgrader is; students to their servers."""
    user = handler.current_user
    instructs = user is not None and any(group.name == INSTRUCTORS for group in user.groups)
    return f"{handler.hub.base_url}home" if instructs else ""


c.JupyterHub.default_url = first_page

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {STUDENTS}
c.PAMAuthenticator.admin_groups = set()
c.JupyterHub.load_groups = {INSTRUCTORS: {"users": ["instructor"]}}
c.JupyterHub.load_roles = [
    {
        "name": INSTRUCTORS,
        "groups": [INSTRUCTORS],
        "scopes": [f"{what}!service={COURSE_ID}" for what in ("access:services", "read:services")],
    },
    # Everybody who may log in may open the results page, which shows each student the own results.
    {"name": "user", "scopes": ["self", f"access:services!service={RESULTS}"]},
]

# Limits: the number of a student's processes and threads, and the memory of each process.
# LocalProcessSpawner has no limits of its own, so prlimit(1) sets them and starts the server.
c.Spawner.cmd = [
    *("prlimit", "--nproc=1000", f"--data={4 * 1024**3}"),
    str(PROGRAMS / "jupyterhub-singleuser"),
]
c.Spawner.environment = {
    **environment("student"),
    "OMP_NUM_THREADS": "2",
    "NBJUDGE_RESULTS": ADDRESS,  # for the launcher of JupyterLab
}
c.LocalProcessSpawner.env_keep = []  # root's environment is not the student's

GRADING = {**environment("grader"), "NBJUDGE_RESULTS": ADDRESS}
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
        "command": [str(PROGRAMS / "nbjudge"), "watch"],
        "user": GRADER,
        "cwd": str(COURSE),
        "environment": GRADING,
        "display": False,
    },
    {
        "name": RESULTS,
        "url": f"http://127.0.0.1:{PORT + 4}",
        "command": [str(PROGRAMS / "nbjudge"), "results"],
        "user": GRADER,
        "cwd": str(COURSE),
        "environment": GRADING,
        "oauth_no_confirm": True,
    },
]
