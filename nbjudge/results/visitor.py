"""Who asks for a page, and whose results that person may see."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Visitor:
    """A person, by the name that is also the name of a student's folder.

    `instructs` says that the person may see the results of all.
    """

    name: str
    instructs: bool = False

    def may_see(self, student: str) -> bool:
        """Return whether this person may see the results of a student."""
        return self.instructs or self.name == student
