"""nbgrader's steps that make `release/` and `solutions/` from the master notebook."""

import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader import utils

from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.notebook.decision import forget
from nbjudge.notebook.master import (
    drop_unused_pictures,
    has_placeholders,
    without_mark_scheme,
)
from nbjudge.notebook.regions import SkeletonError, find_regions
from nbjudge.notebook.skeleton import skeleton

Resources = dict[str, Any]
_MARKER_OF_TEXT = re.compile(r"(BEGIN|END) SOLUTION")


class ClearSolutions(nbgrader.ClearSolutions):
    """Puts placeholders in the place of solutions; see `nbjudge.notebook.skeleton`.

    A subclass of nbgrader's step, so that its checks stay: a marker outside a solution cell raises.
    So does its way with a solution cell that has no region: the whole cell becomes the stub.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Clear one cell, and drop what is the instructor's: pictures of an answer, our notes."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        forget(cell)
        if cell.cell_type != "code" and utils.is_solution(cell):
            drop_unused_pictures(cell)
        return cell, resources

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        if cell.cell_type != "code":
            return super()._replace_solution_region(cell, language)
        source = _in_our_words(self, cell, "SOLUTION")
        try:
            regions = find_regions(source.split("\n"))
        except SkeletonError as error:
            raise ValueError(f"Solution cell '{cell.get('id', '?')}': {error}") from error
        if regions:
            cell.source = skeleton(source, self.code_stub[language], has_placeholders(cell))
        return bool(regions)


class RemoveSolutionMarkers(nbgrader.NbGraderPreprocessor):
    """Removes the lines BEGIN SOLUTION and END SOLUTION, for `solutions/`, which people read.

    And the mark scheme of an answer, which nbgrader's own step refuses there. In `release/` that
    goes with the answer.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Drop the marker lines of one cell, and our notes."""
        forget(cell)
        lines = _in_our_words(self, cell, "SOLUTION").split("\n")
        if cell.cell_type == "code":
            markers = {n for region in find_regions(lines) for n in (region.begin, region.end)}
        elif utils.is_solution(cell):
            markers = {n for n, line in enumerate(lines, 1) if _MARKER_OF_TEXT.search(line)}
        else:
            markers = set()
        cell.source = "\n".join(line for n, line in enumerate(lines, 1) if n not in markers)
        if utils.is_solution(cell):
            cell.source = without_mark_scheme(_in_our_words(self, cell, "MARK SCHEME"))
        return cell, resources


def _in_our_words(step: nbgrader.NbGraderPreprocessor, cell: NotebookNode, region: str) -> str:
    """Return a cell's text with nbgrader's markers of regions, whatever the course calls them."""
    coursedir = step.parent.parent.coursedir  # step < exporter < converter
    written = conventions(step.config, Path(coursedir.root))
    return written.in_our_words(cell.source, region)
