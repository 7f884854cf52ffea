"""Whether each test of the course can be used: tried on the solution and on the release."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nbjudge.authoring.ways import ways
from nbjudge.course import RubricError
from nbjudge.doctor.check import Check
from nbjudge.process.zygote import JudgeFault


def grading_checks(root: Path, assignments: list[str]) -> Iterator[Check]:
    """Yield a check for each assignment: how its cells are graded, and what is amiss."""
    for name in assignments:
        try:
            found = ways(root, name)
        except (JudgeFault, RubricError) as error:
            yield Check(f"tests: {name}", False, "not tried", str(error))
            continue
        counts = Counter(one.way for one in found)
        told = ", ".join(f"{number} {way}" for way, number in counts.items())
        amiss = [one.why for one in found if one.why]
        left = any(one.left for one in found)
        yield Check(
            f"tests: {name}", not amiss, told or "by plain nbgrader", "\n".join(amiss), left
        )
