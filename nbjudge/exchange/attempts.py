"""Each attempt of each student, on the grader's own storage: what was sent, and its result.

attempts/<assignment>/<student>/<number>/
    submitted/       the copy, with the time of its arrival in timestamp.txt
    executed/        the judged notebooks
    attempt.json     what is known of it: an `Attempt`
attempts/<assignment>/
    .new/            an attempt that is being copied
    .lock            held while an attempt is taken in, or put into `submitted/`
    .watch           held by the one process that judges
    .pulse           what that process is doing; see `pulse`

All state is in these files, and each appears whole: it is written beside its place and renamed. So
a watch that was killed goes on where it stopped. Several processes may take attempts in (a watch,
and `nbgrader collect` by hand): a lock keeps them apart, and each reads what the other has added.
Locks are flock(2)'s, which end with their process, however that ends.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbjudge.exchange import inbox
from nbjudge.exchange.executed import ExerciseMark
from nbjudge.exchange.inbox import Arrival
from nbjudge.verdict import Verdict

_TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f UTC"
_MOST_ATTEMPTS = 999  # of one student, so that none fills the grader's disk
_LONGEST_SECRET = 1000


@dataclass
class Attempt:
    """One attempt of one student.

        sent, changed     the name of its folder in the exchange, and when that changed last, in
                          nanoseconds of the epoch
        judged            when it was judged, in seconds of the epoch; None before
        scores, verdicts  by the title of an exercise
        criteria          what became of each criterion, by the title of an exercise and its own
        misconceptions    the sentence of the one that an exercise shows, by its title
        points            the sum of scores of a notebook, by its file's name
        seeds             by the digest of a notebook
        verdict, reason   of the whole; `reason` is for the instructor, empty where it has a score
        for_author        the reason in words for who sent it, empty where only the grader can mend
        recorded          whether the gradebook has it
        pages, shown      a digest of each feedback page that was released; which notice they show
        told, standing    digests of what the gradebook held when they were made, and of how the
                          attempt stood; "" before
        failures          how many tries to judge it failed by a fault of ours
        total             the points that its pages show, less a late penalty; None where they show
                          none

    These fields are what `attempt.json` holds.
    """

    student: str
    number: int
    sent: str
    changed: int
    judged: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    seeds: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    recorded: bool = False
    shown: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    failures: int = 0
    verdict: Verdict = Verdict.WAITING
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    told: str = ""
    standing: str = ""
    points: dict[str, float] = field(default_factory=dict)
    for_author: str = ""
    total: float | None = None
    criteria: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    misconceptions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = Verdict(self.verdict)
        if kept is Verdict.WAITING and self.judged is not None:  # kept by an earlier version
            kept = Verdict.REFUSED if self.reason else Verdict.GRADED
        self.verdict = kept

    @property
    def arrived(self) -> datetime:
        """When it came to the exchange, in UTC."""
        # By whole microseconds: a float of seconds since 1970 is not exact to the microsecond.
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.changed // 1000)

    @property
    def graded(self) -> bool:
        """Whether it has a score."""
        return self.verdict.graded

    def mark(self, marks: Iterable[ExerciseMark]) -> None:
        """Keep what the exercises of its judged notebooks earned."""
        given = list(marks)
        cards = [one.card for one in given if one.card is not None]
        self.scores = {one.title: one.score for one in given if one.score is not None}
        self.points = dict.fromkeys((one.notebook for one in given), 0.0)
        for one in given:
            self.points[one.notebook] += one.score or 0.0
        self.verdicts = {card.title: card.verdict for card in cards}
        self.criteria = {
            card.title: {mark.criterion: mark.verdict for mark in card.marks} for card in cards
        }
        self.misconceptions = {
            card.title: card.misconception for card in cards if card.misconception
        }
        self.seeds = {card.submission: card.seed for card in cards}

    @property
    def score(self) -> float:
        """The sum of its scores, the bonus included."""
        return sum(self.scores.values())

    def sums(self) -> list[float]:
        """Return the sum of scores of each notebook; an earlier version kept that of all."""
        return list(self.points.values()) or [self.score]

    def late(self, deadline: datetime | None) -> timedelta:
        """Return by how much it came after the deadline; 0 where it is not late."""
        nothing = timedelta(0)
        return nothing if deadline is None else max(self.arrived - deadline, nothing)


class Attempts:
    """The attempts at one assignment.

    Several processes may take attempts in. Only the process of `only_judge` may `save` them.
    """

    def __init__(self, root: Path, assignment: str):
        self.folder = root / "attempts" / assignment
        self.folder.mkdir(parents=True, exist_ok=True)
        os.chmod(self.folder.parent, 0o700)
        self._known: dict[str, list[Attempt]] = {}
        for student in sorted(path.name for path in self.folder.iterdir() if path.is_dir()):
            self._read(student)

    def __iter__(self) -> Iterator[list[Attempt]]:
        """Yield the attempts of each student, first to last."""
        return iter(list(self._known.values()))

    def of(self, student: str) -> list[Attempt]:
        """Return the attempts of a student, first to last."""
        return self._known.get(student, [])

    def has(self, arrival: Arrival) -> bool:
        """Return whether an arrival was taken in already."""
        return any(
            (one.sent, one.changed) == (arrival.folder.name, arrival.changed)
            for one in self.of(arrival.student)
        )

    def take(self, arrival: Arrival, most_bytes: int) -> Attempt | None:
        """Copy an arrival to the grader's storage; return it as an attempt, or None if it is known.

        Raises what `inbox.copy` raises, and `inbox.Refused` when the student has sent too many.
        """
        with self.alone():
            self._read(arrival.student)
            if self.has(arrival):
                return None
            number = len(self.of(arrival.student)) + 1
            if number > _MOST_ATTEMPTS:
                raise inbox.Refused(f"{arrival.student} has sent {_MOST_ATTEMPTS} already")
            attempt = Attempt(arrival.student, number, arrival.folder.name, arrival.changed)
            new = self.folder / ".new"
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            inbox.copy(arrival, new / "submitted", most_bytes)
            (new / "submitted/timestamp.txt").write_text(attempt.arrived.strftime(_TIMESTAMP))
            _write(new, attempt)
            self.place(attempt).parent.mkdir(exist_ok=True)
            new.rename(self.place(attempt))
            self._known.setdefault(attempt.student, []).append(attempt)
            return attempt

    def put(self, attempt: Attempt, target: Path) -> None:
        """Replace the folder `target` by a copy of what was sent."""
        new, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.alone():
            for left in (new, old):
                shutil.rmtree(left, ignore_errors=True)
            shutil.copytree(self.place(attempt) / "submitted", new)
            if target.exists():
                target.rename(old)
            new.rename(target)
            shutil.rmtree(old, ignore_errors=True)

    def save(self, attempt: Attempt) -> None:
        """Write what is known of an attempt to its `attempt.json`."""
        _write(self.place(attempt), attempt)

    def place(self, attempt: Attempt) -> Path:
        """Return the folder of an attempt."""
        return self.folder / attempt.student / f"{attempt.number:03}"

    def secret(self, attempt: Attempt) -> str:
        """Return the secret that nbgrader's submit drew; an empty text where there is none.

        It names the feedback pages, so that only the author finds them.
        """
        return secret_in(self.place(attempt))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Let other processes wait that take attempts in, or put them, while the block runs."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def only_judge(self) -> Iterator[None]:
        """Be the only process that judges; raises `BlockingIOError` where another one does."""
        with (self.folder / ".watch").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield

    def _read(self, student: str) -> None:
        """Read the attempts that another process may have added since."""
        known = self._known.setdefault(student, [])
        folder = self.folder / student
        while (path := folder / f"{len(known) + 1:03}" / "attempt.json").is_file():
            known.append(_kept(path))


def attempts_of(folder: Path, student: str) -> list[Attempt]:
    """Return the attempts of a student in the folder of an assignment, as they are now.

    For a process that neither takes them in nor judges them.
    """
    return [_kept(path) for path in sorted((folder / student).glob("[0-9]*/attempt.json"))]


def secret_in(place: Path) -> str:
    """Return the secret in the folder of an attempt; see `Attempts.secret`."""
    path = place / "submitted/submission_secret.txt"
    if not path.is_file() or path.stat().st_size > _LONGEST_SECRET:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _kept(path: Path) -> Attempt:
    return Attempt(**json.loads(path.read_text(encoding="utf-8")))


def _write(folder: Path, attempt: Attempt) -> None:
    new = folder / "attempt.new"
    new.write_text(json.dumps(asdict(attempt)), encoding="utf-8")
    new.replace(folder / "attempt.json")
