"""Cells that plain nbgrader ran in a kernel, made harmless before they are stored.

In that engine student code shares its kernel with the hidden tests, so it may forge any output.
What it shows in the formgrader and in feedback is cleaned all the same.
"""

from dataclasses import replace

from nbformat import NotebookNode

from nbjudge.notebook.master import mark
from nbjudge.rubric.grading import PLAIN_ENGINE
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.sanitize.outputs import alternative_texts, bundle
from nbjudge.sanitize.paths import without_paths

_STOPPED = (
    "{name}: this exercise could not be marked to the end. If your code ran into the time limit, "
    "look for a loop that never ends, or for one that is far slower than tensor operations."
)


def make_harmless(cell: NotebookNode) -> None:
    """Reduce the outputs of a cell to text and pictures, in place.

    A scorecard is rendered anew from its data, because its HTML comes from the kernel. An error in
    a cell with hidden tests loses its traceback, which would show their source.
    """
    graded = mark(cell).get("grade", False)
    hidden = "BEGIN HIDDEN TESTS" in cell.source
    for output in cell.get("outputs", []):
        card = Scorecard.from_outputs([output]) if graded else None
        if card is not None:
            # By what ran: the kernel holds student code, which can write "confined".
            card = replace(card, engine=PLAIN_ENGINE, confined=False)
            output.data = NotebookNode(card._repr_mimebundle_())
        elif hidden and output.output_type == "error":
            output.traceback, output.evalue = [_STOPPED.format(name=output.ename)], ""
        elif "data" in output:
            output.data = NotebookNode(bundle(output.data))
            output.metadata = alternative_texts(output.get("metadata"), output.data)
        elif output.output_type == "stream":
            output.text = without_paths(output.text)
        elif output.output_type == "error":
            output.traceback = [without_paths(line) for line in output.traceback]
            output.evalue = without_paths(output.evalue)
