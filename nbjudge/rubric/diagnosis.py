"""What the behaviour of a wrong solution says, for its author and for who reads about a class."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor

_DECIMALS = 2  # of an answer; what is further behind may come from the machine


@dataclass(frozen=True)
class Diagnosis:
    """Which misconception a solution behaves like, and what it does.

        misconception  the sentence of the bank; empty where none fits, or several do
        situation      where it does so; empty where it does so everywhere
        behaviour      a digest of its answers to the bank's calls: solutions that behave alike have
                       the same one; empty where nothing was asked

    As a text it is what its author is told.
    """

    misconception: str = ""
    situation: str = ""
    behaviour: str = ""

    def __str__(self) -> str:
        return f"{self.situation}: {self.misconception}" if self.situation else self.misconception


def behaviour(answers: Iterable[tuple[object, Tensor]]) -> str:
    """Return a digest of answers: of each the form, and its values, which are rounded.

    Answers that differ by the last bits of a float have the same digest, unless one of them lies
    where rounding turns; then two groups are shown for one.
    """
    digest = hashlib.sha256()
    for form, values in answers:
        rounded = values.double().round(decimals=_DECIMALS) + 0.0  # -0.0 becomes 0.0
        digest.update(repr(form).encode())
        digest.update(rounded.numpy().tobytes())
    return digest.hexdigest()[:16]
