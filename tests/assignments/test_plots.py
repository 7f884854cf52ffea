"""Each plot of each notebook, as the judge's student process and a student's kernel show it."""

import base64
import io
import re

import nbformat
import pytest
from PIL import Image
from plot_pictures import MISTAKES
from support.course import ROOT
from support.plots import looks_drawn

from nbjudge.notebook.master import mark
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.sanitize.outputs import clean

# Without training there is nothing to draw: tests/encoder/test_notebook.py draws these.
TRAINED = {"encoder": ("training-plot", "attention-plot")}
PLOTS = {one: [*drawn, *TRAINED.get(one, ())] for one, drawn in MISTAKES.items()}
PATIENT = Limits(cell_seconds=100, total_seconds=500, cpu_seconds=500)


class Shown:
    """A notebook in a student process: its cells, and what those that run show."""

    def __init__(self, zygote, assignment, step="solutions", until=""):
        notebook = nbformat.read(ROOT / step / assignment / f"{assignment}.ipynb", as_version=4)
        self.cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
        self.session = Session(zygote, PATIENT)
        for name in list(self.cells)[: list(self.cells).index(until) if until else None]:
            if not name.endswith(("-marks", "-plot")):
                self.run(name)

    def run(self, name, before="", after=""):
        """The cleaned outputs of a cell, in whose text `before` is replaced."""
        source = self.cells[name].source
        assert before in source
        return clean(self.session.run(source.replace(before, after)).outputs, 10)

    def drawn(self, plot, exercise, right="", wrong=""):
        """The picture of a plot after an exercise and its test, with equal random numbers."""
        self.session.run("torch.manual_seed(0)")
        self.run(exercise, right, wrong)
        if plot != f"{exercise}-test":  # the plot of a layer draws the one that the test has made
            self.run(f"{exercise}-test")
        return self.picture(plot)

    def picture(self, name):
        """The only picture of a plot, and its alternative text, or else that of its cell."""
        (shown,) = [one for one in self.run(name) if "image/png" in one.get("data", {})]
        alt = shown.metadata.get("image/png", {}).get("alt") or self.cells[name].metadata.get("alt")
        return Image.open(io.BytesIO(base64.b64decode(shown.data["image/png"]))), alt


@pytest.mark.parametrize("assignment", MISTAKES)
def test_every_cell_that_draws_is_tried_and_locked(assignment):
    path = ROOT / "release" / assignment / f"{assignment}.ipynb"
    cells = [one for one in nbformat.read(path, as_version=4).cells if one.cell_type == "code"]
    draws = [one for one in cells if re.search(r"plt\.(sub|fig)", one.source)]
    assert {one.id for one in draws} == set(PLOTS[assignment])
    assert all(mark(one)["locked"] for one in draws)


@pytest.mark.parametrize(
    ("assignment", "plot"),
    [(one, plot) for one in MISTAKES for plot in MISTAKES[one]],
)
def test_a_plot_is_opaque_varied_described_and_another_one_for_a_mistake(zygote, assignment, plot):
    shown, mistake = Shown(zygote, assignment, until=plot), MISTAKES[assignment][plot]
    picture, alt = shown.drawn(plot, mistake[0])
    again, _ = shown.drawn(plot, mistake[0])
    other, told = shown.drawn(plot, *mistake)
    shown.session.close()
    assert looks_drawn(picture.convert("RGBA"))
    assert looks_drawn(other.convert("RGBA"))
    assert picture.width < 750, "on a telephone its words would be too small"
    assert again.tobytes() == picture.tobytes()
    assert other.tobytes() != picture.tobytes()
    assert re.match(r"(A heatmap|\w+ heatmaps|\w+ line plots|\w+ curves)", alt)
    assert len(alt.split()) > 15
    # The seed's plot is described by its cell, which knows no mask.
    assert (told != alt) == (plot not in ("causal_mask-test", "feed_forward-plot"))


@pytest.mark.parametrize(
    ("exercise", "right", "wrong", "title"),
    [
        ("scaled", "", "", "Scaling spreads the attention over more keys"),
        ("scaled", "/ d_k**0.5", "", "Both rows are equal: does exercise 2 divide by √d_k?"),
        ("scaled", "/ d_k**0.5", "* d_k", "Both rows are equal: does exercise 2 divide by √d_k?"),
        (
            "dot_product", "scores, dim=-1", "scores / 512**0.5, dim=-1",
            "Both rows are equal: does exercise 1 divide, too?",
        ),
    ],
)  # fmt: skip
def test_the_plot_of_scaling_draws_the_conclusion(zygote, exercise, right, wrong, title):
    shown = Shown(zygote, "attention")
    shown.run(exercise, right, wrong)
    _, alt = shown.picture("scaled-plot")
    shown.session.close()
    assert alt.endswith(f" {title}")


@pytest.mark.parametrize("assignment", MISTAKES)
def test_a_plot_of_an_unfinished_exercise_is_a_friendly_line(zygote, assignment):
    shown = Shown(zygote, assignment, "release")
    for plot in PLOTS[assignment]:
        if plot.endswith("-plot"):
            (line,) = shown.run(plot)
            assert re.match(r"This (plot )?appears when|While the notebook is", line.text), plot
    shown.session.close()
