"""Local worker processes, each with its own zygote.

    with Ancestors() as ancestors, Workers(settings, 2, ancestors) as workers:
        for result in workers.results(jobs): ...

Theory of operation. The command fills the pool: each worker judges one submission, and two more
wait for it. It waits for any result, yields it, and fills the pool again. So results come as they
are ready, and memory does not grow with the class.

    command ── jobs ──> pool ──> worker 1 ──> zygote 1 ──> student process
            <── results ──       worker 2 ──> zygote 2 ──> student process

Workers are forks of one process, their zygotes of another (`forkserver`), so that each shares most
of its memory with the others.

Who dies first:

    a student process   the worker's business: it is a breach, or a new process
    a zygote            the worker starts another one
    a worker            the pool starts another one; its submission is judged again, three times in
                        all, and is a fault of ours then; so is one that is judged without end,
                        whose worker the pool ends
    the pool            a worker that dies while it starts breaks it; a new pool is opened
    the command         each worker has a thread that waits for its end, and ends the worker; the
                        zygote sees the worker's socket close
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
from typing import Self

from pebble import ProcessExpired, ProcessPool

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.judge.job import ClassSettings, Job, JobResult, Task, judge_job, measure
from nbjudge.process.zygote import close_zygotes, fork_zygotes_from

_WAITING = 2  # submissions for each worker besides the one that it judges
_TRIES = 3
# Times what all cells of a notebook have together. A test's own work is not counted there, and one
# step of it that C does may be without end by what a submission gave it (`judge.own_work`).
_LONGEST = 5
_PAUSE = 0.5  # seconds before jobs are asked for again
_LOST = (ProcessExpired, BrokenProcessPool)


class Pool:
    """A pool of `number` processes that judge submissions, of any assignment."""

    def __init__(self, number: int, ancestors: Ancestors):
        self.number, self._ancestors = number, ancestors
        self._pool = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._pool.stop() if kind else self._pool.close()
        self._pool.join()

    def warm_up(self, settings: ClassSettings) -> None:
        """Let the workers, which are idle, get ready for an assignment; do not wait for them.

        Each of them takes one of these tasks, for a task takes longer than to begin one. What goes
        wrong is told with the first submission, which meets it, too.
        """
        for _ in range(self.number):
            self._pool.schedule(measure, args=[settings])

    def stop(self) -> None:
        """End the workers without waiting for what they judge."""
        self._pool.stop()

    def judged(self, tasks: Iterable[Task | None]) -> Iterator[tuple[ClassSettings, JobResult]]:
        """Yield the result of each submission as it is ready, with the settings of its assignment.

        `tasks` may yield None for "nothing now, perhaps later": it is asked again after half a
        second. A submission that cannot be judged has a fault as its result.
        """
        rest = iter(tasks)
        running: dict[concurrent.futures.Future, tuple[Task, int]] = {}
        more = True
        while more or running:
            more = more and self._fill(running, rest)
            done, _ = concurrent.futures.wait(
                running, _PAUSE if more else None, return_when=concurrent.futures.FIRST_COMPLETED
            )
            if more and not running:
                time.sleep(_PAUSE)
            for future in done:
                task, tries = running.pop(future)
                job, settings = task
                error = future.exception()
                if error is None:
                    yield settings, future.result()
                elif isinstance(error, _LOST) and tries < _TRIES:
                    running[self._start(task)] = task, tries + 1
                else:
                    yield settings, JobResult.fault(job.student, _fault(error))

    def _fill(self, running: dict, rest: Iterator[Task | None]) -> bool:
        """Start as many tasks as may wait; return whether `rest` may have more."""
        while len(running) < self.number * (1 + _WAITING):
            try:
                task = next(rest)
            except StopIteration:
                return False
            if task is None:
                break
            running[self._start(task)] = task, 1
        return True

    def _open(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.number,
            context=self._ancestors.context,
            initializer=begin,
            initargs=[self._ancestors.template.control],
        )

    def _start(self, task: Task) -> concurrent.futures.Future:
        # A worker that dies while it starts breaks the pool for good.
        if not self._pool.active:
            self._pool.stop()
            self._pool.join()
            self._pool = self._open()
        return self._pool.schedule(judge_job, args=task, timeout=_longest(task[1]))


class Workers(Pool):
    """A pool that judges the submissions of one assignment."""

    def __init__(self, settings: ClassSettings, number: int, ancestors: Ancestors):
        super().__init__(number, ancestors)
        self.settings = settings

    def results(self, jobs: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each submission as it is ready."""
        for _, result in self.judged((job, self.settings) for job in jobs):
            yield result


def _longest(settings: ClassSettings) -> float:
    """Return the seconds after which a worker is ended that judges one submission."""
    notebooks = len(list(settings.source.glob("*.ipynb")))
    return _LONGEST * settings.limits.total_seconds * max(notebooks, 1)


def _fault(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return (
            "judging it had no end, and was stopped. A test may do endless work with what this "
            "submission returns, such as sum(range(f(3))): look at both."
        )
    if isinstance(error, _LOST):
        return (
            f"the process that judged it ended ({error}), {_TRIES} times. "
            "Look at the memory of this machine, then grade again."
        )
    return f"the judge failed ({type(error).__name__}: {error}). Grade it again."


def begin(template: socket.socket) -> None:
    """Prepare a worker of a pool: one thread for torch; a zygote that is a fork of the template.

    The zygote ends with the worker, and the worker with the run.
    """
    # A collection writes to every object that it looks at, and would end the sharing of its memory.
    gc.freeze()
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    # Imported in this function: the command imports this module before it needs torch.
    import torch

    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
    fork_zygotes_from(template)
    # multiprocessing's processes end without atexit, and with finalizers.
    util.Finalize(None, close_zygotes, exitpriority=1)


def _end_with_the_run() -> None:
    """Wait until the command has ended, perhaps by SIGKILL; then end this worker.

    os._exit, because this is not the main thread. The zygote sees its control socket close.
    """
    run = multiprocessing.parent_process()
    assert run is not None
    run.join()
    os._exit(1)
