"""nbgrader's extension points, thin over the modules that do the work.

`nbgrader_config.py` names these classes, so that the `nbgrader` command, the formgrader's button
and the Python API all use them.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader import utils
from nbgrader.api import Gradebook

from nbjudge import gradebook, pairing
from nbjudge.scorecard import Scorecard
from nbjudge.skeleton import SkeletonError, find_regions, skeleton

Resources = dict[str, Any]
_STOPPED = (
    "{name}: this exercise could not be marked to the end. If your code ran into the time limit, "
    "look for a loop that never ends, or for one that is far slower than tensor operations."
)
_PASSED_ON = ("text/plain", "image/png", "image/jpeg")


class NotGraded(Exception):
    """A submission could not be graded; the message names the file, the cause and the mend."""


class ClearSolutions(nbgrader.ClearSolutions):
    """Placeholders that follow from the solution, in place of `raise NotImplementedError()`."""

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        if cell.cell_type != "code":
            return super()._replace_solution_region(cell, language)
        try:
            regions = find_regions(cell.source.split("\n"))
            if not regions and utils.is_solution(cell):
                raise SkeletonError(1, "There is no solution region.", "Add BEGIN/END SOLUTION.")
            cell.source = skeleton(cell.source)
        except SkeletonError as error:
            raise ValueError(f"Solution cell '{cell.get('id', '?')}': {error}") from error
        return bool(regions)


class RemoveSolutionMarkers(nbgrader.NbGraderPreprocessor):
    """Solutions to read: without the lines BEGIN SOLUTION and END SOLUTION."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Drop the marker lines of one cell."""
        lines = cell.source.split("\n")
        if cell.cell_type == "code":
            markers = {n for region in find_regions(lines) for n in (region.begin, region.end)}
            lines = [line for n, line in enumerate(lines, start=1) if n not in markers]
            cell.source = "\n".join(lines)
        return cell, resources


class SubmissionExporter(NotebookExporter):
    """Reads a submission; what cannot be graded keeps no score from an earlier run."""

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Convert one notebook; takes back the scores of an earlier run when that fails."""
        try:
            return super().from_filename(filename, resources=resources, **kwargs)
        except Exception:
            where = (resources or {}).get("nbgrader", {})
            with Gradebook(where["db_url"]) as book:
                gradebook.withdraw(book, where["notebook"], where["assignment"], where["student"])
            raise

    def from_file(
        self, file_stream: Any, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Read and convert an open file; raises `NotGraded` when it is not a notebook."""
        notebook = _read_notebook(file_stream)
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


def _read_notebook(file: Any) -> NotebookNode:
    try:
        notebook = nbformat.read(file, as_version=4)
        cells = notebook.get("cells")
    except Exception as error:
        raise NotGraded(
            f"Not graded: {file.name} is not a Jupyter notebook ({type(error).__name__}: "
            f"{str(error)[:200]}). Ask the student for the .ipynb file itself, then grade again."
        ) from error
    if not isinstance(cells, list):
        raise NotGraded(
            f"Not graded: {file.name} holds no cells. Ask the student for the notebook."
        )
    return notebook


class RepairSubmission(nbgrader.NbGraderPreprocessor):
    """First step of sanitising: the student's text in the master's cells."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Repair one notebook, and say on top of it what was mended."""
        where = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir  # this step < exporter < Autograde
        folder = coursedir.format_path(coursedir.source_directory, ".", where["assignment"])
        master = nbformat.read(Path(folder) / f"{where['notebook']}.ipynb", as_version=4)
        notebook, mended = pairing.repair(master, nb)
        notes = pairing.describe(mended)
        for note in notes:
            self.log.warning("Mended in the notebook of %s: %s", where["student"], note)
        if notes:
            text = "\n".join(["**Mended before grading**\n", *(f"- {note}" for note in notes)])
            notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="mended"))
        return notebook, resources


class HarmlessOutputs(nbgrader.NbGraderPreprocessor):
    """Outputs reduced to text and pictures; a scorecard is rendered anew from its data.

    An error in a hidden-test cell loses its traceback, which shows hidden source.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Reduce the outputs of one cell."""
        graded = utils.is_grade(cell)
        hidden = "BEGIN HIDDEN TESTS" in cell.source
        for output in cell.get("outputs", []):
            card = Scorecard.from_outputs([output]) if graded else None
            if card is not None:
                output.data = NotebookNode(card._repr_mimebundle_())
            elif hidden and output.output_type == "error":
                output.traceback = [_STOPPED.format(name=output.ename)]
                output.evalue = ""
            elif "data" in output:
                output.data = {k: v for k, v in output.data.items() if k in _PASSED_ON}
                output.data.setdefault("text/plain", "[output of a type that is not shown]")
        return cell, resources


class SaveScorecards(nbgrader.NbGraderPreprocessor):
    """After SaveAutoGrades: keep each scorecard, write the bonus as extra credit."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Save the scorecards of one notebook."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as book:
            for cell in nb.cells:
                card = Scorecard.from_outputs(cell.get("outputs", []))
                if card is None or not utils.is_grade(cell):
                    continue
                grade = book.find_grade(
                    cell.metadata.nbgrader.grade_id,
                    where["notebook"],
                    where["assignment"],
                    where["student"],
                )
                most = cell.metadata.get("nbjudge", {}).get("extra_credit")
                gradebook.save(book, grade, card, None if most is None else min(card.score, most))
        return nb, resources
