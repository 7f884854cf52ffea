"""Names of the notebook that a test has given another value, or taken away, for a while.

rate = 3            the student's functions read 3
del squares         and here they find no `squares`
squares(2)          to the test, a name stays what the notebook defined
"""

from collections.abc import Iterable, Mapping
from typing import Any

_NOTHING = object()  # what a name was that the notebook had not defined


class Shared:
    """Names of `namespace`, the notebook's, that a test shares."""

    def __init__(self, namespace: dict[str, Any]):
        self._namespace = namespace
        self._own: dict[str, Any] = {}  # what the notebook had for each of them

    def put(self, values: Mapping[str, Any], gone: Iterable[str]) -> None:
        """Give names a test's values, and take the names in `gone` away."""
        for name in (*values, *gone):
            before = self._namespace.pop(name, _NOTHING)
            self._own.setdefault(name, before)
        self._namespace.update(values)

    def own(self, name: str) -> Any:
        """Return what the notebook itself has for a name; raises `KeyError` where it has none."""
        found = self._own.get(name, _NOTHING)
        return self._namespace[name] if found is _NOTHING else found

    def take_back(self) -> None:
        """Let each name be again what the notebook had for it."""
        for name, value in self._own.items():
            self._namespace.pop(name, None)
            if value is not _NOTHING:
                self._namespace[name] = value
        self._own.clear()
