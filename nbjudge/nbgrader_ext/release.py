"""nbgrader's steps that make `release/` and `solutions/` from the master notebook."""

from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader import utils

from nbjudge.notebook.skeleton import SkeletonError, find_regions, skeleton

Resources = dict[str, Any]


class ClearSolutions(nbgrader.ClearSolutions):
    """Puts placeholders in the place of solutions; see `nbjudge.notebook.skeleton`.

    A subclass of nbgrader's step, so that its checks stay: a marker outside a solution cell raises.
    """

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
    """Removes the lines BEGIN SOLUTION and END SOLUTION, for `solutions/`, which people read."""

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
