"""How each test cell of a master is graded, as `nbjudge build` wrote it into its metadata.

    "nbjudge": {"way": "asserts"}

It stands in `source/` alone, so that a change of it is a change that somebody sees and commits. A
process that grades goes that way, or leaves the cell to a person: never one that students of the
same class, graded elsewhere or by another version, did not go.
"""

from nbformat import NotebookNode

RUBRIC, ASSERTS, BESIDE, PERSON = WAYS = "rubric", "asserts", "beside", "person"
_KEY = "way"


def written(cell: NotebookNode) -> str:
    """Return the way of a master's cell; "" where none is written down."""
    found = cell.metadata.get("nbjudge", {}).get(_KEY)
    return found if found in WAYS else ""


def forget(cell: NotebookNode) -> None:
    """Remove what is written down in a cell; it is changed."""
    ours = cell.metadata.get("nbjudge", {})
    ours.pop(_KEY, None)
    if not ours:
        cell.metadata.pop("nbjudge", None)
