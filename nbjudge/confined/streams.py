"""`sys.stdout` and `sys.stderr` of a student process: real text streams, whose bytes are recorded.

Libraries ask more of them than `write`: `buffer`, `encoding`, `fileno`, `reconfigure`. A
`TextIOWrapper` has all of that. What is written past it, to the descriptor that `fileno` names, is
lost: the descriptors 1 and 2 lead to /dev/null (`sandbox.close_descriptors`).
"""

import io
from collections.abc import Callable
from typing import Any

_DESCRIPTORS = {"stdout": 1, "stderr": 2}


class Stream(io.TextIOWrapper):
    """The stream `name`; `record` is called with each text that is written to it."""

    mode = "w"

    def __init__(self, name: str, record: Callable[[str], None]):
        # Written through: what a stream holds back would miss the end of its cell.
        super().__init__(
            _Bytes(name, record), encoding="utf-8", errors="replace", write_through=True
        )

    def detach(self) -> Any:
        """Return the buffer, and stay usable: `print` knows no other stream."""
        return self.buffer


class _Bytes(io.RawIOBase):
    def __init__(self, name: str, record: Callable[[str], None]):
        self.name = f"<{name}>"
        self._descriptor, self._record = _DESCRIPTORS[name], record

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._record(bytes(data).decode("utf-8", "replace"))
        return len(data)

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def close(self) -> None:
        # Not closed: later cells print to the same stream, as in a kernel.
        pass
