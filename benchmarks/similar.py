"""What `nbjudge similar` finds in classes of made-up students, and how long it takes.

    python benchmarks/similar.py [--seeds 20] [--first 100] [--students 200] [--copydetect]
    python benchmarks/similar.py --seconds 200 1000

In each class ten pairs share all exercises but one; `tests/support/made_up.py` says how they hide
it. The first form counts the pairs that are found, and others that are shown. With --copydetect it
gives the same classes to that program (`pip install copydetect`), with what was handed out named as
boilerplate, and counts its pairs down to as many as were planted: what a teacher would look at. The
second form times the whole command, reading included, on one processor.
"""

import argparse
import itertools
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples"), str(ROOT)]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from support.course import make_course, run  # noqa: E402
from support.made_up import class_of, hand_in, make_class  # noqa: E402

from nbjudge.similarity.compare import compare  # noqa: E402

ASSIGNMENTS = ("attention", "encoder")
PLANTED = 10


def main():
    """Print a table for what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--copydetect", action="store_true")
    parser.add_argument("--seconds", type=int, nargs="+", metavar="STUDENTS")
    chosen = parser.parse_args()
    table = of_seconds(chosen.seconds) if chosen.seconds else of_pairs(chosen)
    Console(width=100).print(table)


def of_pairs(chosen):
    """Return the table of what is found."""
    table = Table(
        title=f"{chosen.seeds} classes of {chosen.students}, {PLANTED} planted pairs each"
    )
    for heading in ("assignment", "found", "all ten in", "others shown", "at most", "copydetect"):
        table.add_column(heading, justify="left" if heading == "assignment" else "right")
    for assignment in ASSIGNMENTS:
        found, others, theirs = [], [], []
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            handed_in, planted = class_of(seed, assignment, chosen.students, PLANTED)
            shown = {pair.students for pair in compare(handed_in).pairs}
            found.append(len(shown & planted))
            others.append(len(shown - planted))
            theirs.append(by_copydetect(handed_in, planted) if chosen.copydetect else 0)
            print(assignment, seed, found[-1], others[-1], theirs[-1], flush=True)
        every = PLANTED * chosen.seeds
        table.add_row(
            assignment,
            f"{sum(found)} of {every}",
            f"{found.count(PLANTED)} classes",
            f"{sum(others)}",
            f"{max(others)}",
            f"{sum(theirs)} of {every}" if chosen.copydetect else "",
        )
    return table


def by_copydetect(handed_in, planted):
    """Return how many planted pairs are among as many that copydetect finds most alike."""
    from copydetect import CodeFingerprint, compare_files

    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.py"
        given.write_text("\n".join(handed_in.given_code), encoding="utf-8")
        # Its defaults: 25 characters at least, 30 are always found; template: every fingerprint.
        template = CodeFingerprint(str(given), 25, 1).hashes
        prints = {}
        for student, work in handed_in.work.items():
            file = Path(folder) / f"{student}.py"
            file.write_text("\n".join(work.values()), encoding="utf-8")
            prints[student] = CodeFingerprint(str(file), 25, 6, list(template))
    alike = {
        pair: min(compare_files(prints[pair[0]], prints[pair[1]])[1])
        for pair in itertools.combinations(sorted(prints), 2)
    }
    first = sorted(alike, key=alike.get, reverse=True)[: len(planted)]
    return len(planted & set(first))


def of_seconds(sizes):
    """Return the table of seconds of the whole command."""
    table = Table(title="Seconds of 'nbjudge similar attention'")
    for heading in ("students", "wall", "processor"):
        table.add_column(heading, justify="right")
    for students in sizes:
        with tempfile.TemporaryDirectory() as folder:
            course = make_course(Path(folder) / "course")
            hand_in(course, "attention", make_class(1, "attention", students, PLANTED)[0])
            begun, spent = time.monotonic(), time_of_children()
            run("nbjudge", "similar", "attention", cwd=course)
            table.add_row(
                f"{students}",
                f"{time.monotonic() - begun:.1f}",
                f"{time_of_children() - spent:.1f}",
            )
    return table


def time_of_children():
    """Return the seconds of a processor that ended children have used."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
