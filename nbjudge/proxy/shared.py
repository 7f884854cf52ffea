"""Names that a test gives a value, and that the student's functions read: alike on both sides.

In one process, test and functions read the same names. Here each has its own, so before student
code runs, it is told what the test has changed:

    rate = 3
    assert f(2) == 6    ──>  SHARE rate = 3, then CALL f

A function or a class of the test's own does not travel: such a name stays what it was.
"""

from collections.abc import Callable, Iterable
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.wire import encode, travels

# Only these run what may read a name.
_RUNS_CODE = frozenset({messages.CALL, messages.CALL_ALL, messages.ATTRIBUTE, messages.SET})


class Shared:
    """Those of `names` that the test changes in its namespace `scope`, told by `ask`."""

    def __init__(self, scope: dict[str, Any], names: Iterable[str], ask: Callable[..., Any]):
        self._scope, self._names, self._ask = scope, list(names), ask
        self._told: dict[str, bytes] = {}
        self._told = self._now()

    def before(self, do: str) -> None:
        """Tell the student process what has changed, where the question `do` runs code there."""
        if not self._names or do not in _RUNS_CODE:
            return
        told, self._told = self._told, self._now()
        changed = [name for name in self._names if told.get(name) != self._told.get(name)]
        if changed:
            values = {name: self._scope[name] for name in changed if name in self._scope}
            self._ask(messages.SHARE, names=values, gone=[n for n in changed if n not in values])

    def _now(self) -> dict[str, bytes]:
        """Return the values of the names as bytes, because a test may change one in place."""
        there = {name: self._scope[name] for name in self._names if name in self._scope}
        now = {name: encode(value) for name, value in there.items() if travels(value)}
        return {name: one for name, one in self._told.items() if name in there} | now
