"""Stand-ins of the exercise that runs: put in place, and put back; see `boundary.stand_ins`."""

from collections.abc import Callable
from typing import Any

from torch import nn

from nbjudge.boundary.stand_ins import put_into_module, put_into_namespace, submodule
from nbjudge.confined import asking


class Standing:
    """The stand-ins that are in place, the latest last; `namespace` is the notebook's."""

    def __init__(self, namespace: dict[str, Any]):
        self._namespace = namespace
        self._in_place: list[tuple[Any, Callable[[], None]]] = []
        self.line = asking.Line(namespace)

    def put(self, subject: Any, path: str, places: dict[str, list[Any]]) -> None:
        """Put stand-ins into the submodule of a module, or under names that `subject` uses."""
        line = self.line

        def answer(number: int, args: list[Any]) -> Any:
            return asking.call(line, number, args, {})

        if isinstance(subject, nn.Module):
            put_back = put_into_module(submodule(subject, path), places, answer)
        else:
            put_back = put_into_namespace(subject, places, answer, self._namespace)
        self._in_place.append((subject, put_back))

    @property
    def latest(self) -> Any:
        """The subject of the latest stand-ins."""
        return self._in_place[-1][0]

    def put_back(self) -> None:
        """End the latest stand-ins."""
        self._in_place.pop()[1]()

    def end(self) -> None:
        """End all stand-ins; those that student code has kept ask no more."""
        while self._in_place:
            self.put_back()
        self.line.close()
        self.line = asking.Line(self._namespace)
