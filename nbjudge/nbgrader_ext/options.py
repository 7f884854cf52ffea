"""`c.Judge` in nbgrader_config.py: how submissions are judged, for every command alike."""

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
