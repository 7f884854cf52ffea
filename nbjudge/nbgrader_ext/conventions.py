"""How a course writes its masters, read from what it configures of nbgrader's steps that build."""

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    IncludeHeaderFooter,
    InstantiateTests,
)
from traitlets.config import Config

from nbjudge.course import RubricError
from nbjudge.notebook.master import Conventions
from nbjudge.notebook.skeleton import STUB


def conventions(config: Config, root: Path) -> Conventions:
    """Return the conventions of the course in `root`, whose nbgrader configuration is `config`.

    Raises `RubricError` where the header or the footer cannot be read.
    """
    tests, scheme = _step(ClearHiddenTests, config), _step(ClearMarkScheme, config)
    solutions, frame = _step(ClearSolutions, config), _step(IncludeHeaderFooter, config)
    return Conventions(
        (
            tests.begin_test_delimeter,
            tests.end_test_delimeter,
            scheme.begin_mark_scheme_delimeter,
            scheme.end_mark_scheme_delimeter,
            solutions.begin_solution_delimeter,
            solutions.end_solution_delimeter,
        ),
        solutions.text_stub,
        solutions.code_stub.get("python", STUB),
        header=_text(root, "header", frame.header),
        footer=_text(root, "footer", frame.footer),
        autotest=_step(InstantiateTests, config).autotest_delimiter,
    )


def _step(kind: type, config: Config) -> Any:
    # Its own section alone: a step warns of options that are meant for others.
    return kind(config=Config({kind.__name__: config[kind.__name__]}))


def _text(root: Path, option: str, name: str) -> str:
    try:
        return (root / name).read_text(encoding="utf-8") if name else ""
    except OSError as error:
        raise RubricError(
            f"c.IncludeHeaderFooter.{option} names {root / name}, which cannot be read "
            f"({error.strerror}). Mend that line of nbgrader_config.py."
        ) from error
