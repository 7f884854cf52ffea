"""nbgrader's steps that make feedback pages of graded notebooks."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from traitlets import List

from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.notebook.master import is_instructors, visible_text

Resources = dict[str, Any]


class GetGrades(nbgrader.GetGrades):
    """Puts scores and comments into the notebook; a cell that waits for a person has no score.

    nbgrader's own step gives it 0 points.
    """

    def _get_score(self, cell: NotebookNode, resources: Resources) -> None:
        super()._get_score(cell, resources)
        where = self.notebook_id, self.assignment_id, self.student_id
        grade = self.gradebook.find_grade(cell.metadata.nbgrader["grade_id"], *where)
        if grade.auto_score is None and grade.manual_score is None:
            cell.metadata.nbgrader["score"] = None


class HideFromStudents(nbgrader.NbGraderPreprocessor):
    """Removes hidden tests and mark schemes from the instructor's cells.

    nbgrader's ClearHiddenTests and ClearMarkScheme refuse a notebook in which a student wrote one
    of their markers. Here a student's text is left alone.
    """

    # As nbconvert has it: nbgrader's own takes no configuration, and pages are made with one.
    display_data_priority: List[str] = List().tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Clear one notebook."""
        coursedir = self.parent.parent.coursedir  # this step < exporter < GenerateFeedback
        written = conventions(self.config, Path(coursedir.root))
        for cell in filter(is_instructors, nb.cells):
            cell.source = written.in_our_words(cell.source)
            cell.source = visible_text(cell)
        return nb, resources
