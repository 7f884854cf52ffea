"""`c.Judge` and `c.FeedbackOnSubmit` in nbgrader_config.py, for every command alike."""

from dataclasses import fields
from typing import Any

from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode
from traitlets.config import Configurable

from nbjudge.notebook.submission import NotGraded
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import Confinement


class JudgeOptions(Configurable):
    """The options of `c.Judge`, without the step that uses them.

    A class run and `nbjudge judge` read the options of this class. The step `autograde.Judge` is a
    subclass, so that there is one list of them.
    """

    engine = Enum(
        ["nbjudge", "plain"],
        "nbjudge",
        help="'plain': nbgrader's own Execute, without isolation; every result says so.",
    ).tag(config=True)
    unconfined = Bool(
        False,
        help="Grade even where a layer of the sandbox is missing; every result says so.",
    ).tag(config=True)
    beside = Bool(
        False,
        help="Run tests that cannot be decided apart in one process with the student's code, as "
        "plain nbgrader does; every result says so.",
    ).tag(config=True)
    limits = Dict(
        value_trait=Float(),
        help="What a submission may use, e.g. {'cell_seconds': 30, 'memory_mb': 2048}.",
    ).tag(config=True)
    packages = List(
        Unicode(),
        help="Modules that submissions may import besides the usual ones, e.g. ['einops'].",
    ).tag(config=True)
    landlock_abi = Integer(
        None, allow_none=True, help="Use no newer features of Landlock than this (for tests)."
    ).tag(config=True)

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections where options are looked for, `c.Judge` last, which wins."""
        return [*super().section_names(), "Judge"]

    def confinement(self) -> Confinement:
        """Return how student code is confined."""
        return Confinement(self.unconfined, self.landlock_abi, tuple(self.packages))

    def submission_limits(self) -> Limits:
        """Return the limits that the configuration sets.

        Raises `NotGraded` where a name is not known or a number is not above 0.
        """
        known = [one.name for one in fields(Limits)]
        wrong = [name for name, value in self.limits.items() if name not in known or value <= 0]
        if wrong:
            raise NotGraded(
                f"c.Judge.limits is wrong at {', '.join(map(repr, wrong))}. It holds "
                f"numbers above 0 for: {', '.join(known)}."
            )
        # The trait holds floats; a limit has the type of its default.
        chosen: dict[str, Any] = {
            name: type(getattr(Limits, name))(value) for name, value in self.limits.items()
        }
        return Limits(**chosen)


class FeedbackOptions(Configurable):
    """The options of `c.FeedbackOnSubmit`, without the rules that follow from them.

    Grading and pages heed some of them, too. `exchange.policy.FeedbackOnSubmit` is a subclass, so
    that there is one list of them.
    """

    before_deadline = Enum(
        ["nothing", "results", "messages"],
        "messages",
        help="What feedback shows before the deadline: a receipt only, each criterion met or not, "
        "or messages, too. Afterwards it shows messages.",
    ).tag(config=True)
    after_deadline = Enum(
        ["counts", "penalty", "shown"],
        "penalty",
        help="What becomes of an attempt after the deadline: it counts, it counts less nbgrader's "
        "late penalty, or it is only shown.",
    ).tag(config=True)
    attempts = Integer(0, min=0, help="How many attempts are graded; 0: any number.").tag(
        config=True
    )
    minimum_interval = Integer(
        0, min=0, help="Seconds between the gradings of two attempts before the deadline."
    ).tag(config=True)
    results_page = Unicode(
        "", help="The address of the results page, which feedback names; '' where there is none."
    ).tag(config=True)
    counts = Enum(["last", "best"], "last", help="Which graded attempt is the grade.").tag(
        config=True
    )

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections where options are looked for, `c.FeedbackOnSubmit` among them."""
        names = super().section_names()
        return names if "FeedbackOnSubmit" in names else [*names, "FeedbackOnSubmit"]
