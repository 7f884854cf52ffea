"""The site as a service of JupyterHub: the hub says who asks, by its own OAuth.

The service needs no right on the hub: what a visitor's log-in tells is the name, and the groups.
Students need the scope `access:services!service=<name>`; see docs/jupyterhub.md.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlparse

from tornado.httpserver import HTTPServer
from tornado.web import HTTPError

from nbjudge.results.site import Desk, site, until_interrupted
from nbjudge.results.visitor import Visitor


def serve(root: Path, options: Iterable[str], say: Callable[[str], None]) -> None:
    """Serve the results of the course in `root` until the hub ends it.

    Where to listen stands in the environment that the hub gives to a service. Raises `RubricError`
    where the course's gradebook cannot be used.
    """
    # Imported in this function: JupyterHub is there where it starts this service.
    from jupyterhub.services.auth import HubOAuthCallbackHandler

    prefix, address = (os.environ[f"JUPYTERHUB_SERVICE_{one}"] for one in ("PREFIX", "URL"))
    desk = Desk(root, options)
    more = [(f"{prefix}oauth_callback", HubOAuthCallbackHandler)]
    # New at each start, for the cookie that holds a log-in: the hub then logs a visitor in again,
    # without a question.
    secret = os.urandom(32)
    served = site(desk, known_to_hub(desk.course), prefix, more, cookie_secret=secret)
    where = urlparse(address)
    HTTPServer(served).listen(where.port or 80, where.hostname or "127.0.0.1")
    say(f"The results of {desk.course} are served at {address}.")
    if not os.environ.get("JUPYTERHUB_HOST"):
        say(
            "This hub has no host names of its own for services (JupyterHub.subdomain_host). "
            "Feedback is kept apart by the browser's sandbox alone."
        )
    until_interrupted()


def known_to_hub(course: str) -> type:
    """Return the class that asks the hub who a visitor is; instructors are in one of its groups."""

    from jupyterhub.services.auth import HubOAuthenticated

    class KnownToHub(HubOAuthenticated):
        def visitor(self) -> Visitor:
            model = self.current_user
            # A service of the hub may have the name of a student.
            if model.get("kind") != "user":
                raise HTTPError(403)
            return Visitor(model["name"], f"formgrade-{course}" in model.get("groups", []))

    return KnownToHub
