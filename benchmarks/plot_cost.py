"""CPU time of each plot of the assignments in a warm process, in milliseconds.

    python benchmarks/plot_cost.py

The cells of `solutions/` run in one IPython shell, as in a notebook; each plot is drawn ten times
as a kernel draws it, then ten times as a student process does while it is graded. The medians are
printed. What a first drawing costs more is not counted: a zygote has drawn before.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import matplotlib
import nbformat
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from IPython.utils.capture import capture_output
from matplotlib_inline.backend_inline import flush_figures
from seaborn import matrix

from nbjudge.confined import figures

SOLUTIONS = Path(__file__).parent.parent / "solutions"
SEED = "causal_mask-test"
RUNS = 10


def main() -> None:
    """Print a line for each plot, and the sums of each notebook."""
    torch.set_num_threads(1)
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    shell = TerminalInteractiveShell.instance()
    matplotlib.use("module://matplotlib_inline.backend_inline")
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    print(f"{'':24} {'kernel':>9} {'graded':>9}")
    for name in ("attention", "encoder"):
        drawn = [plot(shell, cell) for cell in run(shell, name)]
        sums = [sum(column) for column in zip(*drawn, strict=True)]
        print_row(f"{name}, together", sums)


def run(shell: InteractiveShell, name: str):
    """Run the cells of a notebook; yield those that draw, each when it can be drawn."""
    for cell in nbformat.read(SOLUTIONS / name / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            cpu_milliseconds(shell, cell.source)
            if "plt.sub" in cell.source or cell.id == SEED:
                yield cell


def plot(shell: InteractiveShell, cell: nbformat.NotebookNode) -> list[float]:
    """Print and return the median cost of drawing one plot, in a kernel and while it is graded."""
    costs, seaborns = [], matrix._draw_figure
    for graded in (False, True):
        select_figure_formats(shell, {"png"}, bbox_inches="tight")
        if graded:
            figures.draw_once(shell)
            figures.heatmaps_draw_nothing()
        spent = [cpu_milliseconds(shell, cell.source) for _ in range(RUNS)]
        costs.append(statistics.median(spent))
    matrix._draw_figure = seaborns
    print_row(cell.id, costs)
    return costs


def print_row(name: str, costs: list[float]) -> None:
    """Print a line of milliseconds."""
    print(f"{name:24}", *(f"{cost:6.1f} ms" for cost in costs))


def cpu_milliseconds(shell: InteractiveShell, source: str) -> float:
    """Run a cell, with what the inline backend does after it; return its CPU time."""
    begun = time.process_time()
    with capture_output():
        shell.run_cell(source, store_history=False).raise_error()
        flush_figures()
    return 1000 * (time.process_time() - begun)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    main()
