"""A small course with attempts on disk, and its results page served in a thread of the test."""

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import threading
import time
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

import requests
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from support.course import ROOT
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import HTTPError

from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.pulse import beat
from nbjudge.results.site import Desk, site
from nbjudge.results.visitor import Visitor
from nbjudge.verdict import Verdict

PREFIX = "/services/results/"
NAME = "week1"
SCRIPT = "<script>fetch('/services/results/of/bob/')</script>"


@cache
def _gradebook():
    """Return a gradebook with one assignment; nbgrader takes a while to make one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "gradebook.db")
        with Gradebook(f"sqlite:///{file}", "nlp-llm") as book:
            book.add_assignment(NAME)
            book.add_notebook(NAME, NAME)
            book.add_grade_cell("test", NAME, NAME, max_score=100, cell_type="code")
        return file.read_bytes()


class ResultsCourse:
    """A course in `folder` that has released `week1`, of 100 points; ada is this account."""

    def __init__(self, folder, *lines, due=None):
        self.root, self.exchange = folder / "course", folder / "exchange/nlp-llm"
        self.attempts = self.root / "attempts" / NAME
        for part in ("inbound", "feedback", f"outbound/{NAME}"):
            (self.exchange / part).mkdir(parents=True)
        self.attempts.mkdir(parents=True)
        (folder / "accounts").write_text(f"ada:{os.getuid()}\nbob:70002\n")
        shutil.copy(ROOT / "nbgrader_config.py", self.root)
        with (self.root / "nbgrader_config.py").open("a") as config:
            config.write("\n".join([
                f"\nc.Exchange.root = {str(folder / 'exchange')!r}",
                f"c.ExchangeCollect.accounts = {str(folder / 'accounts')!r}", *lines, "",
            ]))  # fmt: skip
        (self.root / "gradebook.db").write_bytes(_gradebook())
        if due:
            with Gradebook(f"sqlite:///{self.root}/gradebook.db", "nlp-llm") as book:
                book.update_or_create_assignment(NAME, duedate=due)

    def add(self, student, number, total=None, page="", came=None, **more):
        """Lay down an attempt; graded where it has a total, with a page where that is given."""
        changed = int((came or datetime.now()).timestamp() * 1e9)
        if total is not None:
            more = {"verdict": Verdict.GRADED, "scores": {"1": total}, "judged": 1.0, **more}
        one = Attempt(student, number, f"{student} {number}", changed, total=total, **more)
        place = self.attempts / student / f"{number:03}"
        shutil.rmtree(place, ignore_errors=True)
        (place / "submitted").mkdir(parents=True)
        (place / "submitted" / f"{NAME}.ipynb").touch()
        secret = f"secret of {student} {number}"
        (place / "submitted/submission_secret.txt").write_text(secret)
        (place / "attempt.json").write_text(json.dumps(asdict(one)))
        if page:
            name = notebook_hash(secret=secret, notebook_id=NAME)
            (self.exchange / "feedback" / f"{name}.html").write_text(page)

    def send(self, name):
        """Put a folder of this account, which is ada's, into the exchange."""
        folder = self.exchange / "inbound" / name
        folder.mkdir()
        (folder / f"{NAME}.ipynb").touch()
        return folder

    def beat(self, judging=(), aside=()):
        beat(self.attempts, dict(judging), dict(aside))


class ByHeader:
    """In place of the hub, which only tests/slow has: a header says who asks.

    Nobody is logged in without it. "teacher" instructs.
    """

    def get_current_user(self):
        return self.request.headers.get("X-Visitor")

    def get_login_url(self):
        raise HTTPError(403)

    def visitor(self):
        return Visitor(self.current_user, self.current_user == "teacher")


class Served:
    """The site of a course, at `url`."""

    def __init__(self, url):
        self.url = url

    def get(self, address, visitor="ada", **more):
        headers = {"X-Visitor": visitor} if visitor else {}
        return requests.get(self.url + address, headers=headers, timeout=30, **more)


@contextlib.contextmanager
def served(root, who=ByHeader, prefix=PREFIX):
    """Serve a course's results in another thread while the block runs."""
    ready, found = threading.Event(), {}

    async def serve():
        server = HTTPServer(site(Desk(root), who, prefix))
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        found["port"] = sockets[0].getsockname()[1]
        found["loop"], found["stop"] = asyncio.get_running_loop(), asyncio.Event()
        ready.set()
        await found["stop"].wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not ready.wait(0.1):
        assert thread.is_alive(), "The site did not start."
        assert time.monotonic() < deadline
    try:
        yield Served(f"http://127.0.0.1:{found['port']}{prefix}")
    finally:
        found["loop"].call_soon_threadsafe(found["stop"].set)
        thread.join(30)
