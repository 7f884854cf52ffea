"""The instructor's notebook: read once; which text students see of it, which names they define.

What is read. The judge needs a master's code, tests and points. Model answers to written questions
and mark schemes are for the person who grades, and nbgrader shows them from its gradebook. So they
are dropped when a master is read: what is not there reaches no student.

A course's conventions. nbgrader lets a course choose the markers of its regions, what stands for a
written answer and for code, and notebooks that are put before and behind each master. All that is
settled here as well: a master that was read has nbgrader's own markers, tests where it was built
from AUTOTEST lines, and the metadata of its solution cells name another stub than nbgrader's own.
"""

import ast
import functools
import re
import symtable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nbjudge.notebook import autotests
from nbjudge.notebook.names import defined, same_text
from nbjudge.notebook.regions import SkeletonError
from nbjudge.notebook.skeleton import STUB, skeleton

_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
)
_ANSWER = re.compile(r"^([^\S\n]*)[^\n]*BEGIN SOLUTION.*?(?:END SOLUTION[^\n]*|\Z)", re.M | re.S)
# A region that is never closed reaches to the end: rather too little is shown than too much.
_REGION = r"^[^\n]*BEGIN ({}).*?(?:END \1[^\n]*(?:\n|\Z)|\Z)"
_HIDDEN = re.compile(_REGION.format("HIDDEN TESTS|MARK SCHEME"), re.M | re.S)
_SCHEME = re.compile(_REGION.format("MARK SCHEME"), re.M | re.S)
_MARKERS = tuple(
    f"{edge} {region}"
    for region in ("HIDDEN TESTS", "MARK SCHEME", "SOLUTION")
    for edge in ("BEGIN", "END")
)


@dataclass(frozen=True)
class Conventions:
    """How a course writes its masters, where it differs from nbgrader's defaults.

    `markers` begin and end hidden tests, mark schemes and solutions, in this order. `answer` stands
    for a written answer until the student writes one, and `stub` for code where no placeholder can.
    `header` and `footer` are notebooks, as text, whose cells stand before and behind those of each
    master. `autotest` is the word in lines that nbgrader makes tests of.
    """

    markers: tuple[str, ...] = _MARKERS
    answer: str = "YOUR ANSWER HERE"
    stub: str = STUB
    header: str = ""
    footer: str = ""
    autotest: str = "AUTOTEST"

    def in_our_words(self, source: str, region: str = "") -> str:
        """Return a cell's text with nbgrader's own markers in the place of the course's.

        With a `region`, such as "SOLUTION", only markers of such regions are replaced.
        """
        for theirs, ours in zip(self.markers, _MARKERS, strict=True):
            if theirs != ours and region in ours:
                # The whole line is a marker, whatever else stands in it.
                line = rf"^([^\S\n]*)[^\n]*{re.escape(theirs)}[^\n]*$"
                source = re.sub(line, rf"\1### {ours}", source, flags=re.M)
        if self.autotest != "AUTOTEST" and not region:
            line = rf"^(\s*#.*){re.escape(self.autotest)}"
            source = re.sub(line, r"\1AUTOTEST", source, flags=re.M)
        return source

    def in_their_words(self, source: str) -> str:
        """Return a text with the course's markers in the place of nbgrader's own."""
        for theirs, ours in zip(self.markers, _MARKERS, strict=True):
            source = source.replace(ours, theirs)
        return source

    def framed(self, notebook: NotebookNode) -> NotebookNode:
        """Return the notebook between the course's header and footer; it is changed."""
        before, behind = (
            nbformat.reads(text, as_version=4).cells if text else []
            for text in (self.header, self.footer)
        )
        notebook.cells = [*before, *notebook.cells, *behind]
        return with_ids(notebook)


def with_ids(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with an id for each cell: one of before 2021 has none. It is changed."""
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", mark(cell).get("grade_id") or f"cell-{number}")
    return notebook


def read_master(file: Path, conventions: Conventions = Conventions()) -> NotebookNode:
    """Return a master notebook, read once for each version of its file and of what it was built to.

    All callers get the same object, and must not change it.
    """
    stat = file.stat()
    made = autotests.kept(file)
    return _read(file, conventions, made, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=16)
def _read(file: Path, conventions: Conventions, made: str, _mtime: int, _size: int) -> NotebookNode:
    notebook = conventions.framed(nbformat.read(file, as_version=4))
    autotests.put(notebook, made)
    for cell in notebook.cells:
        cell.source = conventions.in_our_words(cell.source)
        # nbgrader knows a cell by its grade_id, and we by its id; `build` makes them equal.
        cell.id = mark(cell).get("grade_id") or cell.id
        if cell.cell_type != "code":
            cell.source = _without_answer(cell, conventions.answer)
            drop_unused_pictures(cell)
        elif _is_solution(cell) and conventions.stub != STUB:
            cell.metadata.setdefault("nbjudge", {})["code_stub"] = conventions.stub
    return notebook


def _without_answer(cell: NotebookNode, answer: str) -> str:
    """Return the text of a written question as students have it, by nbgrader's rules."""
    if not mark(cell).get("solution"):
        return visible_text(cell) if mark(cell) else cell.source
    found, number = _ANSWER.subn(
        lambda region: "\n".join(region[1] + line for line in answer.split("\n")), cell.source
    )
    return found if number else answer


def drop_unused_pictures(cell: NotebookNode) -> None:
    """Drop the attachments of a cell that its text does not show: they belong to what was cut."""
    attached = cell.pop("attachments", {})
    shown = {name: one for name, one in attached.items() if f"attachment:{name}" in cell.source}
    if shown:
        cell.attachments = shown


def visible_text(cell: NotebookNode) -> str:
    """Return the cell's text as students have it: no solutions, hidden tests or mark schemes."""
    return _without_hidden(handed_out(cell) if _is_solution(cell) else cell.source)


def handed_out(cell: NotebookNode) -> str:
    """Return the code of a master's solution cell as the gradebook has it, byte for byte."""
    return _skeleton(cell, has_placeholders(cell))


def is_handed_out(text: str, cell: NotebookNode) -> bool:
    """Whether a text is what a solution cell of the master is handed out with, or once was.

    A course that began with plain nbgrader has handed out its stubs.
    """
    stubs = _without_hidden(_skeleton(cell, derive=False)) if _is_solution(cell) else ""
    return same_text(text, visible_text(cell)) or (bool(stubs) and same_text(text, stubs))


def _skeleton(cell: NotebookNode, derive: bool) -> str:
    stub = cell.metadata.get("nbjudge", {}).get("code_stub", STUB)
    try:
        return skeleton(cell.source, stub, derive)
    except SkeletonError:  # `build` refuses it; here, rather too little is shown than too much
        return stub


def has_placeholders(cell: NotebookNode) -> bool:
    """Return whether a solution cell may have placeholders: its metadata can ask for the stub."""
    return not cell.metadata.get("nbjudge", {}).get("stub")


@functools.lru_cache(maxsize=512)  # the master's cells are asked for with each submission
def _without_hidden(source: str) -> str:
    return _HIDDEN.sub("", source).strip()


def above_hidden(source: str) -> str:
    """Return the lines of a cell above the first that students do not have."""
    return _HIDDEN.split(source, maxsplit=1)[0]


def without_mark_scheme(source: str) -> str:
    """Return a cell's text without its mark scheme."""
    return _SCHEME.sub("", source)


def _is_solution(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(mark(cell).get("solution"))


def is_instructors(cell: NotebookNode) -> bool:
    """Return whether the text of a cell is the master's: nbgrader manages it, and no student."""
    return bool(mark(cell)) and not mark(cell).get("solution")


def mark(cell: dict) -> dict:
    """Return nbgrader's mark of a cell, empty where there is none.

    For cells of a submission too, whose metadata may have any form.
    """
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def functions(source: str) -> set[str]:
    """Return the names of the functions and classes that a cell defines at its top level."""
    found = set(re.findall(r"^(?:async +def|def|class) +(\w+)", source, flags=re.M))
    return found & defined(source)


def used_names(source: str) -> set[str]:
    """Return the names of the notebook that a cell uses: those that are no function's own.

    More than those where the cell is not plain Python.
    """
    try:
        scopes = [symtable.symtable(source, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"[^\W\d]\w*", source))
    found = set()
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        whole = scope.get_type() == "module"
        found |= {
            one.get_name()
            for one in scope.get_symbols()
            if one.is_referenced() and (whole or one.is_global())
        }
    return found


def only_defines(source: str) -> bool:
    """Return whether a cell holds nothing but functions, classes and imports at its top level."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _DEFINITIONS) for node in body)
