"""What a class run costs with this work tree, and with an earlier revision of it, side by side.

    python benchmarks/before_after.py REVISION [--class 30] [--workers 2] [--rounds 5]

Both grade the same class of right submissions, and each starts for one submission alone, in turn,
in every round: a machine that grows slower meanwhile grows so for both. "CPU" is that of all
processes of a command, "memory" the largest sum of what they hold (each shared page counted once).
The packages are those of this environment. Linux only.
"""

import argparse
import ctypes
import io
import os
import resource
import shutil
import statistics
import subprocess
import sysconfig
import tarfile
import tempfile
import threading
import time
import venv
from contextlib import suppress
from pathlib import Path

import psutil
from class_run import KINDS, NAME, ROOT, make_class, make_submissions
from rich.console import Console
from rich.table import Table

MEASURES = ("wall, s", "CPU, s", "memory, MB")
TEMPLATES = {"JUPYTER_PATH": f"{sysconfig.get_path('data')}/share/jupyter"}
AUTOGRADE = "import sys; from nbjudge.cli import main; sys.exit(main())"
MB = 2**20
_EVERY = 0.25  # seconds between two looks at the memory
_SET_CHILD_SUBREAPER = 36  # prctl(2): orphans of a command become our children, and so countable


def main():
    """Measure both in every round, print a row for each measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("revision", help="of this repository, such as HEAD~20")
    parser.add_argument("--class", type=int, default=30, dest="many", metavar="N")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        trees = {"before": checked_out(chosen.revision, Path(folder) / "tree"), "after": ROOT}
        pythons = {name: environment(Path(folder) / name, tree) for name, tree in trees.items()}
        courses = {
            "the first alone": made(Path(folder) / "one", 1),
            f"a class of {chosen.many}": made(Path(folder) / "many", chosen.many),
        }
        found = {}
        for _ in range(chosen.rounds):
            for title, course in courses.items():
                for name, python in pythons.items():
                    costs = cost(Path(folder) / "course", course, python, chosen.workers)
                    found.setdefault((title, name), []).append(costs)
    show(found, list(courses), chosen)


def checked_out(revision, folder):
    """Return a folder with the files of a revision."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def environment(folder, tree):
    """Return the Python of a new environment: the packages of this one, and nbjudge of `tree`.

    Not by PYTHONPATH, because student processes run isolated.
    """
    venv.create(folder)
    python = folder / "bin" / "python"
    paths = sysconfig.get_path("purelib", vars={"base": str(folder)})
    Path(paths, "paths.pth").write_text(f"{tree}\n{sysconfig.get_path('purelib')}\n")
    asked = [python, "-I", "-c", "import nbjudge; print(nbjudge.__path__[0])"]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    if answer != str(tree / "nbjudge"):
        raise SystemExit(f"{python} does not take nbjudge from {tree}, but from {answer}.")
    return python


def made(course, number):
    """Return a new course with a number of right submissions of four kinds."""
    samples = course.with_name(f"{course.name}-samples")
    make_submissions(samples)
    make_class(course, [samples / kind / NAME for kind in KINDS], number)
    return course


def cost(place, course, python, workers):
    """Grade a copy of a course; return what it cost, in the order of `MEASURES`."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(course, place)
    command = [python, "-c", AUTOGRADE, "autograde", "attention", "--workers", str(workers)]
    begun, before = time.monotonic(), used()
    with Peak() as peak, (place / "log").open("w+") as log:
        environ = os.environ | TEMPLATES
        running = subprocess.Popen(command, cwd=place, env=environ, stdout=log, stderr=log)
        if running.wait():
            log.seek(0)
            raise SystemExit(f"{python.parents[1].name}: autograde failed:\n{log.read()}")
        wall = time.monotonic() - begun
        reap()
    return wall, used() - before, peak.megabytes


def reap():
    """Wait for all that the command has left behind, so that its time is counted."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


def used():
    """Return the CPU seconds of all ended processes so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Peak:
    """The largest memory of all children of this process, while the block runs."""

    def __enter__(self):
        self.megabytes = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _look(self):
        while not self._ended.wait(_EVERY):
            self.megabytes = max(self.megabytes, sum(map(held, psutil.Process().children(True))))


def held(process):
    """Return the MB of a process; of a page that several share, its part."""
    with suppress(psutil.Error, FileNotFoundError, ProcessLookupError):
        return process.memory_full_info().pss / MB
    return 0.0


def show(found, titles, chosen):
    """Print medians, their ratio, and the smallest and largest ratio of a round."""
    table = Table(title=f"{chosen.revision} and this work tree; {chosen.rounds} rounds, medians")
    for heading in ("", "", "before", "after", "after : before", "of a round"):
        table.add_column(heading, justify="right" if heading else "left")
    for title in titles:
        for place, measure in enumerate(MEASURES):
            before, after = ([one[place] for one in found[title, name]]
                             for name in ("before", "after"))  # fmt: skip
            each = sorted(new / old for old, new in zip(before, after, strict=True))
            old, new = statistics.median(before), statistics.median(after)
            table.add_row(
                title if not place else "", measure, f"{old:.1f}", f"{new:.1f}",
                f"{new / old:.2f}", f"{each[0]:.2f} to {each[-1]:.2f}",
            )  # fmt: skip
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
