"""What a course that grades with plain nbgrader would be with nbjudge: found out in a copy.

The copy has what the course has before anybody hands in, and the two lines (`authoring.two_lines`).
Each assignment is built there, and its tests are tried. Its gradebook is a new one. What the course
has configured for itself decides there as it would in the course, but for the gradebook.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from nbjudge.authoring import two_lines
from nbjudge.authoring.masters import BuildError
from nbjudge.authoring.tried import Tried, build_and_try
from nbjudge.classrun.adopted import Adopted, adopt
from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError, course_root
from nbjudge.nbgrader_ext import wiring
from nbjudge.nbgrader_ext.configuration import ConfigurationError, read

# What is made beside the folders that nbgrader's own steps make.
_MADE = ("attempts", "build", "downloaded", "solutions", "gradebook.db")
_OF_TOOLS = shutil.ignore_patterns(".git", ".ipynb_checkpoints", "__pycache__")
_CONFLICT = "Nothing is written: this course sets what nbjudge needs otherwise."

_RIGHTS = "Give this account the rights to it, or run this as its owner."
_NOT_COPIED = (
    "These cannot be copied. Move them out of the course, or give this account the rights to read "
    "them; then run this again."
)


@dataclass(frozen=True)
class Looked:
    """What would become of one assignment: how its cells are graded, or why it is refused."""

    assignment: str
    tried: Tried | None = None
    refused: str = ""

    @property
    def left(self) -> bool:
        """Whether something of it could not be graded, or is not known."""
        return (
            self.tried is None
            or bool(self.tried.untried)
            or any(one.left for one in self.tried.ways)
        )


@dataclass(frozen=True)
class Adoption:
    """The course in `root`, and its `copy` with the two lines.

    `content` is that of the configuration with the two lines, `config` what it says, and `line`
    where the first of them stands, 0 where they are in the course already.
    """

    root: Path
    copy: Path
    content: bytes
    line: int
    config: Config

    def looked_at(self, assignment: str) -> Looked:
        """Build and try an assignment in the copy."""
        try:
            return Looked(assignment, build_and_try(self.copy, assignment))
        except (BuildError, RubricError) as error:
            return Looked(assignment, refused=self.of_course(str(error)))
        except Exception as error:  # a fault of ours must not hide what the others would be
            why = f"nbjudge itself failed ({type(error).__name__}: {error}). Please report it."
            return Looked(assignment, refused=self.of_course(why))

    def of_course(self, text: str) -> str:
        """Return a text with the paths of the course, in place of those of the copy."""
        return text.replace(str(self.copy), str(self.root))

    def write(self, assignments: Iterable[str]) -> dict[str, Adopted]:
        """Write the two lines into the course, where they are not there already.

        What plain nbgrader has graded of `assignments` is taken as graded from now on; it is
        returned by assignment. Raises `RubricError` where the gradebook cannot be used.
        """
        found = {
            name: adopt(course_directory(self.config, self.root, name), name)
            for name in assignments
        }
        if self.line:
            path = self.root / two_lines.NAME
            try:
                path.write_bytes(self.content)
            except OSError as error:
                raise RubricError(
                    f"{path} cannot be written ({error.strerror}). {_RIGHTS}"
                ) from error
        return found


@contextmanager
def adoption(root: Path) -> Iterator[Adoption]:
    """Copy a course, and give the copy the two lines.

    Raises `ConfigurationError` where the configuration of the course cannot be loaded, and where
    lines of it undo what the two lines do.
    """
    # As it is now: what cannot be loaded is named as it stands in the course.
    left_out = _left_out(root, CourseDirectory(config=read(root).config))
    before = two_lines.content(root)
    content, line = two_lines.with_lines(before)
    with tempfile.TemporaryDirectory(prefix="nbjudge-adopt-") as folder:
        copy = Path(folder).resolve() / "course"
        _copy(root, copy, left_out)
        (copy / two_lines.NAME).write_bytes(content)
        config = read(copy).config
        _refuse_conflicts(config, root, before)
        _keep_to_itself(copy)
        yield Adoption(root, copy, content, line, config)


def course_to_adopt(start: Path) -> Path:
    """Return the folder of the course around `start`, which may have no configuration yet.

    Raises `RubricError` where there is none.
    """
    try:
        return course_root(start)
    except RubricError:
        if not (start / "source").is_dir():
            raise
        return start


def _copy(root: Path, copy: Path, left_out: Callable[[str, list[str]], set[str]]) -> None:
    try:
        shutil.copytree(root, copy, ignore=left_out, ignore_dangling_symlinks=True)
    except shutil.Error as error:
        files = [f"{source}: {why}" for source, _, why in error.args[0]]
        raise RubricError("\n".join([*files, _NOT_COPIED])) from error


def _left_out(root: Path, coursedir: CourseDirectory) -> Callable[[str, list[str]], set[str]]:
    """Return a rule for `copytree`: students' work, what can be made anew, and environments."""
    made = {
        *_MADE,
        coursedir.release_directory,
        coursedir.solution_directory,
        coursedir.submitted_directory,
        coursedir.autograded_directory,
        coursedir.feedback_directory,
    }

    def rule(folder: str, names: list[str]) -> set[str]:
        if Path(folder) != root:
            return _OF_TOOLS(folder, names)
        environments = {one for one in names if (root / one / "pyvenv.cfg").is_file()}
        return {one for one in names if one.startswith(".")} | made | environments

    return rule


def _refuse_conflicts(config: Config, root: Path, before: bytes) -> None:
    found = {about: what for about, what in wiring.differing(config, root).items() if what}
    if not found:
        return
    said = [sentence for sentences in found.values() for sentence in sentences]
    lines = two_lines.lines_with(before, _options(" ".join(said)))
    mends = dict.fromkeys(map(wiring.mend, found))
    raise ConfigurationError("\n".join([_CONFLICT, *said, *lines, *mends]))


def _options(said: str) -> list[str]:
    """Return the options that are named by us, and by traitlets where it refuses a value."""
    refused = re.findall(r"'(\w+)' trait of an? (\w+) instance", said)
    return re.findall(r"\bc\.(\w+\.\w+)", said) + [f"{kind}.{name}" for name, kind in refused]


def _keep_to_itself(copy: Path) -> None:
    """Let a copy be its own course, with a gradebook of its own, whatever its files say.

    Of two files of one name, nbgrader heeds the one in JSON.
    """
    path = copy / "nbgrader_config.json"
    said = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    own = {"root": str(copy), "db_url": f"sqlite:///{copy}/gradebook.db"}
    said["CourseDirectory"] = {**said.get("CourseDirectory", {}), **own}
    path.write_text(json.dumps(said), encoding="utf-8")
