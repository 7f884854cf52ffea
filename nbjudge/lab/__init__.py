"""What a student's JupyterLab on the hub asks of us: Validate, and the answers of the exchange.

nbgrader's extension says "Success! Your notebook passes all the tests." of the visible ones, and
says nothing after Submit and Fetch Feedback. Its sentences are built in, so the hub switches off
its Validate, and this one stands there. The browser's part is an extension of JupyterLab, which the
hub brings: `deploy/jupyterhub/etc/student/labextensions/nbjudge-lab`.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "nbjudge.lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from nbjudge.lab.handlers import load  # only a server needs it

    load(server)
