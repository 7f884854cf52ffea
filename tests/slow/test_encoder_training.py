"""The encoder's notebook in a real kernel, as in JupyterLab; its training over several seeds."""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from support.course import ROOT, run

pytestmark = pytest.mark.slow


def executed(path="solutions", changes=()):
    """Run a notebook in a kernel; return its outputs by cell, those that are pictures by name."""
    notebook = nbformat.read(ROOT / path / "encoder/encoder.ipynb", as_version=4)
    for cell in notebook.cells:
        for before, after in changes:
            cell.source = cell.source.replace(before, after)
    NotebookClient(notebook, timeout=600, allow_errors=True).execute()
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def failures(cells):
    """The sentences of the cells that raised."""
    shown = [(one, output) for one, outputs in cells.items() for output in outputs]
    return {one: output.evalue for one, output in shown if output.output_type == "error"}


def test_the_release_runs_to_its_end_as_it_was_handed_out():
    cells = executed("release")
    assert failures(cells) == {}
    assert not [one for one, outputs in cells.items() for output in outputs if "data" in output]


def test_the_solution_learns_and_leaves_one_line_of_progress():
    cells = executed()
    assert failures(cells) == {}
    (line,) = cells["training"]  # rewritten in place: nothing of the lines before is kept
    assert re.search(r"Step +\d+: .* (99\.\d|100\.0)% of", line["data"]["text/plain"])
    for plot in ("positions", "layer_norm", "feed_forward", "block", "training", "attention"):
        (picture,) = cells[f"{plot}-plot"]
        assert picture["metadata"]["image/png"]["alt"]


def test_a_mistake_fails_in_its_own_cell_and_the_rest_goes_on():
    wrong, short = ("ignored = mask == 0", "ignored = mask == 1"), ("else 1200", "else 3")
    cells = executed(changes=[wrong, short])
    told = failures(cells)
    assert set(told) == {"block-test", "encoder-test"}
    assert "is everything hidden?" in told["block-test"]


def test_the_measurement_finds_every_seed_good_enough():
    script = str(ROOT / "benchmarks/encoder_training.py")
    done = run("python", script, "--seeds", "3", "--ablations", "1", cwd=ROOT)
    assert "Over 95% within 20 CPU seconds: 3 of 3 seeds." in done.stdout
    rows = dict(re.findall(r"^\| ([\w ]+) \| \d+ \| (.*) \|$", done.stdout, re.M))
    moved = {name: float(row.split(" | ")[-1].split()[0]) for name, row in rows.items()}
    assert set(moved) == {"as in the notebook", "one layer", "no positions", "mask left out"}
    assert moved["mask left out"] > 1 > 0.01 > moved["as in the notebook"]
