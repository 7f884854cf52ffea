"""A submission judged in a process that knows neither the gradebook nor nbgrader.

The workers of a class run and of a cluster call `judge_job`. What it returns is all that nbgrader's
steps need later, so that only the one process that may writes rows and files.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from nbjudge.judge.cache import Cache
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.run import Judged, judge_again
from nbjudge.notebook import submission
from nbjudge.notebook.master import read_master
from nbjudge.notebook.repair import repaired
from nbjudge.notebook.submission import NotGraded, Submission
from nbjudge.process.limits import Limits
from nbjudge.process.scratch import remove_tree
from nbjudge.process.zygote import Confinement, JudgeFault
from nbjudge.rubric.grading import new_seed
from nbjudge.verdict import Verdict

_CACHE = Cache()  # of this process


class NoJudges(Exception):
    """Nobody judges, or nobody any more: the run ends here, and the same command goes on."""


@dataclass(frozen=True)
class Job:
    """One submission: its folder, the seeds it was graded with before, by digest, and a new one."""

    student: str
    folder: Path
    seeds: Mapping[str, int] = field(default_factory=dict)
    seed: int = field(default_factory=new_seed)


@dataclass(frozen=True)
class ClassSettings:
    """What is the same for all jobs of a class: the assignment in its course, limits, the sandbox.

    `source` is the folder of the assignment's master notebooks.
    """

    root: Path
    source: Path
    limits: Limits
    confinement: Confinement


@dataclass
class JobResult:
    """What judging gave: each notebook's result by its file name, or why there is none.

    `verdict` is GRADED, REFUSED (the submission's own fault), or FAULT (ours: another try may
    grade it). `reason` says it to a person where it is not GRADED.
    """

    student: str
    judged: dict[str, Judged] = field(default_factory=dict)
    verdict: Verdict = Verdict.GRADED
    reason: str = ""

    @classmethod
    def fault(cls, student: str, reason: str) -> "JobResult":
        """Return the result of a submission that a fault of ours left without one."""
        return cls(student, verdict=Verdict.FAULT, reason=f"Not graded: {reason}")

    @classmethod
    def refused(cls, student: str, refusal: NotGraded) -> "JobResult":
        """Return the result of a submission that cannot be graded as it is."""
        return cls(student, verdict=refusal.verdict, reason=str(refusal))


def judge_job(job: Job, settings: ClassSettings) -> JobResult:
    """Judge all notebooks of a submission. Whatever is wrong with it is in the result."""
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


def _notebooks(folder: Path, source: Path) -> list[str]:
    """Return the names of the notebooks that are there; raises `NotGraded` when none is."""
    wanted = sorted(path.name for path in source.glob("*.ipynb"))
    found = [name for name in wanted if (folder / name).is_file()]
    if not found:
        others = ", ".join(sorted(path.name for path in folder.glob("*.ipynb"))) or "no notebook"
        raise NotGraded(
            f"{folder} holds {others}, and the assignment asks for {', '.join(wanted)}. "
            "Give the file its name and grade again."
        )
    return found


@contextmanager
def _files_of(folder: Path, source: Path) -> Iterator[Path | None]:
    """Give a folder with what lies beside the notebooks, the course's own files on top.

    None where there is nothing, as in most courses. The folder goes with the block.
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
    master = read_master(settings.source / name)
    with (job.folder / name).open(encoding="utf-8") as file:
        notebook, _ = repaired(master, submission.read(file))
    digest = submission.digest(notebook)
    seed = job.seeds.get(digest, job.seed)
    judging = JudgeSettings(settings.root, master, settings.limits, _CACHE)
    if _CACHE.of_course(settings.root).is_shared((name, seed)):
        _learn(judging, seed, settings)
    return judge_again(judging, Submission(notebook, seed, digest, files), settings.confinement)


def _learn(judging: JudgeSettings, seed: int, settings: ClassSettings) -> None:
    """Judge the master's own solution: what it is asked, the others are asked ahead.

    Nothing of a submission is in that: else one student's process would be told of another's.
    """
    notebook, _ = repaired(judging.master, deepcopy(judging.master))
    with _files_of(settings.source, settings.source) as files, suppress(JudgeFault):
        ours = Submission(notebook, seed, files=files, ours=True)
        judge_again(judging, ours, settings.confinement)
