"""What judging costs beyond the student's own calls: CPU, and messages to the student process.

    python benchmarks/judging_cost.py

The reference solution is marked again and again in a real student process. Printed per exercise:
messages to that process, CPU of judge and student process together, and of that the student's own
code, which is measured on the same calls in one process.
"""

import argparse
import functools
import statistics
import time
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from nbjudge.judge.prefetch import Conversation
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.process.zygote import Confinement, running
from nbjudge.proxy.objects import Objects
from nbjudge.rubric import loader

ROOT = Path(__file__).parents[1]
EXERCISES = ("dot_product", "scaled", "self_attention", "multi_head", "causal_mask")
SEEDS = range(15)


def main():
    """Print a row for each exercise, and their sums: medians over the seeds."""
    table = Table(title="Judging a right submission, median of each exercise over 15 seeds")
    for heading in ("Exercise", "messages", "CPU, ms", "student's own, ms", "judging, ms"):
        table.add_column(heading, justify="left" if heading == "Exercise" else "right")
    session = Session(running(Confinement()), Limits(cell_seconds=600, total_seconds=600))
    sources = solution_cells()
    for source in sources:
        session.run(source)
    namespace = {}
    exec("\n\n".join(sources), namespace)
    rows = [measure(exercise, session, namespace) for exercise in EXERCISES]
    session.close()
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    for name, row in zip((*EXERCISES, "together"), rows, strict=True):
        messages, spent, own = row
        table.add_row(name, f"{messages:.0f}", f"{spent:.1f}", f"{own:.1f}", f"{spent - own:.1f}")
    Console().print(table)


def solution_cells():
    """Return the imports and the solution cells of the solution notebook."""
    notebook = nbformat.read(ROOT / "solutions/attention/attention.ipynb", as_version=4)
    defining = ("def ", "class ")
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
        and (cell.source.startswith(defining) or "import" in cell.source)
    ]


def measure(exercise, session, namespace):
    """Return messages, CPU ms in both processes, and CPU ms of the student's own code."""
    rubric, _ = loader.load(f"attention/{exercise}", ROOT)
    asked = []

    def ask(do, **request):
        asked.append(do)
        return Conversation(session, Budget(600)).ask(do, **request)

    objects = Objects(ask)
    solution = objects.bind([rubric.solution])[rubric.solution]
    rubric.mark(solution, 0)  # does what is done once in a process, and does not count
    spent, own, messages = [], [], []
    for seed in SEEDS:
        asked.clear()
        begun = time.process_time(), student_cpu(session)
        marks, fault = rubric.mark(solution, seed)
        ended = time.process_time(), student_cpu(session)
        assert not fault
        assert all(mark.met for mark in marks)
        spent.append(sum(ended) - sum(begun))
        messages.append(len(asked))
        own.append(own_cpu(rubric, namespace[rubric.solution], seed))
    return statistics.median(messages), *(1000 * statistics.median(one) for one in (spent, own))


def student_cpu(session):
    """Return the CPU seconds of the student process so far."""
    ran = session.run("import time; print(time.process_time())")
    return float(ran.outputs[0]["text"])


def own_cpu(rubric, solution, seed):
    """Return the CPU seconds inside `solution` while it is marked in this process."""
    spent = []

    def timed(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            begun = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent.append(time.process_time() - begun)

        return call

    if isinstance(solution, type):
        own = {"__init__": timed(solution.__init__), "forward": timed(solution.forward)}
        rubric.mark(type(solution.__name__, (solution,), own), seed)
    else:
        rubric.mark(timed(solution), seed)
    return sum(spent)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    main()
