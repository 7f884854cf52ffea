"""What nbgrader uses where a course's own file failed: its own classes, which then refuse.

`nbgrader_config.json` beside this module names these classes. The package installs that file into
`etc/jupyter/` of its environment, the place that all other configuration files win over. So they
are in use where the course names no others: because its file could not be loaded, or because it is
no course of ours.

A course is ours when its configuration or its rubrics name this package. For any other course the
classes do what nbgrader's own do, and nothing else.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from nbconvert import exporters
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange import default as exchange
from traitlets import Bool

from nbjudge.nbgrader_ext import wiring
from nbjudge.nbgrader_ext.configuration import ConfigurationError, read, unlike_ours

_AGAIN = "Then start the formgrader's server again, which keeps what it read when it started."


class _CheckedExporter:
    """Refuses before nbgrader writes anything: its converters make their exporter first."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        converter: Any = self.parent  # type: ignore[attr-defined]
        if hasattr(converter, "coursedir"):
            try:
                refuse(Path(converter.coursedir.root), partial(wiring.of_converter, converter))
            except ConfigurationError as error:
                converter.log.error("%s", error)
                raise NbGraderException(str(error)) from error


class NotebookExporter(_CheckedExporter, exporters.NotebookExporter):
    """For commands that make notebooks."""


class HTMLExporter(_CheckedExporter, exporters.HTMLExporter):
    """For feedback."""


class CheckPage(Preprocessor):
    """A step of every page, the formgrader's too: refuses where a student's script could run."""

    enabled = Bool(True).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook as it is; raise `ConfigurationError` where it cannot be shown."""
        # Not the course around the notebook that is shown: a submission may bring a configuration
        # of its own, which must never be read.
        exporter: Any = self.parent
        root = Path(CourseDirectory(config=self.config).root)
        try:
            refuse(root, partial(wiring.of_pages, exporter))
        except ConfigurationError as error:
            raise ConfigurationError(f"{error} {_AGAIN}") from error
        return nb, resources


class CheckedExchange:
    """Refuses before anything is copied. It comes before a class of an exchange."""

    def start(self) -> Any:
        """Do what nbgrader does; raise its `ExchangeError` where that is not safe."""
        this: Any = self
        try:
            refuse(
                Path(this.coursedir.root),
                lambda: wiring.of_exchange(ExchangeFactory(config=this.config)),
            )
        except ConfigurationError as error:
            this.fail(str(error))
        return super().start()  # type: ignore[misc]


class Submit(CheckedExchange, exchange.ExchangeSubmit):
    """Submits an assignment."""


class Collect(CheckedExchange, exchange.ExchangeCollect):
    """Collects submissions."""


class ReleaseAssignment(CheckedExchange, exchange.ExchangeReleaseAssignment):
    """Releases an assignment."""


class ReleaseFeedback(CheckedExchange, exchange.ExchangeReleaseFeedback):
    """Releases feedback."""


def refuse(root: Path, differing: Callable[[], list[str]]) -> None:
    """Raise `ConfigurationError` where what runs in `root` is not what its course needs.

    That is where a file that names this package cannot be loaded, and, in a course of ours, where
    any file cannot, and where `differing` finds something.
    """
    ours = is_ours(root)
    try:
        files = read(root).loaded_config_files
    except ConfigurationError as error:
        if ours or any(map(_names_us, error.files)):
            raise
        return
    if ours and (found := differing()):
        raise ConfigurationError(unlike_ours(found, files))


def is_ours(root: Path) -> bool:
    """Return whether the configuration of a course, or one of its rubrics, names this package."""
    configurations = (root / f"nbgrader_config.{ending}" for ending in ("py", "json"))
    return any(map(_names_us, configurations)) or any(
        map(_names_us, (root / "rubrics").rglob("*.py"))
    )


def _names_us(file: Path) -> bool:
    """Whether a file names this package outside of comments; not whether it does so rightly."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any("nbjudge" in line.split("#")[0] for line in text.splitlines())
