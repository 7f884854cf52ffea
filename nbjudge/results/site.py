"""The site: its addresses, who may open them, and what a browser may do with their content.

    /                                      one's own results; for instructors the class
    /report/<assignment>                   what the class misunderstood, for instructors; with
                                           `?names=1` it says who
    /of/<student>/                         a student's results
    /of/<student>/<assignment>/<number>/<notebook>    a page of feedback
    /static/…                              the style and the script of the pages above

An address that is not the visitor's is answered as one that is not there. All of them only read, so
that another site can cause nothing by leading a browser here.

Feedback shows what a student wrote. It is sent with the Content Security Policy `sandbox`: to the
browser it is of no origin, and runs nothing. So a script that passed the sanitizer would still not
run, and could not ask this site for anything, also where it has no host name of its own. A link
that a reader presses may open a tab, which is then an ordinary one: the way to all attempts is one.
"""

import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from tornado.ioloop import IOLoop
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler, authenticated

from nbjudge.results.class_reports import ClassReports
from nbjudge.results.records import Records
from nbjudge.results.views import STATIC, Views
from nbjudge.results.visitor import Visitor

_OWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FEEDBACK = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _OWN,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
_NOT_THERE = "There is no such page, or it is not yours."
T = TypeVar("T")


class Desk:
    """The records of a course, asked by one thread: a database that is locked stops no other page.

    Raises what `Records` raises.
    """

    def __init__(self, root: Path, options: Iterable[str] = ()):
        given = list(options)
        self._thread = ThreadPoolExecutor(1)
        self._records = self._thread.submit(Records, root, given).result()
        self.course = self._records.course
        self.reports = ClassReports(root, given)

    async def ask(self, question: Callable[..., T], *arguments: Any) -> T:
        """Return what a method of `Records` returns, such as `Records.of`."""
        return await IOLoop.current().run_in_executor(
            self._thread, question, self._records, *arguments
        )


def site(desk: Desk, who: type, prefix: str, more: Iterable[tuple] = (), **settings: Any) -> Any:
    """Return the application whose addresses begin with `prefix`, which ends with a slash.

    `who` is a class that is mixed into each handler. Its `visitor` says who asks, and its
    `get_current_user` and `get_login_url` are tornado's. `more` are handlers of its own.
    """

    def known(handler: type) -> type:
        return type(handler.__name__, (who, handler), {})

    given = {"desk": desk, "views": Views(desk.course, prefix)}
    part = "([^/]+)"
    return Application(
        [
            (prefix, known(Front), given),
            (f"{prefix}report/{part}", known(Report), given),
            (f"{prefix}of/{part}/", known(Student), given),
            (f"{prefix}of/{part}/{part}/([0-9]{{1,4}})/{part}", known(Page), given),
            (f"{prefix}static/(.*)", _Static, {"path": str(STATIC)}),
            *more,
            (f"{prefix}.*", known(Nothing), given),
        ],
        **settings,
    )


class Handler(RequestHandler):
    """What all pages have in common. `visitor` comes from the class that is mixed in."""

    visitor: Callable[[], Visitor]

    def initialize(self, desk: Desk, views: Views) -> None:
        """Take what tornado hands to each handler."""
        self.desk, self.views = desk, views

    def set_default_headers(self) -> None:
        """Set the headers of each answer, failures included."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def check_student(self, student: str) -> None:
        """Raise 404 unless the visitor may see this student's results."""
        if not self.visitor().may_see(student):
            raise HTTPError(404)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say what went wrong, without any detail of this machine."""
        if status_code == 404:
            told = "Not found", _NOT_THERE
        elif status_code == 403:
            told = "Not allowed", "This account may not open the results of this course."
        else:
            told = "Not available", "This cannot be shown now. Reload; then tell your instructor."
        self.finish(self.views.problem(*told))


class Front(Handler):
    """The first page."""

    @authenticated
    async def get(self) -> None:
        """Show the class to instructors; lead a student to the own results."""
        visitor = self.visitor()
        if not visitor.instructs:
            self.redirect(f"of/{quote(visitor.name, safe='')}/")
            return
        whole = self.get_argument("part", "") == ""
        self.write(self.views.of_class(await self.desk.ask(Records.of_all), whole))


class Report(Handler):
    """What the class misunderstood in an assignment; see `nbjudge.insight`."""

    @authenticated
    async def get(self, assignment: str) -> None:
        """Show it to instructors; to others it is not there."""
        if not self.visitor().instructs:
            raise HTTPError(404)
        report = await self.desk.reports.page(assignment, self.get_argument("names", "") == "1")
        if report is None:
            raise HTTPError(404)
        self.set_header("Content-Security-Policy", _FEEDBACK)
        self.write(report)


class Student(Handler):
    """The results of one student."""

    @authenticated
    async def get(self, student: str) -> None:
        """Show them; with `?part=1` only the part that the page's script renews."""
        self.check_student(student)
        whole = self.get_argument("part", "") == ""
        results = await self.desk.ask(Records.of, student)
        self.write(self.views.of_student(student, results, self.visitor().instructs, whole))


class Page(Handler):
    """A page of feedback."""

    @authenticated
    async def get(self, student: str, assignment: str, number: str, notebook: str) -> None:
        """Show it."""
        self.check_student(student)
        page = await self.desk.ask(Records.page, student, assignment, int(number), notebook)
        if page is None:
            raise HTTPError(404)
        self.set_header("Content-Security-Policy", _FEEDBACK)
        self.write(page)


class Nothing(Handler):
    """Any other address."""

    @authenticated
    def get(self) -> None:
        """Say that it is not there."""
        raise HTTPError(404)


class _Static(StaticFileHandler):
    """The style and the script, which are the same for everybody."""

    def set_default_headers(self) -> None:
        """Let no other site load them."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)


def until_interrupted() -> None:
    """Serve until Ctrl-C, or the same signal of a hub, and then return."""
    loop: Any = IOLoop.current()
    stop = partial(loop.asyncio_loop.call_soon_threadsafe, loop.stop)
    # A KeyboardInterrupt may come anywhere in the loop: within a finaliser Python drops it, within
    # a task it ends with a traceback.
    signal.signal(signal.SIGINT, lambda *_: stop())
    loop.start()
