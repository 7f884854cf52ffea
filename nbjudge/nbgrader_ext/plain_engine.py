"""Cells that plain nbgrader ran in a kernel, made harmless before they are stored."""

from nbformat import NotebookNode

from nbjudge.notebook.master import mark
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.sanitize.outputs import bundle

_STOPPED = (
    "{name}: this exercise could not be marked to the end. If your code ran into the time limit, "
    "look for a loop that never ends, or for one that is far slower than tensor operations."
)


def make_harmless(cell: NotebookNode) -> None:
    """Reduce the outputs of a cell that plain nbgrader ran in a kernel.

    A scorecard is rendered anew from its data, and an error in a hidden-test cell loses its
    traceback, which shows hidden source.
    """
    graded = mark(cell).get("grade", False)
    hidden = "BEGIN HIDDEN TESTS" in cell.source
    for output in cell.get("outputs", []):
        card = Scorecard.from_outputs([output]) if graded else None
        if card is not None:
            output.data = NotebookNode(card._repr_mimebundle_())
        elif hidden and output.output_type == "error":
            output.traceback, output.evalue = [_STOPPED.format(name=output.ename)], ""
        elif "data" in output:
            output.data = NotebookNode(bundle(output.data))
