"""Local worker processes, each with a zygote of its own; one that dies is replaced.

Workers are forks of one process that has imported torch, their zygotes of another, so that each
shares most of its memory with the others.

    with Ancestors() as ancestors, Workers(settings, 2, ancestors) as workers:
        for result in workers.results(jobs): ...

Results come as they are ready. At most a few submissions wait at a time, so that memory does not
grow with the class.
"""

import concurrent.futures
import gc
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import util

from pebble import ProcessExpired, ProcessPool

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.judge.job import ClassSettings, Job, JobResult, judge_job
from nbjudge.process.zygote import close_zygotes, fork_zygotes_from

_WAITING = 2  # submissions for each worker besides the one that it judges
_TRIES = 3
_PAUSE = 0.5  # seconds before jobs are asked for again
_LOST = (ProcessExpired, BrokenProcessPool)


class Workers:
    """A pool of processes that judge submissions."""

    def __init__(self, settings: ClassSettings, number: int, ancestors: Ancestors):
        self.settings, self.number, self._ancestors = settings, number, ancestors
        self._pool = self._open()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._pool.stop() if kind else self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """End the workers without waiting for what they judge."""
        self._pool.stop()

    def results(self, jobs: Iterable[Job | None]) -> Iterator[JobResult]:
        """Yield the result of each submission as it is ready.

        None among the jobs stands for none now: they are asked for more a moment later.
        """
        rest = iter(jobs)
        running: dict[concurrent.futures.Future, tuple[Job, int]] = {}
        more = True
        while more or running:
            more = more and self._fill(running, rest)
            done, _ = concurrent.futures.wait(
                running, _PAUSE if more else None, return_when=concurrent.futures.FIRST_COMPLETED
            )
            if more and not running:
                time.sleep(_PAUSE)
            for future in done:
                job, tries = running.pop(future)
                error = future.exception()
                if error is None:
                    yield future.result()
                elif isinstance(error, _LOST) and tries < _TRIES:
                    running[self._start(job)] = job, tries + 1
                else:
                    yield JobResult.fault(job.student, _fault(error))

    def _fill(self, running: dict, rest: Iterator[Job | None]) -> bool:
        """Start as many as may wait; return whether there may be more."""
        while len(running) < self.number * (1 + _WAITING):
            try:
                job = next(rest)
            except StopIteration:
                return False
            if job is None:
                break
            running[self._start(job)] = job, 1
        return True

    def _open(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.number,
            context=self._ancestors.context,
            initializer=_begin,
            initargs=[self._ancestors.template.control],
        )

    def _start(self, job: Job) -> concurrent.futures.Future:
        if not self._pool.active:  # a worker that dies while it starts takes the pool with it
            self._pool.stop()
            self._pool.join()
            self._pool = self._open()
        return self._pool.schedule(judge_job, args=(job, self.settings))


def _fault(error: BaseException) -> str:
    if isinstance(error, _LOST):
        return (
            f"the process that judged it ended ({error}), {_TRIES} times. "
            "Look at the memory of this machine, then grade again."
        )
    return f"the judge failed ({type(error).__name__}: {error}). Grade it again."


def _begin(template: socket.socket) -> None:
    """Prepare a worker: one thread, and the zygote ends with it, and both with the run."""
    gc.freeze()  # a collection would write to all memory that is shared, and so end its sharing
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    import torch

    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
    fork_zygotes_from(template)
    util.Finalize(None, close_zygotes, exitpriority=1)


def _end_with_the_run() -> None:
    """Wait until the run is gone, killed perhaps; the zygote sees that we are, too."""
    run = multiprocessing.parent_process()
    assert run is not None
    run.join()
    os._exit(1)
