"""CPU time of each plot of the assignment in a warm process, in milliseconds.

    python benchmarks/plot_cost.py

The cells of `solutions/` run in one IPython shell, as in a notebook; each plot is drawn ten times
after a first drawing that does not count, and the median is printed.
"""

import argparse
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

NOTEBOOK = Path(__file__).parent.parent / "solutions/attention/attention.ipynb"
SEED = "causal_mask-test"
RUNS = 10


def main() -> None:
    """Print a line for each plot, and the sum of those that the seed does not have."""
    torch.set_num_threads(1)
    shell = TerminalInteractiveShell.instance()
    matplotlib.use("module://matplotlib_inline.backend_inline")
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    select_figure_formats(shell, {"png"}, bbox_inches="tight")
    added = 0.0
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        cost = cpu_milliseconds(shell, cell.source)
        if cell.id.endswith("-plot"):
            added += plot(shell, cell)
        elif cell.id == SEED:
            print(f"{cell.id:24} {plot(shell, cell):6.1f} ms  (the seed's; cold {cost:.0f} ms)")
    print(f"{'added plots, together':24} {added:6.1f} ms")


def plot(shell: InteractiveShell, cell: nbformat.NotebookNode) -> float:
    """Return the median cost of drawing one plot."""
    cost = statistics.median(cpu_milliseconds(shell, cell.source) for _ in range(RUNS))
    if cell.id != SEED:
        print(f"{cell.id:24} {cost:6.1f} ms")
    return cost


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
