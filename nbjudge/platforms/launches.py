"""What a log-in by LTI 1.3 tells of the place of a score: kept at the hub, read for an export.

A platform starts the hub with a signed message, a launch. It names the line item, the column of the
platform's gradebook that belongs to the link which was clicked. Nothing else tells where a
student's score goes, so the hub keeps that much of each launch: a small file a student and
assignment, the newest in the place of an earlier one. No token is kept, and no name or address of a
person besides the hub's own name of the user.

The hub's part imports the standard library alone: a log-in does not wait for nbgrader.
"""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbjudge.course import RubricError

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
_SERVICE = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_LONGEST = 2000  # characters of one value
_LARGEST = 20_000  # bytes of a file
_OTHERS = stat.S_IRWXO


@dataclass(frozen=True)
class Launch:
    """Where the score of a student in an assignment goes; every value is the platform's own.

    `user` is the platform's id of the student, `line_item` an address, `may_score` whether the
    platform lets this tool send scores there. `student` is the hub's name of the user, which is
    nbgrader's student id.
    """

    student: str
    assignment: str
    issuer: str
    client: str
    user: str
    line_item: str
    may_score: bool


def keep_launches(folder: str | os.PathLike) -> Callable[[Any, Any, Any], Any]:
    """Return a hook for `c.Authenticator.post_auth_hook` that keeps each launch in `folder`.

    The folder has to be there. Its files get its group where it has the setgid bit: the grader
    reads them, and students cannot. A log-in never fails because of it; the hub's log says what
    was not kept.
    """

    def hook(authenticator: Any, handler: Any, model: Any) -> Any:
        # All of it: whatever is wrong here is no reason to turn a student away.
        try:
            launch = _of(model["name"], model.get("auth_state") or {})
            if launch is not None:
                _write(Path(folder), launch)
        except Exception as error:
            authenticator.log.warning(
                "A launch of LTI is not kept: %s: %s", type(error).__name__, error
            )
        return model

    return hook


def _of(student: str, token: Mapping[str, Any]) -> Launch | None:
    """Return what a verified id token says; None where the link has no line item of its own."""
    service = token.get(_SERVICE)
    if not service or not service.get("lineitem"):
        return None
    audience = token["aud"]
    launch = Launch(
        student=student,
        # A link's parameter, which the teacher sets; else what the link is called.
        assignment=(token.get(f"{_CLAIM}/custom") or {}).get("assignment")
        or token[f"{_CLAIM}/resource_link"]["title"],
        issuer=token["iss"],
        client=audience if isinstance(audience, str) else token.get("azp") or audience[0],
        user=token["sub"],
        line_item=service["lineitem"],
        may_score=SCORE_SCOPE in service.get("scope", ()),
    )
    return _checked(launch)


def _checked(launch: Launch) -> Launch:
    """Return the launch; raises `ValueError` for a value that is no text or is too long."""
    for name, value in vars(launch).items():
        if name == "may_score":
            sound = isinstance(value, bool)
        else:
            sound = isinstance(value, str) and 0 < len(value) <= _LONGEST
        if not sound:
            raise ValueError(f"'{name}' is not as expected")
    return launch


def _write(folder: Path, launch: Launch) -> None:
    """Write a launch whole, or not at all."""
    # A digest: a user's name, or a link's title, is never a part of a path.
    key = json.dumps([launch.student, _alike(launch.assignment)])
    name = f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"
    handle, new = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, 0o640)  # whatever the hub's umask is
            json.dump(asdict(launch), file)
        os.replace(new, folder / name)
    except BaseException:
        os.unlink(new)
        raise


class Launches:
    """What is kept in a folder; `damaged` has the files that cannot be read as a launch.

    Raises `RubricError` where the folder is not there, or where others may enter it: what stands in
    it decides where scores are sent.
    """

    def __init__(self, folder: Path):
        if not folder.is_dir():
            raise RubricError(
                f"{folder} is not there. The hub keeps launches in it: set c.LTITool.launches in "
                "nbgrader_config.py, and c.Authenticator.post_auth_hook in the hub's configuration."
            )
        if folder.stat().st_mode & _OTHERS:
            raise RubricError(
                f"{folder} is open to every account of the machine, and what stands in it decides "
                f"where scores are sent. Close it: chmod o= {folder}"
            )
        self.damaged: list[Path] = []
        self._all = list(self._read(folder))

    def of(self, assignment: str) -> dict[str, Launch]:
        """Return the launches of an assignment, by student."""
        wanted = _alike(assignment)
        return {one.student: one for one in self._all if _alike(one.assignment) == wanted}

    def assignments(self) -> list[str]:
        """Return the assignments' names in all launches."""
        return sorted({one.assignment for one in self._all})

    def _read(self, folder: Path) -> Iterator[Launch]:
        for file in sorted(folder.glob("*.json")):
            try:
                with file.open("rb") as opened:
                    yield _checked(Launch(**json.loads(opened.read(_LARGEST))))
            except (ValueError, TypeError):
                self.damaged.append(file)


def _alike(title: str) -> str:
    return " ".join(title.casefold().split())
