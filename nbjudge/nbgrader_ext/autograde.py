"""nbgrader's steps that judge and save: thin classes over the modules that do the work.

`nbgrader_ext.configure` names these classes, so that the `nbgrader` command, the formgrader's
button and the Python API all use them.
"""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader import utils
from nbgrader.api import Grade, Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.judged import Judged
from nbjudge.judge.measured import judge_again
from nbjudge.nbgrader_ext import extensions, graded_files, scorecards, shared_comments
from nbjudge.nbgrader_ext.built import unbuilt
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.late import plugin
from nbjudge.nbgrader_ext.options import FeedbackOptions, JudgeOptions
from nbjudge.nbgrader_ext.plain_engine import make_harmless
from nbjudge.nbgrader_ext.submitted import master_of, source_folder
from nbjudge.notebook import submission
from nbjudge.notebook.head import (
    LEFT_OUT,
    NEEDS_A_PERSON,
    UNCONFINED,
    copy_head,
    lines_on_top,
    put_on_top,
)
from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded, Submission
from nbjudge.process.zygote import JudgeFault
from nbjudge.rubric.grading import new_seed
from nbjudge.rubric.scorecard import Scorecard

Resources = dict[str, Any]


class Judge(JudgeOptions, nbgrader.Execute):
    """In Execute's place: student code runs in a confined process, hidden tests in this one.

    With `engine = "plain"` nbgrader's own Execute runs instead, in a kernel that holds our package.
    A subclass of Execute, so that its options (`c.Execute.*`) keep their meaning. `--no-execute`
    would mark what a student's file shows, and is refused (`wiring`).
    """

    def preprocess(
        self, nb: NotebookNode, resources: Resources, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Judge one notebook; raise `NotGraded` for a fault of ours.

        nbgrader then drops this submission's result and goes on with the next one.
        """
        if self.engine == "plain":
            nb, resources = super().preprocess(nb, resources, **kwargs)
            for cell in nb.cells:
                make_harmless(cell)
            put_on_top(nb, UNCONFINED, ["nbgrader's own Execute ran it, with tests in its reach."])
            return nb, resources
        autograde: Any = self.parent.parent  # type: ignore[union-attr]  # step < exporter < Autograde
        files = Path(resources["metadata"]["path"])
        judged = self._judged(nb, autograde.coursedir, resources["nbgrader"], files)
        _warn(judged.notebook, resources["nbgrader"]["student"], self.log)
        for cell, amiss in judged.unproven.items():
            if amiss.used or judged.cards.get(cell):  # the others were tested beside
                self.log.warning("%s", amiss)
        return judged.notebook, resources

    def _judged(
        self, nb: NotebookNode, coursedir: CourseDirectory, where: dict[str, str], files: Path
    ) -> Judged:
        master = master_of(coursedir, where, self.config)
        settings = JudgeSettings(
            Path(coursedir.root),
            master,
            self.submission_limits(),
            source=source_folder(coursedir, where),
            beside=self.beside,
        )
        digest = submission.digest(nb)
        with Gradebook(where["db_url"]) as book:
            written = conventions(self.config, Path(coursedir.root))
            if reason := unbuilt(
                book, where["assignment"], source_folder(coursedir, where), written
            ):
                raise NotGraded(reason)
            kept = scorecards.kept_seeds(book, where["assignment"], [where["student"]])
        seed = submission.kept_seed(nb, kept[where["student"]], new_seed())
        given = Submission(nb, seed, digest, files)
        try:
            return judge_again(settings, given, self.confinement())
        except JudgeFault as fault:
            raise NotGraded(str(fault)) from fault


class ShowJudged(nbgrader.NbGraderPreprocessor):
    """In `Judge`'s place where a class run has judged the submission already.

    `judged` holds the result of each notebook, by file name.
    """

    def __init__(self, judged: dict[str, Judged], **kwargs: Any):
        super().__init__(**kwargs)
        self._judged = judged

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Put the outputs into the notebook; raise `ChangedMeanwhile` if it is another one now."""
        judged = self._judged[resources["nbgrader"]["notebook"] + ".ipynb"]
        if judged.digest != submission.digest(nb):
            raise ChangedMeanwhile("the submission changed meanwhile. Grade it again.")
        # Outputs alone: the steps before this one have made the cells, with metadata of their own.
        shown = {cell.id: cell for cell in judged.notebook.cells if cell.cell_type == "code"}
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = shown[cell.id].outputs
                cell.execution_count = shown[cell.id].execution_count
        copy_head(judged.notebook, nb)
        return nb, resources


def _warn(notebook: NotebookNode, student: str, log: Any) -> None:
    """Write to the log what stands on top of a graded notebook and was not known before."""
    for said, kind in (("Left out for", LEFT_OUT), ("Needs a person, the work of", NEEDS_A_PERSON)):
        for line in lines_on_top(notebook, kind):
            log.warning("%s %s: %s", said, student, line)


class SaveScorecards(nbgrader.NbGraderPreprocessor):
    """After SaveAutoGrades: keep scorecards and what was graded, write bonuses as extra credit."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Save the scorecards of one notebook.

        They come from the outputs of the grade cells, so that both engines hand them over alike.
        Where the notebook needs a person, exercises that lost points are "needs manual grade", too:
        so the formgrader lists it.
        """
        where = resources["nbgrader"]
        place = where["notebook"], where["assignment"], where["student"]
        cards: dict[Grade, tuple[Scorecard | None, float | None]] = {}
        needs_a_person = bool(lines_on_top(nb, NEEDS_A_PERSON))
        with Gradebook(where["db_url"]) as book:
            for cell in filter(utils.is_grade, nb.cells):
                card = Scorecard.from_outputs(cell.get("outputs", []))
                most = cell.metadata.get("nbjudge", {}).get("extra_credit")
                extra = None if card is None or most is None else min(card.score, most)
                grade = book.find_grade(cell.metadata.nbgrader.grade_id, *place)
                cards[grade] = card, extra
            shared_comments.keep(book, {grade: card for grade, (card, _) in cards.items()})
            for grade in cards:
                if needs_a_person and (grade.auto_score or 0) < grade.max_score:
                    grade.needs_manual_grade = True
            # nbgrader gives 0 points to a notebook that was not submitted, and knows no bonus.
            for name in self._not_submitted(book, where):
                lost = book.find_submission_notebook(name, *place[1:]).grades
                cards |= dict.fromkeys(lost, (None, None))
            graded_files.keep(book, *place[1:], self._submitted(where))
            scorecards.save(book, cards)
        return nb, resources

    def _not_submitted(self, book: Gradebook, where: dict[str, str]) -> list[str]:
        folder = self._submitted(where)
        notebooks = book.find_assignment(where["assignment"]).notebooks
        return [one.name for one in notebooks if not (folder / f"{one.name}.ipynb").is_file()]

    def _submitted(self, where: dict[str, str]) -> Path:
        coursedir = self.parent.parent.coursedir  # this step < exporter < Autograde
        step = coursedir.submitted_directory
        return Path(coursedir.format_path(step, where["student"], where["assignment"]))


class LatePenalties(nbgrader.AssignLatePenalties):
    """In AssignLatePenalties' place: extensions count, and the rule of `c.FeedbackOnSubmit`."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Write the student's extension to nbgrader's column, then do what nbgrader does."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as book:
            extensions.write_to_submissions(book, where["assignment"], [where["student"]])
            book.db.commit()
        return super().preprocess(nb, resources)

    def init_plugin(self) -> None:
        """Choose the plugin by the rule."""
        self.plugin_inst = plugin(FeedbackOptions(config=self.config), self)
