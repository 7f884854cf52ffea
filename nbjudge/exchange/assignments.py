"""One process gives feedback on every released assignment, and says which it leaves to a person.

    outbound/, attempts/ ── names ──> OnSubmit, one each ── jobs ──> Pool ── results ──> OnSubmit

Theory of operation. Every second each assignment is looked at; all of them share the workers. One
that is released meanwhile is taken up at the next look. An assignment that was withdrawn keeps its
watch as long as there are attempts: their pages change at the deadline.

What cannot be watched (no master, never built, no automatic test, watched elsewhere) is left to a
person. That is said, with the number of submissions that wait, and tried again every minute; it
stops no other assignment. An assignment that the command names must be one that can be watched.
"""

import glob
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import Self

from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun
from nbjudge.classrun.workers import Pool
from nbjudge.course import RubricError
from nbjudge.exchange.actions import Collect
from nbjudge.exchange.watch import NotWatched, OnSubmit
from nbjudge.judge.job import ClassSettings, JobResult, Task
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.writer import Books
from nbjudge.notebook.master import mark, read_master

_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 60.0  # until an assignment that is left to a person is tried again


def watch(
    root: Path,
    names: Iterable[str],
    ancestors: Ancestors,
    workers: int,
    options: Iterable[str],
    once: bool,
    say: Callable[[str], None],
) -> None:
    """Give feedback on submissions until interrupted; with `once`, on those that have arrived.

    `names` are the assignments; without any, all that are released now or later. `say` tells the
    instructor. Raises nbgrader's `ExchangeError`, and `NotWatched` or `RubricError` for an
    assignment of `names`.
    """
    with Pool(workers, ancestors) as judges, Watched(root, names, options, say) as watched:
        if not once:
            watched.warm_up = judges.warm_up
        watched.take_up()
        if not watched.released():
            say("Nothing is released yet.")
        say("Stop with Ctrl-C; the same command goes on.")
        for settings, result in judges.judged(watched.tasks(once)):
            watched.finish(settings, result)


class Watched:
    """The assignments of the course in `root` that are watched; see `watch` for the arguments.

    `warm_up` is told of each that is taken up, so that its first author waits as long as others.
    """

    def __init__(
        self,
        root: Path,
        names: Iterable[str],
        options: Iterable[str],
        say: Callable[[str], None],
    ):
        self._root, self._names, self._options, self._say = root, list(names), list(options), say
        self.warm_up: Callable[[ClassSettings], None] = lambda settings: None
        self._open = ExitStack()
        self._books: Books | None = None  # the first that were opened; the others share them
        self._on_submit: dict[str, OnSubmit] = {}
        self._again: dict[str, float] = {}  # by name: when it is tried again (monotonic)
        self._told: dict[str, str] = {}  # by name: why it is left to a person
        config = configuration(root, self._options)
        coursedir = CourseDirectory(config=config)
        if "root" not in config.CourseDirectory:
            coursedir.root = str(root)
        collector = Collect(coursedir=coursedir, config=config)
        collector.init_src()
        self._inbound = Path(collector.inbound_path)
        self._attempts = Path(coursedir.root, "attempts")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def tasks(self, once: bool) -> Iterator[Task | None]:
        """Yield what is to be judged as submissions arrive, and None while there is nothing.

        With `once` it ends when all that has arrived is judged.
        """
        while True:
            begun = time.monotonic()
            self.take_up()
            looks = [[(one, job) for job in one.look()] for one in self._on_submit.values()]
            # One of each in turn: no class waits behind another that submits at its deadline.
            for one, job in (two for turn in zip_longest(*looks) for two in turn if two):
                one.begun(job)
                yield job, one.run.settings
            if once and not any(looks) and all(o.resting for o in self._on_submit.values()):
                return
            while time.monotonic() - begun < _LOOK_SECONDS:
                yield None

    def finish(self, settings: ClassSettings, result: JobResult) -> None:
        """Hand a result to the watch of its assignment."""
        (one,) = (one for one in self._on_submit.values() if one.run.settings == settings)
        one.finish(result)

    def take_up(self) -> None:
        """Begin to watch what is not watched yet, or say why it is left to a person."""
        for name in self._names or self.released():
            if name in self._on_submit or time.monotonic() < self._again.get(name, 0):
                continue
            try:
                self._watch(name)
            except (NotWatched, RubricError) as reason:
                if self._names:
                    raise
                self._leave(name, str(reason))

    def released(self) -> list[str]:
        """Return the assignments that students can fetch, or have sent attempts at."""
        folders = [*self._inbound.with_name("outbound").glob("*/"), *self._attempts.glob("*/")]
        return sorted({one.name for one in folders if not one.name.startswith(".")})

    def _watch(self, name: str) -> None:
        with ExitStack() as opening:
            run = ClassRun(self._root, name, self._options)
            by_hand = _by_hand(run.settings.source)
            books = (
                run.books.beside(self._books) if self._books else opening.enter_context(run.books)
            )
            patiently(run.refuse_unbuilt, books)
            run.refuse_unusable()
            on_submit = OnSubmit(run, books, self._say)
            opening.enter_context(on_submit.alone())
            self._open.enter_context(opening.pop_all())
        self._books = self._books or books
        self._on_submit[name] = on_submit
        self.warm_up(run.settings)
        person = f" Left to a person: {', '.join(by_hand)}." if by_hand else ""
        self._say(f"Watching {name}.{person}")

    def _leave(self, name: str, reason: str) -> None:
        self._again[name] = time.monotonic() + _AGAIN_SECONDS
        sent = len(list(self._inbound.glob(f"*+{glob.escape(name)}+*")))
        told = (
            f"{name} is left to a person. {reason} Submissions in the exchange: {sent}; "
            f"'nbgrader collect {name}' takes them in."
        )
        if self._told.get(name) != told:
            self._told[name] = told
            self._say(told)


def _by_hand(source: Path) -> list[str]:
    """Return the names of an assignment's cells that only a person can grade.

    Raises `NotWatched` where there are no others.
    """
    try:
        notebooks = [read_master(file) for file in sorted(source.glob("*.ipynb"))]
    except Exception as error:  # nbformat raises errors of many kinds
        raise NotWatched(f"A notebook in {source} cannot be read: {error}.") from error
    marks = [mark(cell) for notebook in notebooks for cell in notebook.cells]
    graded = [one for one in marks if one.get("grade") or one.get("task")]
    by_hand = [one["grade_id"] for one in graded if one.get("solution") or one.get("task")]
    if len(by_hand) == len(graded):
        raise NotWatched(f"No cell in {source} is graded automatically.")
    return by_hand
