"""The site without a hub, for the instructor who starts it: on this machine, at a secret address.

Other accounts of the machine can reach its ports, so the address holds a secret that is new at each
start. A cookie would be sent to every other server of this machine that the browser opens.
"""

import secrets
import webbrowser
from collections.abc import Callable, Iterable
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets

from nbjudge.results.site import Desk, site, until_interrupted
from nbjudge.results.visitor import Visitor


def serve(
    root: Path, options: Iterable[str], port: int, opened: bool, say: Callable[[str], None]
) -> None:
    """Serve the results of the course in `root` until interrupted; 0 takes any free port.

    With `opened` a browser shows them. Raises `RubricError` where the course's gradebook cannot be
    used, and `OSError` where the port is taken.
    """
    prefix = f"/{secrets.token_urlsafe(32)}/"
    server = HTTPServer(site(Desk(root, options), Instructor, prefix))
    sockets = bind_sockets(port, "127.0.0.1")
    server.add_sockets(sockets)
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}{prefix}"
    say(f"Results: {address}\nWho has this address sees all of them. Stop with Ctrl-C.")
    if opened:
        IOLoop.current().call_later(0, webbrowser.open, address)
    until_interrupted()


class Instructor:
    """Whoever has the address is the instructor."""

    def get_current_user(self) -> str:
        """Return that somebody is logged in."""
        return "instructor"

    def visitor(self) -> Visitor:
        """Return who asks."""
        return Visitor("instructor", instructs=True)
