"""A submission judged in a process that knows neither the gradebook nor nbgrader.

The workers of a class run and of a cluster call `judge_job`. What it returns holds all that
nbgrader's steps need later. So many processes judge, and one process writes rows and files.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.judge.cache import Cache
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.judged import Judged
from nbjudge.judge.measured import judge_again, of_master
from nbjudge.notebook import submission
from nbjudge.notebook.arrival import arrived
from nbjudge.notebook.master import Conventions, read_master
from nbjudge.notebook.misnamed import mend
from nbjudge.notebook.repair import repaired
from nbjudge.notebook.submission import NotGraded, Submission
from nbjudge.process.limits import Limits
from nbjudge.process.scratch import remove_tree
from nbjudge.process.zygote import Confinement, JudgeFault
from nbjudge.rubric.grading import new_seed
from nbjudge.verdict import Verdict

_ASK = "'nbjudge build' says what would help."
_CACHE = Cache()  # of this process


class NoJudges(Exception):
    """No worker can judge: the run ends, and the same command goes on where it stopped."""


@dataclass(frozen=True)
class Job:
    """One submission to judge.

    `folder` holds its files. `seeds` maps the digest of each notebook that was graded before to its
    seed, so that an unchanged notebook is asked the same again. `seed` is for all others.
    """

    student: str
    folder: Path
    seeds: Mapping[str, int] = field(default_factory=dict)
    seed: int = field(default_factory=new_seed)


@dataclass(frozen=True)
class ClassSettings:
    """What is the same for all jobs of a class: the assignment in its course, limits, the sandbox.

    `source` is the folder of the assignment's master notebooks, `conventions` how they are written.
    `beside` is `c.Judge.beside`.
    """

    root: Path
    source: Path
    limits: Limits
    confinement: Confinement
    conventions: Conventions = field(default_factory=Conventions)
    beside: bool = False

    def of(self, master: NotebookNode) -> JudgeSettings:
        """Return what judging a notebook by one of the masters needs."""
        return JudgeSettings(self.root, master, self.limits, _CACHE, self.source, self.beside)


Task = tuple[Job, ClassSettings]


def _why(judged: Judged, cell: str) -> str:
    """Return cause and mend of a test that marks nobody; "" where the fault is another one."""
    amiss = judged.unproven.get(cell)
    return f"{amiss.cause[0].upper()}{amiss.cause[1:]} {amiss.mend or _ASK}" if amiss else ""


@dataclass
class JobResult:
    """The result of one submission: of each notebook by its file name, or why there is none.

    `verdict` is GRADED, REFUSED (a fault of the submission), or FAULT (a fault of ours, so that
    another try may grade it). Where it is not GRADED, `reason` says why to the instructor, and
    `for_author` to who sent it, if that is the one who can mend it.
    """

    student: str
    judged: dict[str, Judged] = field(default_factory=dict)
    verdict: Verdict = Verdict.GRADED
    reason: str = ""
    for_author: str = ""

    @property
    def faults(self) -> list[str]:
        """What left tests to a person that is no fault of the student's: each cause once."""
        titles: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.judged.values():
            for cell, card in one.cards.items():
                if card.fault:
                    titles[_why(one, cell) or card.fault].append(card.title)
        return [f"{', '.join(of)}: left to a person. {why}" for why, of in titles.items()]

    @property
    def remarks(self) -> list[str]:
        """What is amiss with tests that were used all the same, in sentences."""
        return [
            str(amiss)
            for one in self.judged.values()
            for amiss in one.unproven.values()
            if amiss.used
        ]

    @classmethod
    def fault(cls, student: str, reason: str) -> "JobResult":
        """Return the result of a submission that a fault of ours left without one."""
        return cls(student, verdict=Verdict.FAULT, reason=f"Not graded: {reason}")

    @classmethod
    def refused(cls, student: str, refusal: NotGraded) -> "JobResult":
        """Return the result of a submission that cannot be graded as it is."""
        return cls(
            student,
            verdict=refusal.verdict,
            reason=str(refusal),
            for_author=refusal.for_author,
        )


def judge_job(job: Job, settings: ClassSettings) -> JobResult:
    """Judge all notebooks of a submission.

    What is wrong with the submission, and a fault of ours, is in the result. Nothing of the kind is
    raised: it has to travel from a worker to the process that writes.
    """
    try:
        submission.refuse_links(job.folder)
        names = _notebooks(job.folder, settings.source)
        with _files_of(job.folder, settings.source) as files:
            return JobResult(
                job.student, {name: _judged(job, settings, name, files) for name in names}
            )
    except NotGraded as refusal:
        return JobResult.refused(job.student, refusal)
    except JudgeFault as fault:
        return JobResult.fault(job.student, str(fault))
    except PermissionError as error:
        unreadable = NotGraded(
            f"{error.filename} cannot be read ({error.strerror}). Give the account that grades the "
            "right to read it, then grade again."
        )
        return JobResult.refused(job.student, unreadable)


def measure(settings: ClassSettings) -> None:
    """Do in this process, before the first submission, what it would have to wait for.

    That is to start a zygote, to load the rubrics, and to measure what the masters take.
    """
    for path in sorted(settings.source.glob("*.ipynb")):
        master = read_master(path, settings.conventions)
        of_master(settings.of(master), new_seed(), settings.confinement)


def _notebooks(folder: Path, source: Path) -> list[str]:
    """Return the names of the assignment's notebooks that were submitted.

    Raises `NotGraded` when there is none.
    """
    wanted = sorted(path.name for path in source.glob("*.ipynb"))
    found = [name for name in wanted if (folder / name).is_file()]
    if not found:
        held = (path for path in submission.files_of(folder) if path.suffix.lower() == ".ipynb")
        others = [str(path.relative_to(folder)) for path in held]
        raise NotGraded(
            f"{folder} holds {', '.join(others) or 'no notebook'}, and the assignment asks for "
            f"{', '.join(wanted)}. Put the file there, with that name, and grade again.",
            f"You sent {', '.join(others) or 'no notebook'}, and the assignment asks for "
            f"{', '.join(wanted)}. {mend(wanted, others)} Then submit again.",
        )
    return found


@contextmanager
def _files_of(folder: Path, source: Path) -> Iterator[Path | None]:
    """Give a folder with the files beside the notebooks, those of the course over the student's.

    The folder is removed at the end of the block. None where there are no such files.
    """
    if not any(
        path.suffix != ".ipynb" and path.name != "timestamp.txt"
        for one in (folder, source)
        for path in one.iterdir()
    ):
        yield None
        return
    skipped = shutil.ignore_patterns("*.ipynb", "timestamp.txt", ".*", "__pycache__", "*.pyc")
    together = Path(tempfile.mkdtemp(prefix="nbjudge-files-"))
    try:
        for one in (folder, source):
            shutil.copytree(one, together, symlinks=True, dirs_exist_ok=True, ignore=skipped)
        yield together
    finally:
        remove_tree(str(together))


def _judged(job: Job, settings: ClassSettings, name: str, files: Path | None) -> Judged:
    master = read_master(settings.source / name, settings.conventions)
    with (job.folder / name).open("rb") as file:
        notebook, _ = arrived(master, submission.read(file), job.folder / name, settings.source)
    submission.say_what_is_missing(notebook, job.folder / name, settings.source)
    digest = submission.digest(notebook)
    seed = submission.kept_seed(notebook, job.seeds, job.seed)
    judging = settings.of(master)
    if _CACHE.of_course(settings.root).is_shared((submission.digest_of_all(master), seed)):
        _learn(judging, seed, settings)
    return judge_again(judging, Submission(notebook, seed, digest, files), settings.confinement)


def _learn(judging: JudgeSettings, seed: int, settings: ClassSettings) -> None:
    """Judge the master's own solution, so that its questions can be sent ahead to submissions.

    Why not the questions of the first submission: a question may hold what that student's layer
    held, and the student process of another submission would be told of it.
    """
    notebook, _ = repaired(judging.master, deepcopy(judging.master))
    # Without the master's questions judging is slower and still right: a fault is no reason to
    # stop.
    with _files_of(settings.source, settings.source) as files, suppress(JudgeFault):
        ours = Submission(notebook, seed, files=files, ours=True)
        judge_again(judging, ours, settings.confinement)
