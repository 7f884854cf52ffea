"""Judge notebooks in this process, through a real zygote: what several test modules share."""

from dataclasses import replace

import nbformat
from support.course import ROOT

from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.run import judge
from nbjudge.notebook import repair
from nbjudge.notebook.submission import Submission
from nbjudge.process.limits import Limits

FULL = {"dot_product": 20, "scaled": 20, "self_attention": 30, "multi_head": 30, "causal_mask": 10}
MASTER = nbformat.read(ROOT / "source/attention/attention.ipynb", as_version=4)
SMALL = Limits(
    cell_seconds=2, total_seconds=20, cpu_seconds=20, memory_mb=1024, output_kb=256, outputs=100,
    file_mb=32, files_mb=64, files=200, open_files=128, threads=32,
)  # fmt: skip
# For what takes long by right, such as the first import of a compiler.
PATIENT = replace(SMALL, cell_seconds=20, total_seconds=100, cpu_seconds=100)


def solution():
    """A submission with full marks."""
    return nbformat.read(ROOT / "solutions/attention/attention.ipynb", as_version=4)


def release():
    """A submission as students get it."""
    return nbformat.read(ROOT / "release/attention/attention.ipynb", as_version=4)


def with_cells(notebook, *sources, before="dot_product"):
    """Put cells of the student's own before a cell of the notebook."""
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == before)
    notebook.cells[place:place] = [
        nbformat.v4.new_code_cell(source, id=f"own-{n}") for n, source in enumerate(sources)
    ]
    return notebook


def answer(notebook, **sources):
    """Replace the text of solution cells."""
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    return notebook


def run(zygote, notebook, limits=SMALL, course=ROOT, seed=1, files=None, master=MASTER):
    """Repair and judge."""
    repaired, _ = repair.repair(master, notebook)
    return judge(
        JudgeSettings(course, master, limits), Submission(repaired, seed, files=files), zygote
    )


def points(judged):
    """The points of each exercise, the bonus too."""
    return {name.removesuffix("-marks"): card.score for name, card in judged.cards.items()}


def outputs_of(judged, number=0):
    """The outputs of the student's own cell `number`, counted among those `with_cells` added."""
    own = [cell for cell in judged.notebook.cells if cell.id.startswith("student-")]
    cells = [cell for cell in own if cell.cell_type == "code"][1:]  # the first one imports
    return cells[number].outputs


def text_of(judged, number=0):
    """All text of those outputs."""
    parts = []
    for output in outputs_of(judged, number):
        parts += [output.get("text", ""), output.get("evalue", "")]
        parts += [output.get("data", {}).get("text/plain", "")]
    return "".join(parts)
