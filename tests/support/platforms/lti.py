"""A small platform with LTI 1.3's Assignment and Grade Services, which holds the rules strictly.

The rules are those of the specifications (1EdTech Security Framework 1.0, AGS 2.0): a request of a
token is signed by the registered key, is for this address, is new, and ends soon; a score has a
timestamp later than the last one, and points with a maximum or neither. It can be told to fail.
"""

import json
import logging
import re
import socket
import threading
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import jwt

from nbjudge.platforms.launches import keep_launches

CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
SERVICE = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope"
CLIENT, DEPLOYMENT = "tool-17", "deployment-1"
_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}(Z|[+-]\d\d:\d\d)"
_ACTIVITY = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
_GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}


class Refused(Exception):
    """What a request is answered with instead."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Platform:
    """Answers until it is closed; `faults` holds what it does with the next requests instead.

    A fault is a function of the handler; it may do its part and return True, to go on as usual.
    """

    def __init__(self, jwk=None):
        self.jwk = jwk  # the tool's public key, as it was registered
        self.seconds = 3600  # for which a token is good
        self.tokens, self.numbers = {}, set()
        self.scores = defaultdict(list)  # what was taken, by line item and user
        self.requests = []  # path and headers of each, the token's aside
        self.token_requests = 0
        self.token_faults, self.faults = [], []
        self.jwks = {"keys": []}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # the other end may break off
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.issuer = f"http://{self.host}"
        self.token_url = f"{self.issuer}/token"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def line_item(self, number=5, query="?type_id=2"):
        return f"{self.issuer}/mod/lti/{number}/lineitem{query}"

    def last(self, user, item=None):
        """Return what the platform has of a user: the last score that it took."""
        return self.scores[item or self.line_item(), user][-1]

    def id_token(self, user, name, **more):
        """Return the claims of a launch; see the specification's example, here shortened."""
        now = int(time.time())
        return {
            "iss": self.issuer, "aud": CLIENT, "sub": user, "iat": now, "exp": now + 300,
            "nonce": uuid.uuid4().hex, "name": "Ada Lovelace", "email": "ada@example.edu",
            f"{CLAIM}/version": "1.3.0",
            f"{CLAIM}/message_type": "LtiResourceLinkRequest",
            f"{CLAIM}/deployment_id": DEPLOYMENT,
            f"{CLAIM}/target_link_uri": "https://hub.example.edu/hub",
            f"{CLAIM}/roles": [
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            f"{CLAIM}/resource_link": {"id": "link-1", "title": "Week 3: Attention"},
            f"{CLAIM}/custom": {"username": name, "assignment": "attention"},
            SERVICE: {
                "scope": [f"{SCOPE}/score", f"{SCOPE}/lineitem.readonly"],
                "lineitems": f"{self.issuer}/mod/lti/lineitems",
                "lineitem": self.line_item(),
            },
            **more,
        }  # fmt: skip

    def token(self, form):
        """Return an access token for a signed request; raises `Refused`."""
        self.token_requests += 1
        if form.get("grant_type") != "client_credentials":
            raise Refused(400, "unsupported_grant_type")
        if form.get("scope") != f"{SCOPE}/score":
            raise Refused(400, "invalid_scope")
        signed = form.get("client_assertion", "")
        if jwt.get_unverified_header(signed).get("kid") != self.jwk["kid"]:
            raise Refused(400, "invalid_client: no such key")
        try:
            claims = jwt.decode(
                signed,
                jwt.PyJWK.from_dict(self.jwk).key,
                algorithms=["RS256"],
                audience=self.token_url,
                issuer=CLIENT,
                options={"require": ["exp", "iat", "jti", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise Refused(400, f"invalid_client: {error}") from error
        if claims["sub"] != CLIENT or claims["exp"] > time.time() + 3600:
            raise Refused(400, "invalid_client: sub or exp")
        if claims["jti"] in self.numbers:
            raise Refused(400, "invalid_client: jti was used")
        self.numbers.add(claims["jti"])
        token = uuid.uuid4().hex
        self.tokens[token] = time.time() + self.seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.seconds}

    def take(self, target, headers, body):
        """Take a score; raises `Refused`."""
        kind, _, token = headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or self.tokens.get(token, 0) < time.time():
            raise Refused(401, "the token is not known")
        if headers["Content-Type"] != "application/vnd.ims.lis.v1.score+json":
            raise Refused(415, "not the type of a score")
        parts = urlsplit(target)
        if not parts.path.endswith("/lineitem/scores"):
            raise Refused(404, "no such service")
        item = parts._replace(path=parts.path.removesuffix("/scores")).geturl()
        score = json.loads(body)
        points = [score[name] for name in ("scoreGiven", "scoreMaximum") if name in score]
        sound = (
            isinstance(score.get("userId"), str)
            and re.fullmatch(_STAMP, score.get("timestamp", ""))
            and score.get("activityProgress") in _ACTIVITY
            and score.get("gradingProgress") in _GRADING
            and (not points or (len(points) == 2 and points[0] >= 0 and points[1] > 0))
        )
        if not sound:
            raise Refused(400, "no score of the specification")
        known = self.scores[self.issuer + item, score["userId"]]
        when = datetime.fromisoformat(score["timestamp"])
        if known and datetime.fromisoformat(known[-1]["timestamp"]) >= when:
            raise Refused(409, "a later score is there")
        if when.astimezone(UTC).timestamp() > time.time() + 60:
            raise Refused(400, "a time to come")
        known.append(score)

    def _handler(platform):  # noqa: N805  (the handler has a self of its own)
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.answer(200, json.dumps(platform.jwks))

            def do_POST(self):
                self.body = self.rfile.read(int(self.headers["Content-Length"]))
                asks = self.path == "/token"
                if not asks:
                    platform.requests.append((self.path, dict(self.headers)))
                faults = platform.token_faults if asks else platform.faults
                if faults and not faults.pop(0)(self):
                    return
                try:
                    if asks:
                        form = {k: v[0] for k, v in parse_qs(self.body.decode()).items()}
                        self.answer(200, json.dumps(platform.token(form)))
                    else:
                        platform.take(self.path, self.headers, self.body)
                        self.answer(204)
                except Refused as refused:
                    self.answer(refused.status, json.dumps({"error": str(refused)}))

            def answer(self, status, text="", **headers):
                data = text if isinstance(text, bytes) else text.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler


def settings(platform, launches):
    """Return what a course says of its tool, with a key in `lti.pem`."""
    return f"""
c.LTITool.issuer = "{platform.issuer}"
c.LTITool.client_id = "{CLIENT}"
c.LTITool.token_url = "{platform.token_url}"
c.LTITool.key_file = "lti.pem"
c.LTITool.launches = "{launches}"
"""


def launch(folder, platform, name, **more):
    """Let a student open the assignment from the platform, as far as the hub's hook sees it."""
    model = {"name": name, "auth_state": platform.id_token(f"u-{name}", name, **more)}
    keep_launches(folder)(SimpleNamespace(log=logging.getLogger()), None, model)


def answers(status, text="", **headers):
    """Return a fault: this answer."""
    return lambda handler: handler.answer(status, text, **headers)


def drops(handler):
    """Break the connection off."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def hangs(seconds):
    """Return a fault: no answer for so long."""

    def fault(handler):
        time.sleep(seconds)
        drops(handler)

    return fault


def forgets(platform):
    """Return a fault: the platform does not know its tokens any more."""

    def fault(handler):
        platform.tokens.clear()
        return True

    return fault


def takes_and_drops(platform):
    """Return a fault: the score is taken, and its answer is lost."""

    def fault(handler):
        platform.take(handler.path, handler.headers, handler.body)
        drops(handler)

    return fault
