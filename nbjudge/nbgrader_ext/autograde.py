"""nbgrader's extension points, thin over the modules that do the work.

`nbgrader_config.py` names these classes, so that the `nbgrader` command, the formgrader's button
and the Python API all use them.
"""

from dataclasses import fields
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, Dict, Enum, Float, Integer

from nbjudge.judge.run import Course, Judged, judge_again
from nbjudge.nbgrader_ext import scorecards
from nbjudge.notebook import repair, submission
from nbjudge.notebook.skeleton import SkeletonError, find_regions, skeleton
from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded, Submission
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import JudgeFault, Setting
from nbjudge.rubric import new_seed
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.sanitize import outputs

Resources = dict[str, Any]


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
                scorecards.withdraw(book, where["notebook"], where["assignment"], where["student"])
            raise

    def from_file(
        self, file_stream: Any, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Read and convert an open file; raises `NotGraded` when it is not a notebook."""
        notebook = submission.read(file_stream)
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


class RepairSubmission(nbgrader.NbGraderPreprocessor):
    """First step of sanitising: the student's text in the master's cells."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Repair one notebook, and say on top of it what was mended."""
        where = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir  # this step < exporter < Autograde
        submitted = coursedir.format_path(
            coursedir.submitted_directory, where["student"], where["assignment"]
        )
        submission.refuse_links(Path(submitted))
        notebook, notes = repair.repaired(master_notebook(coursedir, where), nb)
        for note in notes:
            self.log.warning("Mended in the notebook of %s: %s", where["student"], note)
        return notebook, resources


class Judge(nbgrader.Execute):
    """In Execute's place: student code in a confined process, marks where it cannot reach them.

    With `engine = "plain"` nbgrader's own Execute runs instead, in a kernel that holds our package.
    """

    engine = Enum(
        ["nbjudge", "plain"],
        "nbjudge",
        help="'plain': nbgrader's own Execute, without isolation; every result says so.",
    ).tag(config=True)
    unconfined = Bool(
        False,
        help="Grade even where a layer of the sandbox is missing; every result says so.",
    ).tag(config=True)
    limits = Dict(
        value_trait=Float(),
        help="What a submission may use, e.g. {'cell_seconds': 30, 'memory_mb': 2048}.",
    ).tag(config=True)
    landlock_abi = Integer(
        None, allow_none=True, help="Use no newer features of Landlock than this (for tests)."
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: Resources, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Judge one notebook; raises `NotGraded` where the fault is not the student's."""
        if self.engine == "plain":
            nb, resources = super().preprocess(nb, resources, **kwargs)
            for cell in nb.cells:
                outputs.make_harmless(cell)
            return nb, resources
        converter = self.parent.parent  # this step < exporter < Autograde
        where = resources["nbgrader"]
        ahead = getattr(converter, "ahead", None)  # a class run has judged it already
        if ahead is not None:
            judged = ahead.judged[where["notebook"] + ".ipynb"]
            if judged.digest != submission.digest(nb):
                raise ChangedMeanwhile(
                    "Not graded: the submission changed meanwhile. Grade it again."
                )
            show(judged, nb)
        else:
            judged = self._judge(
                nb, converter.coursedir, where, Path(resources["metadata"]["path"])
            )
            nb = judged.notebook
        if judged.left_out:
            text = "\n".join(["**Left out**\n", *(f"- {one}" for one in judged.left_out)])
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="left-out"))
            self.log.warning("Left out for %s: %s", where["student"], "; ".join(judged.left_out))
        return nb, resources

    def _judge(
        self, nb: NotebookNode, coursedir: CourseDirectory, where: dict[str, str], files: Path
    ) -> Judged:
        course = Course(
            Path(coursedir.root), master_notebook(coursedir, where), self.submission_limits()
        )
        digest = submission.digest(nb)
        with Gradebook(where["db_url"]) as book:
            kept = scorecards.kept_seeds(book, where["assignment"], [where["student"]])
        given = Submission(nb, kept[where["student"]].get(digest, new_seed()), digest, files)
        try:
            return judge_again(course, given, self.setting())
        except JudgeFault as fault:
            raise NotGraded(f"Not graded: {fault}") from fault

    def setting(self) -> Setting:
        """Return how student code is confined."""
        return Setting(unconfined=self.unconfined, landlock_abi=self.landlock_abi)

    def submission_limits(self) -> Limits:
        """Return the limits that the configuration sets; raises `NotGraded` when it is wrong."""
        known = [one.name for one in fields(Limits)]
        wrong = [name for name, value in self.limits.items() if name not in known or value <= 0]
        if wrong:
            raise NotGraded(
                f"Not graded: c.Judge.limits is wrong at {', '.join(map(repr, wrong))}. It holds "
                f"numbers above 0 for: {', '.join(known)}."
            )
        return Limits(**{name: type(getattr(Limits, name))(n) for name, n in self.limits.items()})


def show(judged: Judged, notebook: NotebookNode) -> None:
    """Write the outputs of a judged notebook into another one with the same cells."""
    found = {cell.id: cell for cell in judged.notebook.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = found[cell.id].outputs
            cell.execution_count = found[cell.id].execution_count


def master_notebook(coursedir: CourseDirectory, where: dict[str, str]) -> NotebookNode:
    """Return the instructor's notebook, with solutions and hidden tests."""
    folder = coursedir.format_path(coursedir.source_directory, ".", where["assignment"])
    return repair.read_master(Path(folder) / f"{where['notebook']}.ipynb")


class SaveScorecards(nbgrader.NbGraderPreprocessor):
    """After SaveAutoGrades: keep each scorecard, write the bonus as extra credit."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Save the scorecards of one notebook."""
        where = resources["nbgrader"]
        place = where["notebook"], where["assignment"], where["student"]
        cards = {}
        with Gradebook(where["db_url"]) as book:
            for cell in filter(utils.is_grade, nb.cells):
                card = Scorecard.from_outputs(cell.get("outputs", []))
                most = cell.metadata.get("nbjudge", {}).get("extra_credit")
                extra = None if card is None or most is None else min(card.score, most)
                cards[book.find_grade(cell.metadata.nbgrader.grade_id, *place)] = card, extra
            scorecards.save(book, cards)
        return nb, resources
