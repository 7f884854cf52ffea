"""The solution regions of a cell: which of its lines are the solution, and no student's to see.

A region begins with a line that holds BEGIN SOLUTION, and ends with one that holds END SOLUTION,
wherever in the line, as in nbgrader.
"""

import ast
import re
from dataclasses import dataclass

_MARKER = re.compile(r"(BEGIN|END) SOLUTION")


class SkeletonError(ValueError):
    """The markers of a cell do not pair up; `line` counts from 1 inside the cell."""

    def __init__(self, line: int, problem: str, mend: str):
        super().__init__(f"Line {line}: {problem} {mend}")
        self.line = line


@dataclass(frozen=True)
class Region:
    """Lines `begin` to `end` of a cell, both marker lines included, counted from 1."""

    begin: int
    end: int

    def holds(self, node: ast.AST) -> bool:
        """Return whether `node` starts inside the region."""
        return self.begin < getattr(node, "lineno", 0) < self.end


def find_regions(lines: list[str]) -> list[Region]:
    """Return the solution regions in order; raises `SkeletonError` when markers do not pair up."""
    regions, begin = [], None
    for number, line in enumerate(lines, start=1):
        marker = _MARKER.search(line)
        if marker is None:
            continue
        if marker[1] == "BEGIN" and begin is not None:
            raise SkeletonError(
                number,
                f"BEGIN SOLUTION inside the region that began in line {begin}.",
                "Close that region with END SOLUTION first.",
            )
        if marker[1] == "END" and begin is None:
            raise SkeletonError(
                number, "END SOLUTION without a BEGIN SOLUTION.", "Remove it or open a region."
            )
        if marker[1] == "BEGIN":
            begin = number
        else:
            assert begin is not None
            regions.append(Region(begin, number))
            begin = None
    if begin is not None:
        raise SkeletonError(begin, "BEGIN SOLUTION is never closed.", "Add END SOLUTION.")
    return regions
