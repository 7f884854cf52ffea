"""Lay down a small assignment that is green: `nbjudge new`.

    template/master.ipynb.j2           source/<name>/<name>.ipynb                 one exercise
    template/rubric.py.j2              rubrics/<name>/<function>.py               two criteria
    template/idioms.py.j2              rubrics/<name>/idioms/<function>.py        a right solution
    template/misconceptions.py.j2      rubrics/<name>/misconceptions/<function>.py   a wrong one

Theory of operation. Nothing is written before the names are found good. Each folder is made by this
run alone, which is what keeps two runs apart, and goes again when anything fails later: the build,
or the proof. The master is written last, so who looks at all masters meanwhile finds a whole one.
"""

import contextlib
import os
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import nbformat
from jinja2 import Environment, StrictUndefined
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from nbjudge.authoring import naming
from nbjudge.authoring.build import build
from nbjudge.authoring.masters import BuildError
from nbjudge.authoring.proof import Proof, prove
from nbjudge.authoring.undo import forget, make, undone_on_failure
from nbjudge.nbgrader_ext.configuration import application
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.soundness import knows, unusable
from nbjudge.notebook.canonical import canonical, to_text
from nbjudge.notebook.master import Conventions

_TEMPLATE = files("nbjudge") / "authoring/template"
_FOLDERS = ("source", "rubrics", "release", "solutions", "build/executed")
_LANGUAGE = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
_NOTHING = "Nothing was written."


@dataclass(frozen=True)
class Scaffold:
    """A new assignment: its files, each with what it is, and the proof that they work together.

    `warnings` are the build's.
    """

    name: str
    files: dict[Path, str]
    proof: Proof
    warnings: list[str]

    def to_text(self) -> str:
        """Return for a terminal what was written, the proof, and the next three commands."""
        names = {os.path.relpath(file): what for file, what in self.files.items()}
        width = max(map(len, names))
        master, name = shlex.quote(next(iter(names))), shlex.quote(self.name)
        return "\n".join(
            [
                *(f"{file:{width}}  {what}" for file, what in names.items()),
                "",
                self.proof.to_text(),
                "Next:",
                f"  jupyter lab {master}",
                f"  nbjudge build {name}",
                f"  nbjudge verify {name}",
            ]
        )


def scaffold(root: Path, name: str, title: str | None, function: str) -> Scaffold:
    """Lay down, build and prove the assignment `name`, whose students write `function`.

    `title` heads its notebook; None for one made from the name. Raises `BuildError` where a name
    cannot be used or is taken, and where the assignment cannot be written, built or proved. Raises
    `RubricError` for a course that cannot be used. Nothing is left behind then.
    """
    app = application(root)
    words = {
        "name": name,
        "function": function,
        "title": naming.title_of(name) if title is None else title,
    }
    written = conventions(app.config, root)
    _refuse_words(words, written.markers)
    coursedir = CourseDirectory(parent=app, root=str(root))
    _refuse_taken(root, name, coursedir.db_url)
    with undone_on_failure() as undo, _explained(name):
        for folder in _FOLDERS:
            make(root / folder / name, undo)
        laid = write(root, words, written)
        forget(coursedir.db_url, coursedir.course_id, name, undo)
        built = build(root, name)
        laid[built.release / f"{name}.ipynb"] = "what students get"
        proof = prove(root, name)
        if proof.problems:
            raise BuildError(f"{proof.to_text()}Mend what is named here. {_NOTHING}")
        return Scaffold(name, laid, proof, built.warnings)


def write(root: Path, words: dict[str, str], written: Conventions) -> dict[Path, str]:
    """Write the rubric, then the master, into folders of the assignment that are there.

    `words` has the assignment's name, its function and its title. Returns each file with what it
    is.
    """
    name, rubrics = words["name"], root / "rubrics" / words["name"]
    module = f"{words['function']}.py"
    (rubrics / "__init__.py").write_text(f'"""The rubrics of the assignment {name}."""\n', "utf-8")
    told = {}
    for template, file, what in (
        ("rubric", rubrics / module, "what is marked"),
        ("idioms", rubrics / "idioms" / module, "another right solution"),
        ("misconceptions", rubrics / "misconceptions" / module, "a wrong solution"),
    ):
        file.parent.mkdir(exist_ok=True)
        file.write_text(
            _rendered((_TEMPLATE / f"{template}.py.j2").read_text("utf-8"), words), "utf-8"
        )
        told[file] = what
    master = _master(**words)
    for cell in master.cells:
        cell.source = written.in_their_words(cell.source)
    file = root / "source" / name / f"{name}.ipynb"
    file.write_text(to_text(canonical(master)), "utf-8")
    return {file: "the master notebook", **told}


def _refuse_words(words: dict[str, str], markers: Iterable[str]) -> None:
    master = _master(name="", function="_", title="")
    code = [cell.source for cell in master.cells if cell.cell_type == "code"]
    for option, word, problem in (
        ("NAME", "name", naming.problem_of_name(words["name"])),
        ("--function", "function", naming.problem_of_function(words["function"], code)),
        ("--title", "title", naming.problem_of_title(words["title"], markers)),
    ):
        if problem:
            raise BuildError(f"{option} cannot be {words[word]!r}. {problem} {_NOTHING}")


def _refuse_taken(root: Path, name: str, db_url: str) -> None:
    """Refuse a gradebook that cannot be used or knows the name, and a folder of this name.

    Folders in `source/` whose names differ in case alone are one folder on some systems.
    """
    if problem := unusable(db_url):
        raise BuildError(f"{problem} {_NOTHING}")
    source = root / "source"
    named = [one for one in source.glob("*") if one.name.casefold() == name.casefold()]
    for folder in (*named, *(root / one / name for one in _FOLDERS)):
        if folder.exists():
            raise _taken(folder, name)
    if patiently(knows, db_url, name):
        raise BuildError(
            f"The gradebook has an assignment '{name}' already. Choose another name. {_NOTHING}"
        )


def _taken(folder: object, name: str) -> BuildError:
    return BuildError(
        f"{folder} is there already, and nothing is overwritten. Choose another name than "
        f"'{name}', or move it away. {_NOTHING}"
    )


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    """Say of a file that cannot be written which one it is, and the mend."""
    try:
        yield
    except FileExistsError as error:  # made meanwhile, by another run
        raise _taken(error.filename, name) from error
    except OSError as error:
        raise BuildError(
            f"{error.filename} cannot be written ({error.strerror}). Give this account the right "
            f"to write there, and room on the disk. {_NOTHING}"
        ) from error


def _master(**words: str) -> NotebookNode:
    text = (_TEMPLATE / "master.ipynb.j2").read_text("utf-8")
    master = nbformat.reads(text, as_version=4)
    for cell in master.cells:
        cell.source = _rendered(cell.source, words)
        if mark := cell.metadata.get("nbgrader"):
            mark["grade_id"] = _rendered(mark["grade_id"], words)
    return master


def _rendered(template: str, words: dict[str, str]) -> str:
    return _LANGUAGE.from_string(template).render(words)
