"""What travels to a cluster's workers, and how it is judged there.

Workers share no disk with the command. `Courier` carries the course (masters with what they were
built to, and rubrics), once to each worker. A shard carries submissions. A worker unpacks both
into temporary folders that only its account can read. Student code runs in a fork of the worker's
own zygote, confined as everywhere.

Theory of operation. Dask calls `setup` when a worker gets to know of a run, `judge_shard` for each
shard, and `teardown` when the run is over. It calls them in different threads, so `teardown` may
come while a shard is judged: then the judging thread clears up.

Everything travels as pickles, from the command to its workers and back. Both are ours, and TLS
keeps others out; what a student process sends is never one.
"""

import os
import shutil
import tempfile
import threading
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from nbjudge.classrun.fingerprint import our_code
from nbjudge.judge.job import ClassSettings, Job, JobResult, judge_job
from nbjudge.notebook import submission
from nbjudge.notebook.autotests import kept_in
from nbjudge.notebook.submission import NotGraded
from nbjudge.process.limits import MB, Limits
from nbjudge.process.zygote import close_zygotes
from nbjudge.rubric.loader import forget_rubrics

# Taken at import: files that change later on this disk are not the code that this process runs.
_CODE = our_code()
# The judge redirects standard output, and sets torch's threads, for its whole process: a worker
# with several threads must judge in one of them at a time.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Packed:
    """A submission as it travels: its job, and the contents of its files by name."""

    job: Job
    files: dict[str, bytes]

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return sum(map(len, self.files.values()))


def pack(job: Job, limits: Limits) -> Packed:
    """Read a submission.

    Raises `NotGraded` for a link, for more than `limits.files_mb`, and for a file that cannot be
    read.
    """
    submission.refuse_links(job.folder)
    try:
        size = sum(path.stat().st_size for path in submission.files_of(job.folder))
        if size > limits.files_mb * MB:
            raise NotGraded(
                f"{job.folder} holds {size // MB} MB, and {limits.files_mb} MB may "
                "travel to the cluster. Remove what the notebook does not need, or set another "
                "files_mb in c.Judge.limits; grade again."
            )
        return Packed(job, _contents(job.folder))
    except OSError as error:
        raise NotGraded(
            f"{error.filename} cannot be read ({error.strerror}). "
            "Give it back its rights, then grade again."
        ) from error


class Courier(WorkerPlugin):
    """The course on a worker: unpacked when it comes, removed when the run is over."""

    def __init__(self, settings: ClassSettings):
        self.name = f"nbjudge-{uuid.uuid4()}"  # several runs may use one cluster at once
        self.settings, self._code = settings, _CODE
        self._seed = os.environ.get("NBJUDGE_SEED", "")
        self._source, self._rubrics, self._autotests = map(
            _contents,
            (
                settings.source,
                settings.root / "rubrics",
                kept_in(settings.root, settings.source.name),
            ),
        )

    def setup(self, worker: Any) -> None:
        """Unpack the course; Dask calls this when a worker gets to know of the run."""
        self._ended = False
        root = Path(tempfile.mkdtemp(prefix="nbjudge-course-"))
        self.settings = replace(
            self.settings, root=root, source=root / "source" / self.settings.source.name
        )
        _unpack(self._source, self.settings.source)
        _unpack(self._rubrics, root / "rubrics")
        _unpack(self._autotests, kept_in(root, self.settings.source.name))
        (root / "nbgrader_config.py").touch()  # `course.course_root` looks for this file

    def teardown(self, worker: Any) -> None:
        """End the run on this worker: at once, or after the submission that is judged now."""
        self._ended = True
        if _one_at_a_time.acquire(blocking=False):
            try:
                self._clear()
            finally:
                _one_at_a_time.release()

    def judge(self, shard: list[Packed]) -> list[JobResult]:
        """Judge submissions, one after the other.

        Raises `RuntimeError` when this worker runs another nbjudge than the command, or when the
        run is over.
        """
        if self._code != _CODE:
            raise RuntimeError("its nbjudge is another one than that of this command")
        with _one_at_a_time:
            os.environ["NBJUDGE_SEED"] = self._seed
            results = []
            for packed in shard:
                if self._ended:
                    self._clear()
                    raise RuntimeError("the run is over")
                results.append(self._judge(packed))
            return results

    def _judge(self, packed: Packed) -> JobResult:
        job = packed.job
        with tempfile.TemporaryDirectory(prefix="nbjudge-submission-") as folder:
            _unpack(packed.files, Path(folder))
            try:
                result = judge_job(replace(job, folder=Path(folder)), self.settings)
            except (Exception, SystemExit) as error:
                reason = f"the judge failed ({type(error).__name__}: {error}). Grade it again."
                return JobResult.fault(job.student, reason)
        result.reason = result.reason.replace(folder, str(job.folder))
        return result

    def _clear(self) -> None:
        close_zygotes()
        forget_rubrics()
        shutil.rmtree(self.settings.root, ignore_errors=True)


def judge_shard(name: str, shard: list[Packed]) -> list[JobResult]:
    """Judge a shard; Dask calls this in a worker. Raises `RuntimeError` with its address."""
    worker = get_worker()
    courier: Any = worker.plugins.get(name)
    try:
        if courier is None:
            raise RuntimeError("it has not got the course, for a reason that is in its log")
        return courier.judge(shard)
    except Exception as error:
        raise RuntimeError(f"{worker.address}: {error}") from error


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in submission.files_of(folder)
        if path.is_file() and path.suffix != ".pyc"
    }


def _unpack(files: dict[str, bytes], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
