"""nbgrader's steps that take part in scoring, as far as a change of them changes a score."""

import sys
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from nbjudge.nbgrader_ext.graded_files import digest
from nbjudge.nbgrader_ext.options import FeedbackOptions


def scoring_steps(config: Config) -> list[str]:
    """Return a description of each step of `Autograde`, and of the rule for late submissions.

    It holds the class's name, its options, and a digest of its code.
    """
    converter = Autograde(config=config)
    names = [*converter.sanitize_preprocessors, *converter.autograde_preprocessors]
    kinds = [import_item(one) if isinstance(one, str) else one for one in names]
    late = AssignLatePenalties(config=config).plugin_class
    described = [_described(kind, config) for kind in (Autograde, *kinds, late)]
    return [*described, FeedbackOptions(config=config).after_deadline]


def _described(kind: type, config: Config) -> str:
    sections = kind.section_names()  # type: ignore[attr-defined]
    options = {name: config[name] for name in sections if name in config}
    return f"{kind.__module__}.{kind.__qualname__} {options!r} {_code(kind)}"


def _code(kind: type) -> str:
    """Return a digest of the file of a class that the course itself brought along."""
    package = kind.__module__.partition(".")[0]
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if package in ("nbgrader", "nbconvert", "nbjudge") or file is None:
        return ""  # a version that is pinned; ours is in `fingerprint.our_code`
    return digest([Path(file)], Path(file).parent)
