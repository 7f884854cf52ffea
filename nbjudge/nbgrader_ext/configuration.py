"""nbgrader's configuration of a course, read as nbgrader reads it, or refused.

nbgrader and Jupyter log an error in a configuration file, drop the whole file, and go on without
what it says. What makes grading safe stands in such a file. So here a file that cannot be loaded is
an error, and so are steps that are not ours.
"""

import io
import logging
import os
import traceback
from collections.abc import Iterable
from contextlib import redirect_stderr
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGrader
from traitlets.config import Config
from traitlets.config.loader import (
    ConfigFileNotFound,
    JSONFileConfigLoader,
    PyFileConfigLoader,
)

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext import wiring


class ConfigurationError(RubricError):
    """The configuration of a course is not as safe grading needs it.

    The message names file, line, cause and mend. `files` are those that cannot be loaded; there is
    none where all are loaded and their steps are not ours.
    """

    def __init__(self, message: str, files: Iterable[Path] = ()):
        super().__init__(message)
        self.files = tuple(files)


def configuration(root: Path, options: Iterable[str] = ()) -> Config:
    """Return the configuration of the course in `root`; see `application`."""
    return application(root, options).config


def application(root: Path, options: Iterable[str] = ()) -> NbGrader:
    """Return nbgrader with the configuration of the course in `root`.

    `options` of a command line, such as `--Judge.limits`, win over the files. Raises
    `ConfigurationError` where a file cannot be loaded, where another folder is named as the course,
    and where the steps that would run are not ours.
    """
    app = read(root, options)
    found = {about: what for about, what in wiring.differing(app.config, root).items() if what}
    found.pop(wiring.EARLIER, None)  # none of our own commands runs these
    if found:
        mends = dict.fromkeys(map(wiring.mend, found))
        raise ConfigurationError(
            unlike_ours(chain(*found.values()), app.loaded_config_files, mends)
        )
    return app


def read(root: Path, options: Iterable[str] = ()) -> NbGrader:
    """Return nbgrader with every configuration file that it reads in `root`.

    Raises `ConfigurationError` where one of them cannot be loaded, and for an option that nbgrader
    does not know.
    """
    # nbgrader looks for its file in the working directory.
    before = Path.cwd()
    os.chdir(root)
    failed: list[tuple[Path, str]] = []
    recording = _FAILED.set(failed)
    try:
        app = _Recording(log_level=logging.CRITICAL)  # what it would log of files is told below
        _parse(app, list(options))
        app.load_config_file()
    finally:
        _FAILED.reset(recording)
        os.chdir(before)
    if failed:
        told = [*dict.fromkeys(sentence for _, sentence in failed), _DROPPED]
        raise ConfigurationError("\n".join(told), [file for file, _ in failed])
    return app


def _parse(app: NbGrader, options: list[str]) -> None:
    """Let nbgrader read the options of a command line; it would ignore those that it does not know.

    Where one lacks its value, it would print its own usage, as if that were our command's.
    """
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            app.parse_command_line(options)
    except SystemExit as end:
        if not end.code:  # it was asked for its version
            raise
        reason = said.getvalue().rpartition("error: ")[2].strip()
        raise ConfigurationError(f"Nothing is done: {reason}. {_OPTIONS}") from end
    unknown = [f"--{name}" for name in app.cli_config if not name[:1].isupper()]
    for name in [*unknown, *app.extra_args]:
        raise ConfigurationError(f"Nothing is done: '{name}' is not known here. {_OPTIONS}")


def unlike_ours(
    found: Iterable[str], files: Iterable[str], mends: Iterable[str] = (wiring.MEND,)
) -> str:
    """Return the message for steps that are not ours; `files` are those that were read."""
    return "\n".join(
        [
            "Nothing is done: the configuration of this course is not as nbjudge needs it.",
            *(f"- {one}" for one in found),
            f"Read were, and a later one wins: {', '.join(files) or 'no configuration file'}.",
            f"{' '.join(mends)} 'nbjudge doctor' checks it.",
        ]
    )


_FAILED: ContextVar[list[tuple[Path, str]]] = ContextVar("failed")  # files, and why
_DROPPED = (
    "Nothing is done: nbgrader would drop the whole file, and with it what makes grading safe. "
    "Mend it, then run the same command again; 'nbjudge doctor' checks it."
)


_OPTIONS = (
    "Names come first, then the options of this command (--help shows them) and those of nbgrader, "
    "such as --Judge.engine=plain."
)


class _RecordingLoader:
    """A loader that records which file cannot be loaded, and why.

    All of them are recorded: traitlets goes on with the next file after an error.
    """

    full_filename: str

    def load_config(self) -> Config:
        """Return what the file sets."""
        try:
            return super().load_config()  # type: ignore[misc]
        except ConfigFileNotFound:
            raise
        # A file that calls `exit()` would end the command with status 0.
        except (Exception, SystemExit) as error:
            file = Path(self.full_filename)
            line = _line(file, error)
            what = getattr(error, "msg", None) or error  # a syntax error's text has its line, too
            where = f"{file}, line {line}" if line else f"{file}"
            _FAILED.get().append((file, f"{where}: {type(error).__name__}: {what}."))
            raise RuntimeError(f"{error}") from error


class _Python(_RecordingLoader, PyFileConfigLoader):
    pass


class _Json(_RecordingLoader, JSONFileConfigLoader):
    pass


class _Recording(NbGrader):
    python_config_loader_class = _Python
    json_config_loader_class = _Json


def _line(file: Path, error: BaseException) -> int | None:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno
    if error_line := getattr(error, "lineno", None):  # of a JSON file
        return int(error_line)
    frames = traceback.extract_tb(error.__traceback__)
    lines: list[Any] = [frame.lineno for frame in frames if frame.filename == str(file)]
    return lines[-1] if lines else None
