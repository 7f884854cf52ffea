"""A Dask cluster that judges, in the place of `workers.Workers`: a scheduler's address, or "local".

    with Cluster(settings, "tcp://10.0.0.1:8786", 2) as cluster:
        for result in cluster.results(jobs): ...

Theory of operation.

    command ──> scheduler ──> workers            on start: the course (`shards.Courier`)
                                                 then: shards, each some submissions
            <── results of a shard

    Who listens    the command waits for the first shard that is done, and sends the next one
    Who dies       a worker: Dask gives its shard to another worker, three times; then all its
                   submissions are suspects, and are judged one by one
                   the scheduler: the command ends; what was reported is in the gradebook
                   the command: the scheduler drops its shards, and the workers drop the course
    How many       two shards a worker are under way, so that memory does not grow with the class.
                   Shards get smaller toward the end, so that no worker judges long after the
                   others.
"""

import contextlib
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, wait

from nbjudge.classrun.shards import Courier, Packed, judge_shard, pack
from nbjudge.judge.job import ClassSettings, Job, JobResult, NoJudges
from nbjudge.notebook.submission import NotGraded
from nbjudge.process.limits import MB

LOCAL = "local"
_MOST, _HEAVIEST = 200, 16 * MB  # submissions and bytes of a shard
# A terminal sends Ctrl-C to all processes. Workers ignore it; the command ends them.
_NO_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
_CONNECT_SECONDS, _LOOK_SECONDS, _RESULT_SECONDS = 10, 5, 60
_PATIENCE_SECONDS = 60  # how long a run goes on without any worker
_GOES_ON = " What was reported is in the gradebook; the same command goes on with the rest."


class Cluster:
    """Workers that are reached through the scheduler at `address`.

    `number` says how many to start where `address` is "local". Raises `NoJudges` when no scheduler
    answers, when no worker comes within a minute, or when the cluster is lost.
    """

    def __init__(self, settings: ClassSettings, address: str, number: int):
        self.settings, self.address, self.number = settings, address, number
        self._courier = Courier(settings)
        self._running: dict[Future, list[Packed]] = {}
        self._suspects: list[Packed] = []
        self._losses = 0

    def __enter__(self) -> "Cluster":
        _be_quick_and_quiet()
        # A stack, so that what was opened is closed again where a later step fails.
        with contextlib.ExitStack() as opened:
            place = (
                opened.enter_context(_local(self.number)) if self.address == LOCAL else self.address
            )
            self._client = opened.enter_context(self._connect(place))
            self._await_worker()
            opened.callback(self._withdraw)
            with self._reached():
                self._client.register_plugin(self._courier, self._courier.name)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._opened.close()

    def stop(self) -> None:
        """End the run without waiting for what is judged."""
        self._client.cancel(list(self._running))

    def results(self, jobs: Sequence[Job]) -> Iterator[JobResult]:
        """Yield the result of each submission as its shard is ready."""
        shard: list[Packed] = []
        workers = self._workers()
        for number, job in enumerate(jobs, 1):
            try:
                shard.append(pack(job, self.settings.limits))
            except NotGraded as refusal:
                yield JobResult.refused(job.student, refusal)
            if is_full(shard, len(jobs) - number, workers):
                self._send(shard)
                shard, workers = [], self._workers()
                yield from self._received(2 * workers)
        yield from self._received(1)
        yield from self._tried_singly()

    def _tried_singly(self) -> Iterator[JobResult]:
        """Find out which submission ends workers, and yield the results of all others.

        Every submission of a shard whose worker ended is suspect. Each is judged as a shard of its
        own: first several at once, then those that are left one after the other, so that no other
        submission can be blamed for a worker's end.
        """
        for at_once in (self._workers(), 1):
            suspects, self._suspects = self._suspects, []
            for one in suspects:
                self._send([one])
                yield from self._received(at_once)
            yield from self._received(1)
        for one in self._suspects:
            yield JobResult.fault(
                one.job.student,
                f"the worker that judged it, and nothing else, ended, {self._losses} times. Look "
                "at the memory and the log of the workers, then grade it again.",
            )

    def _send(self, shard: list[Packed]) -> None:
        # pure=False: by default Dask takes equal arguments for equal results, and would not judge
        # again.
        with self._reached():
            future = self._client.submit(judge_shard, self._courier.name, shard, pure=False)
        self._running[future] = shard

    def _received(self, most: int) -> Iterator[JobResult]:
        """Yield the results that come, until fewer than `most` shards are under way."""
        while len(self._running) >= most:
            for future in self._ready():
                shard = self._running.pop(future)
                try:
                    results = self._result(future)
                except KilledWorker as lost:
                    self._losses = lost.allowed_failures + 1
                    self._suspects += shard
                except TimeoutError:
                    # The worker that holds the result was lost; another one judges the shard again.
                    self._running[future] = shard
                else:
                    yield from results

    def _ready(self) -> set[Future]:
        """Wait for a shard that is done; raises `NoJudges` after a minute without any worker."""
        seen = time.monotonic()
        while True:
            with self._reached(), contextlib.suppress(TimeoutError):
                return wait(list(self._running), _LOOK_SECONDS, "FIRST_COMPLETED").done
            if self._workers():
                seen = time.monotonic()
            if time.monotonic() - seen > _PATIENCE_SECONDS:
                raise NoJudges(self._no_worker() + _GOES_ON)

    def _result(self, future: Future) -> list[JobResult]:
        error = future.exception()
        if error is not None and not isinstance(error, KilledWorker):
            raise NoJudges(
                f"A worker cannot judge ({type(error).__name__}: {error}). Install the same on all "
                f"workers and start them again; docs/cluster.md says how.{_GOES_ON}"
            ) from error
        with self._reached(KilledWorker, TimeoutError):
            return future.result(_RESULT_SECONDS)

    def _workers(self) -> int:
        # n_workers=0 leaves out the description of each worker, of which only the number is wanted.
        with self._reached():
            return self._client.scheduler_info(n_workers=0)["n_workers"]

    def _connect(self, place: Any) -> Client:
        try:
            return Client(place, timeout=_CONNECT_SECONDS)
        except Exception as error:  # of many kinds: the network's, an address's, TLS's
            raise NoJudges(
                f"No Dask scheduler answers at {self.address} ({error}). Start one with 'dask "
                "scheduler', or mend the address, the network or the TLS settings; then run the "
                "same again."
            ) from error

    def _await_worker(self) -> None:
        try:
            self._client.wait_for_workers(1, _PATIENCE_SECONDS)
        except TimeoutError as error:
            raise NoJudges(self._no_worker()) from error

    def _no_worker(self) -> str:
        return (
            f"There has been no worker at {self.address} for {_PATIENCE_SECONDS} s. "
            f"Start some: dask worker {self.address} --nthreads 1."
        )

    @contextlib.contextmanager
    def _reached(self, *expected: type[Exception]) -> Iterator[None]:
        """Raise `NoJudges` for what Dask raises when the cluster goes away; let `expected` pass."""
        try:
            yield
        except expected:
            raise
        except Exception as error:
            lost = isinstance(error, CancelledError)
            raise NoJudges(
                f"The cluster at {self.address} is lost "
                f"({'the connection ended' if lost else f'{type(error).__name__}: {error}'}). "
                f"Look at the scheduler's log and start it again.{_GOES_ON}"
            ) from error

    def _withdraw(self) -> None:
        """Let the workers remove the course, also those that are judging."""
        if self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.unregister_worker_plugin(self._courier.name)


def is_full(shard: Sequence[Packed], left: int, workers: int) -> bool:
    """Return whether a shard is sent now, when `left` more submissions wait for `workers`."""
    # A quarter of an even share each: the last shards are then small, and workers end together.
    share = (len(shard) + left) // (4 * max(workers, 1))
    most = min(max(share, 1), _MOST)
    return len(shard) >= most or sum(packed.size for packed in shard) >= _HEAVIEST


def _be_quick_and_quiet() -> None:
    """Let Dask, in this process, wait for seconds only and log nothing: our messages say it."""
    dask.config.set({"distributed.comm.timeouts.connect": _CONNECT_SECONDS})
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed"):  # each: some of its loggers set their own level
            logging.getLogger(name).setLevel(logging.CRITICAL)


@contextlib.contextmanager
def _local(number: int) -> Iterator[LocalCluster]:
    """Start a cluster on this machine, which other accounts can neither use nor read.

    `security=True` makes a certificate for this cluster alone: without TLS, every account of the
    machine could send it code. `memory_limit=0` switches off Dask's own limit: the judge bounds
    each student process.
    """
    kept = tempfile.TemporaryDirectory(prefix="nbjudge-cluster-", ignore_cleanup_errors=True)
    with (
        kept as folder,
        LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            processes=True,
            security=True,
            memory_limit=0,
            dashboard_address=None,
            local_directory=folder,
            env={"TMPDIR": folder},
            preload=[_NO_CTRL_C],
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster
