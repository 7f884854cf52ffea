"""CPU time of a class run by part, and its memory, for classes of several sizes.

    python benchmarks/class_costs.py [--class 50 --class 1000] [--workers 2] [--picture FILE]

"bare cells" is what the notebook's cells cost in a fork of a warm process, without sandbox, judge
or gradebook: running a notebook costs at least that. The other parts are measured in a class run of
right submissions: CPU time of student processes, of workers, and of the process that writes, which
is this one.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from contextlib import chdir, redirect_stderr, suppress
from pathlib import Path

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "examples"))
from class_run import KINDS, NAME, make_class  # noqa: E402
from make_submissions import main as make_submissions  # noqa: E402

BARE_RUNS = 15
BEFORE = 12  # submissions that are graded first and do not count
MB = 2**20
PARTS = {
    "bare cells": "#5b6b7b",
    "sandbox, and the judge's calls, in the student's process": "#1f6fb2",
    "judge": "#7a4fa3",
    "rows and files": "#a5542f",
}


def main():
    """Measure each class in a new course; print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--class", type=int, action="append", dest="sizes", metavar="N")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--picture", type=Path, help="draw where the time goes, too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples"
        make_submissions(samples)
        right = [samples / kind / NAME for kind in KINDS]
        fresh = multiprocessing.get_context("spawn").Pool(1)
        with fresh:
            bare = fresh.apply(bare_cells, [right])
        rows = []
        for size in chosen.sizes or [50]:
            course = Path(folder) / f"course{size}"
            make_class(course, right, size + BEFORE)
            rows.append((size, measured(course, size, chosen.workers)))
    show(rows, bare, chosen.workers)
    if chosen.picture:
        draw(rows, bare, chosen.picture)


def bare_cells(samples):
    """Return the CPU seconds of all code cells in a fork of a warm process.

    It is the mean over `samples` of the median of 15 runs each.
    """
    from nbjudge.confined import cells, warm_up, zygote
    from nbjudge.process.launch import WARM_MODULES

    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    shell = cells.make_shell()
    zygote.import_modules(list(WARM_MODULES))
    warm_up.warm_up(shell)
    return statistics.mean(
        statistics.median(_of_one(shell, sample) for _ in range(BARE_RUNS)) for sample in samples
    )


def _of_one(shell, sample):
    from nbjudge.confined import cells

    sources = [cell.source for cell in nbformat.read(sample, as_version=4).cells
               if cell.cell_type == "code"]  # fmt: skip
    before = _seconds(resource.getrusage(resource.RUSAGE_CHILDREN))
    pid = os.fork()
    if not pid:
        cells.attach(shell, cells.Recorder(1000, 10**7))
        for source in sources:
            cells.run(shell, source)
        os._exit(0)
    os.waitpid(pid, 0)
    return _seconds(resource.getrusage(resource.RUSAGE_CHILDREN)) - before


def measured(course, size, workers):
    """Grade a class in this process; return seconds a submission by part, and MB by process."""
    from nbjudge.classrun.forkserver import Ancestors
    from nbjudge.classrun.grade import ClassRun
    from nbjudge.classrun.workers import Workers

    student = 0.0
    with chdir(course), open(os.devnull, "w") as nothing, redirect_stderr(nothing):
        class_run = ClassRun(course, "attention")
        with Ancestors() as ancestors, Workers(class_run.settings, workers, ancestors) as pool:

            def results(works):
                nonlocal student
                for ahead in pool.results(works):
                    student += sum(one.cpu_seconds for one in ahead.judged.values())
                    yield ahead

            graded = class_run.run(results, force=True)
            for _ in range(BEFORE):
                assert next(graded).status == "graded"
            begun, before, students = time.monotonic(), _used(), student
            memory = psutil.Process().memory_info().rss
            for _ in range(size):
                assert next(graded).status == "graded"
            wall, after = time.monotonic() - begun, _used()
            told = {part: (after[part] - before[part]) / size for part in after}
            told["student"] = (student - students) / size
            told["wall"] = wall / size
            told["driver MB before"] = memory / MB
            told["driver MB after"] = psutil.Process().memory_info().rss / MB
            told["a worker MB"], told["a zygote MB"] = _own_memory()
            assert not list(graded)
    return told


def _used():
    """Return the CPU seconds so far of the driver (this process), and of all workers together."""
    mine = psutil.Process()
    workers = [one for one in mine.children(recursive=True) if _is_worker(one)]
    return {
        "driver": sum(mine.cpu_times()[:2]),
        "judge": sum(sum(one.cpu_times()[:2]) for one in workers),
    }


def _own_memory():
    """Return the memory in MB that a worker, and a zygote, share with no other process.

    Of each kind it is that of the largest process (unique set size: what one more would cost).
    """
    every = psutil.Process().children(recursive=True)
    workers = [one for one in every if _is_worker(one)]
    zygotes = [one for one in every if _is_zygote(one) and _is_zygote(_parent(one))]
    return tuple(
        max(one.memory_full_info().uss for one in some) / MB for some in (workers, zygotes)
    )


def _is_worker(process):
    return _is_called("forkserver", process) and _is_called("forkserver", _parent(process))


def _is_zygote(process):
    return _is_called("zygote", process)


def _is_called(name, process):
    with suppress(psutil.NoSuchProcess):  # a student process, which ended meanwhile
        return process is not None and name in " ".join(process.cmdline())
    return False


def _parent(process):
    with suppress(psutil.NoSuchProcess):
        return process.parent()
    return None


def _seconds(usage):
    return usage.ru_utime + usage.ru_stime


def show(rows, bare, workers):
    """Print the cost of each class."""
    table = Table(title=f"A class run with {workers} workers; times in ms a submission")
    table.add_column("")
    for size, _ in rows:
        table.add_column(f"{size} submissions", justify="right")
    parts = (
        ("wall", lambda told: 1000 * told["wall"]),
        *((f"CPU: {part}", lambda told, part=part: _parts(told, bare)[part]) for part in PARTS),
        ("CPU: all of it", lambda told: 1000 * _all(told)),
        ("times the bare cells", lambda told: _all(told) / bare),
        ("memory of the driver at the beginning, MB", lambda told: told["driver MB before"]),
        ("and at the end, MB", lambda told: told["driver MB after"]),
        ("memory of one more worker, MB", lambda told: told["a worker MB"]),
        ("and of its zygote, MB", lambda told: told["a zygote MB"]),
    )  # fmt: skip
    for title, value in parts:
        digits = 1 if title.startswith("times") else 0
        table.add_row(title, *(f"{value(told):.{digits}f}" for _, told in rows))
    Console(width=110).print(table)


def draw(rows, bare, file):
    """Draw the CPU time of each part as a piece of one bar for each class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.2 + 0.5 * len(rows)), layout="constrained")
    axes = figure.subplots()
    places = range(len(rows))  # by number, because a size may come twice
    begin = [0.0] * len(rows)
    for part, color in PARTS.items():
        cost = [_parts(told, bare)[part] for _, told in rows]
        axes.bar_label(
            axes.barh(places, cost, left=begin, label=part, color=color),
            [f"{one:.0f}" for one in cost], label_type="center", color="white",
        )  # fmt: skip
        begin = [sum(pair) for pair in zip(begin, cost, strict=True)]
    axes.set_yticks(places, [f"{size} submissions" for size, _ in rows])
    axes.set_xlabel("CPU, ms a submission")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    figure.savefig(file, dpi=120)


def _parts(told, bare):
    """Return the CPU time of each part in ms a submission."""
    seconds = bare, told["student"] - bare, told["judge"], told["driver"]
    return dict(zip(PARTS, (1000 * one for one in seconds), strict=True))


def _all(told):
    return told["student"] + told["judge"] + told["driver"]


if __name__ == "__main__":
    main()
