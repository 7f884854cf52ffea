"""Whether the steps that would run are those that `configure(c)` names.

A course may add steps of its own. Ours must be there, each once, in their order, and not switched
off. What counts is what nbgrader's own classes make of a configuration, not what a file says: a
second file, a section of a subclass or an option of the command line may win over it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from nbgrader import converters
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import TraitError
from traitlets.config import Config, Configurable
from traitlets.utils.importstring import import_item

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.defaults import configure
from nbjudge.nbgrader_ext.options import FeedbackOptions

MEND = (
    "In the course's nbgrader_config.py call configure(c) of nbjudge.nbgrader_ext.defaults, above "
    "all lines of your own. To add a step, assign the whole list below it, with our steps in it."
)
_MEND_LINE = "Correct that line."
# A configuration of 0.1.0 does not name it. Its pages are as safe: `of_pages` looks at them.
_MAY_LACK = ("GenerateFeedback", "exporter_class")
# Neither does a list of steps that a course wrote down earlier: `nbjudge build` does it by itself.
MAY_LACK_STEP = "nbjudge.nbgrader_ext.autotests.InstantiateAndKeep"
CONVERTERS = ("GenerateAssignment", "GenerateSolution", "Autograde", "GenerateFeedback")
_JUDGE = "nbjudge.nbgrader_ext.autograde.Judge"
_LATE = "nbjudge.nbgrader_ext.autograde.LatePenalties"
# What a course of version 0.1.0 does not hide from students: mark schemes. So its grading goes on,
# and nbgrader's generate_feedback refuses.
EARLIER = "steps of feedback, as in version 0.1.0"
_FEEDBACK_THEN = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# By their names, because `exchange` and `platforms` lie above this folder.
_OPTIONS = {
    "Judge": _JUDGE,
    "FeedbackOnSubmit": "nbjudge.exchange.policy.FeedbackOnSubmit",
    "LTITool": "nbjudge.platforms.tool.LTITool",
}


def differing(config: Config, root: Path) -> dict[str, list[str]]:
    """Return a sentence for each thing that is not as `configure` sets it, by what it is about.

    `mend(about)` says what to do.
    """
    coursedir = CourseDirectory(config=config, root=str(root))
    looks: dict[str, Callable[[], Iterable[str]]] = {
        "course folder": lambda: _elsewhere(config, root),
        "steps": lambda: _of_converters(config, coursedir, earlier=False),
        EARLIER: lambda: _of_converters(config, coursedir, earlier=True),
        "exchange classes": lambda: of_exchange(ExchangeFactory(config=config)),
        "students' text in pages": lambda: of_pages(HTMLExporter(config=config)),
        "options": lambda: _of_options(config),
    }
    return {about: _found(look) for about, look in looks.items()}


def mend(about: str) -> str:
    """Return what to do about what `differing` found."""
    return _MEND_LINE if about in ("course folder", "options") else MEND


def _of_converters(config: Config, coursedir: CourseDirectory, earlier: bool) -> Iterator[str]:
    """Yield what is not ours in those converters that are, or are not, as in version 0.1.0."""
    for name in CONVERTERS:
        converter = getattr(converters, name)(coursedir=coursedir, config=config)
        if _is_earlier(converter) is earlier:
            yield from of_converter(converter)


def _is_earlier(converter: Any) -> bool:
    return isinstance(converter, converters.GenerateFeedback) and (
        [_imported(step) for step in converter.preprocessors]
        == [import_item(step) for step in _FEEDBACK_THEN]
    )


def _found(look: Callable[[], Iterable[str]]) -> list[str]:
    try:
        return list(look())
    except (TraitError, ImportError, ValueError, RubricError) as error:
        # A value that nbgrader's classes refuse; or pages whose templates this Python does not find
        # (packages without their share/jupyter), which nbconvert says.
        return [f"{error}"]


def of_converter(converter: Any) -> list[str]:
    """Return what is not ours in a converter of nbgrader, as it is just now."""
    found: list[str] = []
    section = next(one for kind in type(converter).mro() if (one := kind.__name__) in CONVERTERS)
    for option, ours in _wired()[section].items():
        name, there = f"c.{section}.{option}", getattr(converter, option)
        if isinstance(ours, str):
            if (section, option) != _MAY_LACK and not issubclass(there, import_item(ours)):
                found.append(f"{name} is {there.__module__}.{there.__name__}, and not {ours}.")
        else:
            found += _of_steps(name, ours, _as_now(there, converter.config))
            found += _switched_off(ours, converter)
    return found


def takes_extensions(config: Config) -> bool:
    """Return whether nbgrader's Autograde has the step that heeds extensions, as 0.1.0 had not."""
    steps = map(_imported, converters.Autograde(config=config).autograde_preprocessors)
    return any(isinstance(one, type) and issubclass(one, import_item(_LATE)) for one in steps)


def _as_now(steps: list[Any], config: Config) -> list[Any]:
    """Return steps with ours in the place of nbgrader's for late work, where it does the same.

    A configuration of 0.1.0 names nbgrader's, which knows the rule "penalty" only.
    """
    if FeedbackOptions(config=config).after_deadline != "penalty":
        return steps
    return [_LATE if _imported(one) is AssignLatePenalties else one for one in steps]


def of_exchange(factory: ExchangeFactory) -> list[str]:
    """Return which of nbgrader's own exchange classes would be used."""
    return [
        f"c.ExchangeFactory.{name} is {there.__module__}.{there.__name__}, and not {ours}."
        for name, ours in _wired().ExchangeFactory.items()
        if not issubclass(there := getattr(factory, name), import_item(ours))
    ]


def of_pages(exporter: HTMLExporter) -> list[str]:
    """Return what would let a student's script into a page of the formgrader or of feedback."""
    wired = _wired().HTMLExporter
    found = [] if exporter.sanitize_html else ["c.HTMLExporter.sanitize_html is False."]
    for name, ours in wired.filters.items():
        if _imported(exporter.filters.get(name)) is not import_item(ours):
            found.append(f"c.HTMLExporter.filters has not {ours} for {name}.")
    if list(exporter.extra_template_basedirs[:1]) != wired.extra_template_basedirs[:1]:
        found.append("c.HTMLExporter.extra_template_basedirs has not our templates first.")
    return found


def _of_steps(name: str, ours: list[str], there: list[Any]) -> Iterator[str]:
    """Compare a list of steps with ours: each as often as there, in this order."""
    judge, may_lack = import_item(_JUDGE), import_item(MAY_LACK_STEP)
    kinds = [kind if isinstance(kind := _imported(one), type) else type(kind) for one in there]
    has_it = any(issubclass(kind, may_lack) for kind in kinds)
    wanted = [kind for step in ours if (kind := import_item(step)) is not may_lack or has_it]
    for kind in kinds:
        if issubclass(kind, ExecutePreprocessor) and not issubclass(kind, judge):
            yield f"{name} has {_title(kind)}, which runs notebooks without isolation."
    # A subclass of a step does what the step does, and more.
    found = [next((one for one in wanted if issubclass(kind, one)), None) for kind in kinds]
    in_order = [one for one in found if one is not None]
    if in_order != wanted:
        lacking, more = Counter(wanted) - Counter(in_order), Counter(in_order) - Counter(wanted)
        parts = [f"lacks {_title(step)}" for step in lacking]
        parts += [f"has {_title(step)} too often" for step in more]
        yield f"{name} {' and '.join(parts) or 'has our steps in another order'}."


def _switched_off(ours: Iterable[str], converter: Any) -> Iterator[str]:
    for step in dict.fromkeys(ours):
        kind = import_item(step)
        # A step of nbconvert's is off until its exporter switches it on.
        if kind().enabled and not kind(parent=converter).enabled:
            yield f"The step {_title(kind)} is switched off (c.{kind.__name__}.enabled)."


def _of_options(config: Config) -> Iterator[str]:
    """Look at the options that are ours; Jupyter ignores one whose name is not known.

    Raises TraitError where a value is not allowed, also one of the rule for late submissions, and
    `RubricError` where the time zone is none.
    """
    yield from _misspelt(config)
    AssignLatePenalties(config=config).plugin_class(config=config)
    CourseTime(config)
    for section, name in _OPTIONS.items():
        kind: type[Configurable] = import_item(name)
        kind(config=config)
        known = kind.class_trait_names(config=True)
        for option in config[section]:
            if option not in known:
                yield f"c.{section}.{option} is no option. There are: {', '.join(sorted(known))}."


def _misspelt(config: Config) -> Iterator[str]:
    """Yield a sentence for each section that is like one of ours: Jupyter ignores it."""
    # A course may have a class of its own that is named alike, such as Judge2 or MyJudge.
    classes = set(_names_below(Configurable))
    for section in set(config) - classes:
        near = get_close_matches(section, _OPTIONS, n=1, cutoff=0.8)
        if near and section not in _OPTIONS and abs(len(section) - len(near[0])) < 2:
            yield f"c.{section} is no section. Did you mean c.{near[0]}?"


def _names_below(kind: type[Any]) -> Iterator[str]:
    for one in kind.__subclasses__():
        yield one.__name__
        yield from _names_below(one)


def _elsewhere(config: Config, root: Path) -> Iterator[str]:
    named = config.CourseDirectory.get("root", "")
    if named and Path(root, named).resolve() != root.resolve():
        yield f"c.CourseDirectory.root is {named}, and this course is {root}."


def _wired() -> Config:
    wired = Config()
    configure(wired)
    return wired


def _imported(step: Any) -> Any:
    return import_item(step) if isinstance(step, str) else step


def _title(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"
