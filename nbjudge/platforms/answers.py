"""One request to a platform, and its answer: bounded in size and time, no redirect followed."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

from nbjudge.platforms.archive import shown

_TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds between tries; the platform may ask for others
_CONNECT, _READ = 10.0, 30.0  # seconds
_MOST = 65_536  # bytes of an answer
_WORDS = 300  # characters of an answer that are shown
_BUSY = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Answer:
    """What a platform answered: a status of HTTP, 0 where none came, and its words in one line.

    `after` is how many seconds it asks to wait.
    """

    status: int
    words: str = ""
    after: float | None = None
    body: bytes = b""

    @property
    def taken(self) -> bool:
        """Whether it did what was asked."""
        return 200 <= self.status < 300

    @property
    def failing(self) -> bool:
        """Whether the trouble is the platform's or the token's, and so everybody's."""
        return self.status in (0, 401, *_BUSY)

    def __str__(self) -> str:
        """Return it as a clause."""
        if 300 <= self.status < 400:
            return f"it answered {self.status}, a redirect, and none is followed"
        told = f"it answered {self.status}" if self.status else "no answer came"
        return f"{told}: {self.words}" if self.words else told


def ask(
    session: requests.Session,
    address: str,
    body: Any,
    headers: dict[str, str],
    token: str = "",
    hidden: str = "",
) -> Answer:
    """Send a request, once; an answer's words never show `token` or `hidden`."""
    try:
        response = session.post(
            address,
            data=body,
            headers={"Accept-Encoding": "identity", **headers},
            auth=_Bearer(token),
            timeout=(_CONNECT, _READ),
            allow_redirects=False,
            stream=True,
        )
    except requests.RequestException as error:
        return Answer(0, _no_answer(error))
    found = _body(response)
    words = "" if response.ok else _words(found, token, hidden)
    return Answer(response.status_code, words, _after(response), found)


def persistently(send: Callable[[], Answer]) -> Answer:
    """Return the answer to the first try that the platform is not too busy for, or to the last."""
    again = Retrying(
        retry=retry_if_result(lambda one: one.status == 0 or one.status in _BUSY),
        wait=_wait,
        stop=stop_after_attempt(_TRIES),
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    return again(send)


class _Bearer(requests.auth.AuthBase):
    """The token of a request, or none: without it a `.netrc` of the account would be used."""

    def __init__(self, token: str):
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _wait(state: RetryCallState) -> float:
    answer: Answer = state.outcome.result()  # type: ignore[union-attr]
    own = _FIRST_WAIT * 2 ** (state.attempt_number - 1)
    return min(own if answer.after is None else max(own, answer.after), _LONGEST_WAIT)


def _after(response: requests.Response) -> float | None:
    """Return the seconds of a header `Retry-After`, which may hold a date."""
    asked = response.headers.get("Retry-After")
    with suppress(urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return urllib3.Retry().parse_retry_after(asked) if asked else None
    return None


def _body(response: requests.Response) -> bytes:
    """Return what is read of an answer: a part of one that is large, slow or broken."""
    found, end = b"", time.monotonic() + _READ
    with suppress(urllib3.exceptions.HTTPError, OSError, ValueError), response:
        while len(found) < _MOST and time.monotonic() < end:
            more = response.raw.read1(_MOST - len(found), decode_content=False)
            if not more:
                break
            found += more
    return found


def _words(body: bytes, *secrets: str) -> str:
    """Return an answer's own words on an error in one line; nothing of a page for a browser."""
    text = body.decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        told = json.loads(text)
        if isinstance(told, dict):
            keys = ("error", "error_description", "message", "reason", "title", "detail")
            text = ": ".join(told[key] for key in keys if isinstance(told.get(key), str)) or text
    for secret in filter(None, secrets):  # some answer with what they were asked
        text = text.replace(secret, "…")
    return "" if text.lstrip().startswith("<") else shown(text)[:_WORDS].strip(" .")


def _no_answer(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid for this machine"
    if isinstance(error, requests.Timeout):
        return "it took too long"
    if isinstance(error, requests.ConnectionError):
        return "it cannot be reached, or broke the connection off"
    return type(error).__name__
