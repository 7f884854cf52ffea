"""A submission judged ahead of the gradebook, in a process that knows neither it nor nbgrader.

The class run's workers and the cluster's call `judge_ahead`. What it returns is all that nbgrader's
steps need later, so that only the writing of rows and files is left to the one process that may.
"""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from nbjudge.judge.cache import Recall
from nbjudge.judge.run import Course, Judged, judge_again
from nbjudge.notebook import submission
from nbjudge.notebook.repair import read_master, repaired
from nbjudge.notebook.submission import NotGraded, Submission
from nbjudge.process.limits import Limits
from nbjudge.process.scratch import remove_tree
from nbjudge.process.zygote import JudgeFault, Setting
from nbjudge.rubric import new_seed

_RECALL = Recall()  # of this process


class NoJudges(Exception):
    """Nobody judges, or nobody any more: the run ends here, and the same command goes on."""


@dataclass(frozen=True)
class Work:
    """One submission: its folder, the seeds it was graded with before, by digest, and a new one."""

    student: str
    folder: Path
    seeds: Mapping[str, int] = field(default_factory=dict)
    seed: int = field(default_factory=new_seed)


@dataclass(frozen=True)
class Terms:
    """What is the same for the whole class: the assignment in its course, limits, the sandbox."""

    root: Path
    source: Path
    limits: Limits
    setting: Setting


@dataclass
class Ahead:
    """What judging gave: each notebook's result, or why the submission is not graded.

    `again` says that this was no fault of the submission, so that another try may grade it.
    """

    student: str
    judged: dict[str, Judged] = field(default_factory=dict)
    refused: str = ""
    again: bool = False


def judge_ahead(work: Work, terms: Terms) -> Ahead:
    """Judge all notebooks of a submission. Whatever is wrong with it is in the result."""
    try:
        submission.refuse_links(work.folder)
        masters = _masters(work.folder, terms.source)
        files = _files(work.folder, terms.source)
        try:
            judged = {name: _judge(work, terms, name, files) for name in masters}
        finally:
            if files is not None:
                remove_tree(str(files))
    except (NotGraded, JudgeFault) as refusal:
        text = str(refusal)
        return Ahead(
            work.student,
            refused=text if text.startswith("Not graded") else f"Not graded: {text}",
            again=isinstance(refusal, JudgeFault),
        )
    return Ahead(work.student, judged)


def _masters(folder: Path, source: Path) -> list[str]:
    """Return the names of the notebooks that are there; raises `NotGraded` when none is."""
    wanted = sorted(path.name for path in source.glob("*.ipynb"))
    found = [name for name in wanted if (folder / name).is_file()]
    if not found:
        others = ", ".join(sorted(path.name for path in folder.glob("*.ipynb"))) or "no notebook"
        raise NotGraded(
            f"Not graded: {folder} holds {others}, and the assignment asks for "
            f"{', '.join(wanted)}. Give the file its name and grade again."
        )
    return found


def _files(folder: Path, source: Path) -> Path | None:
    """Return a folder with what lies beside the notebooks, the course's own files on top."""
    skipped = shutil.ignore_patterns("*.ipynb", "timestamp.txt", ".*", "__pycache__", "*.pyc")
    if not any(
        path.suffix != ".ipynb" and path.name != "timestamp.txt"
        for one in (folder, source)
        for path in one.iterdir()
    ):
        return None
    together = Path(tempfile.mkdtemp(prefix="nbjudge-files-"))
    for one in (folder, source):
        shutil.copytree(one, together, symlinks=True, dirs_exist_ok=True, ignore=skipped)
    return together


def _judge(work: Work, terms: Terms, name: str, files: Path | None) -> Judged:
    master = read_master(terms.source / name)
    with (work.folder / name).open(encoding="utf-8") as file:
        notebook, _ = repaired(master, submission.read(file))
    digest = submission.digest(notebook)
    seed = work.seeds.get(digest, work.seed)
    course = Course(terms.root, master, terms.limits, _RECALL)
    if _RECALL.of_course(terms.root).is_shared((name, seed)):
        _learn(course, seed, terms)
    return judge_again(course, Submission(notebook, seed, digest, files), terms.setting)


def _learn(course: Course, seed: int, terms: Terms) -> None:
    """Judge the master's own solution: what it is asked, the others are asked ahead.

    Nothing of a submission is in that: else one student's process would be told of another's.
    """
    notebook, _ = repaired(course.master, deepcopy(course.master))
    files = _files(terms.source, terms.source)
    try:
        with suppress(JudgeFault):
            judge_again(course, Submission(notebook, seed, files=files, ours=True), terms.setting)
    finally:
        if files is not None:
            remove_tree(str(files))
