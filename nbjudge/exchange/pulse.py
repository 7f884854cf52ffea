"""What the watch of an assignment is doing now, for who asks from another process.

The file `attempts/<assignment>/.pulse` is written at each look. So it tells that a watch is alive,
whose attempts it judges, and which arrivals it refuses. It decides nothing: the state that a watch
goes on from is in each `attempt.json`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

_NAME = ".pulse"
# A look takes longer than a second where many results come at once.
_ALIVE_SECONDS = 30.0


@dataclass(frozen=True)
class Pulse:
    """What a watch was doing when it last looked.

    looked    when that was, in seconds of the epoch; 0 where no watch has ever run
    judging   the number of the attempt that is being judged, by student
    aside     why a folder in the exchange is not taken, by its name
    """

    looked: float = 0.0
    judging: Mapping[str, int] = field(default_factory=dict)
    aside: Mapping[str, str] = field(default_factory=dict)

    def alive(self, now: float) -> bool:
        """Return whether the watch still runs at the time `now`, as far as one can tell."""
        return now - self.looked < _ALIVE_SECONDS


def beat(folder: Path, judging: Mapping[str, int], aside: Mapping[str, str]) -> None:
    """Write what the watch of the attempts in `folder` is doing now."""
    new = folder / f"{_NAME}.new"
    new.write_text(json.dumps(asdict(Pulse(time.time(), judging, aside))), encoding="utf-8")
    new.replace(folder / _NAME)


def pulse_of(folder: Path) -> Pulse:
    """Return what the watch of the attempts in `folder` wrote last."""
    try:
        return Pulse(**json.loads((folder / _NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Pulse()
