"""The hub's configuration for a log-in by LTI keeps where scores go.

Loaded by JupyterHub itself, and nothing is started: `tests/slow/test_hub.py` loads it where it is
installed.
"""

import json
import os
import subprocess
import sys

from support.course import ROOT

LOADED = """
import json, sys
from jupyterhub.app import JupyterHub
app = JupyterHub()
app.load_config_file(sys.argv[1])
login = app.authenticator_class(parent=app)
hook = login.post_auth_hook
print(json.dumps([type(login).__name__, hook and hook.__module__]))
"""
SETTINGS = {
    "NBJUDGE_HOST": "hub.example.edu",
    "NBJUDGE_INSTRUCTORS": "ada",
    "NBJUDGE_LOGIN": "lti",
    "LTI13_ISSUER": "https://moodle.example.edu",
    "LTI13_CLIENT_ID": "tool-17",
    "LTI13_AUTHORIZE_URL": "https://moodle.example.edu/mod/lti/auth.php",
    "LTI13_JWKS_ENDPOINT": "https://moodle.example.edu/mod/lti/certs.php",
}


def test_a_log_in_by_lti_keeps_where_scores_go(tmp_path):
    (tmp_path / "certificate").touch()
    files = dict.fromkeys(
        ("NBJUDGE_TLS_CERTIFICATE", "NBJUDGE_TLS_KEY"), str(tmp_path / "certificate")
    )
    done = subprocess.run(
        [sys.executable, "-c", LOADED, ROOT / "deploy/jupyterhub/production_config.py"],
        cwd=tmp_path, env={**os.environ, **SETTINGS, **files}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["LTI13Authenticator", "nbjudge.platforms.launches"]
