"""Scores to the line items of a platform, by LTI 1.3's Assignment and Grade Services 2.0.

An access token for scores alone is got by a signed request (client credentials, RFC 7523), and used
until it ends. It goes to the one host that the settings name, and no redirect is followed.

Each try of a score is a new request with a later timestamp. A platform that took a try whose answer
was lost takes the next one, too, and has the same score. Were the first sent again as it was, the
platform would refuse it as one that is not later.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from nbjudge.course import RubricError
from nbjudge.platforms.answers import Answer, ask, persistently
from nbjudge.platforms.launches import SCORE_SCOPE
from nbjudge.platforms.tool import LTITool
from nbjudge.platforms.tool_key import public_jwk

_TYPE = "application/vnd.ims.lis.v1.score+json"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SIGNED = 300  # seconds for which a request of a token is good
_EARLIER = 30  # seconds before its end in which a token is not used any more


class LineItems:
    """Sends scores as one tool, with one private key, one after the other."""

    def __init__(self, tool: LTITool, key: RSAPrivateKey, session: requests.Session):
        self._tool, self._key, self._session = tool, key, session
        self._token, self._until = "", 0.0

    def post(self, line_item: str, score: Callable[[], Mapping[str, Any]]) -> Answer:
        """Send a score; `score` gives it anew for each try, each time with a later timestamp.

        Return the answer to the last try. Raises `RubricError` where the platform gives no token.
        """
        parts = urlsplit(line_item)
        # A query belongs behind the path that the specification adds.
        address = parts._replace(path=parts.path.rstrip("/") + "/scores").geturl()

        def send() -> Answer:
            body = json.dumps(score()).encode()
            return ask(self._session, address, body, {"Content-Type": _TYPE}, self._access())

        answer = persistently(send)
        if answer.status == 401:  # the platform has forgotten the token before its end
            self._token = ""
            answer = persistently(send)
        return answer

    def _access(self) -> str:
        if not self._token or time.monotonic() > self._until:
            self._token = self._new_token()
        return self._token

    def _new_token(self) -> str:
        signed = ""

        def try_it() -> Answer:
            nonlocal signed
            signed = self._signed()  # anew for each try: a platform may take a number once only
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION,
                "client_assertion": signed,
                "scope": SCORE_SCOPE,
            }
            return ask(self._session, self._tool.token_url, form, {}, hidden=signed)

        answer = persistently(try_it)
        with suppress(ValueError, TypeError, AttributeError, RecursionError):
            told = json.loads(answer.body) if answer.taken else {}
            token, seconds = told.get("access_token"), float(told.get("expires_in") or 60)
            if isinstance(token, str) and token.isascii() and token.isprintable() and token:
                self._until = time.monotonic() + max(0.0, seconds - _EARLIER)
                return token
        why = "its answer holds no token" if answer.taken else str(answer)
        raise RubricError(
            f"The platform gives no access token ({self._tool.token_url}): {why}. Look at "
            "c.LTITool, at whether the key of c.LTITool.key_file is registered there for this "
            "tool, and at this machine's clock."
        )

    def _signed(self) -> str:
        # Imported in this method: PyJWT is of the extra `hub`.
        import jwt

        now = int(time.time())
        claims = {
            "iss": self._tool.client_id,
            "sub": self._tool.client_id,
            "aud": self._tool.audience or self._tool.token_url,
            "iat": now,
            "exp": now + _SIGNED,
            "jti": uuid.uuid4().hex,
        }
        headers = {"kid": public_jwk(self._key)["kid"]}
        return jwt.encode(claims, self._key, algorithm="RS256", headers=headers)
