"""`c.LTITool` in nbgrader_config.py: as which tool of LTI 1.3 a platform knows the course's hub."""

import base64
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from traitlets import Unicode
from traitlets.config import Configurable

from nbjudge.course import RubricError

_HERE = ("localhost", "127.0.0.1", "::1")
_NEEDED = ("issuer", "client_id", "token_url", "key_file", "launches")
_LEAST_BITS = 2048  # of RSA, in the platforms' own rules


class LTITool(Configurable):
    """What a platform gave when the tool was registered there, and where our own parts lie."""

    issuer = Unicode("", help="The platform's own name, the hub's LTI13Authenticator.issuer.").tag(
        config=True
    )
    client_id = Unicode("", help="The id that the platform gave to the tool.").tag(config=True)
    token_url = Unicode("", help="Where the platform gives access tokens.").tag(config=True)
    audience = Unicode(
        "", help="For whom requests of a token are signed; '' where that is token_url."
    ).tag(config=True)
    scores_host = Unicode(
        "", help="The host, with a port where it has one, that takes scores; '': token_url's."
    ).tag(config=True)
    key_file = Unicode("", help="The private key, made by 'nbjudge lti-key'.").tag(config=True)
    launches = Unicode("", help="The folder in which the hub keeps launches.").tag(config=True)

    def check(self) -> None:
        """Raise `RubricError` where a setting is missing, or an address is not safe."""
        missing = [name for name in _NEEDED if not getattr(self, name)]
        if missing:
            raise RubricError(
                f"nbgrader_config.py does not set {', '.join(f'c.LTITool.{n}' for n in missing)}. "
                "docs/lms.md says what they mean."
            )
        if why := unsafe(self.token_url):
            raise RubricError(f"c.LTITool.token_url is '{self.token_url}', and {why}.")

    @property
    def host(self) -> str:
        """The one host that a score, and so an access token, is ever sent to."""
        return (self.scores_host or urlsplit(self.token_url).netloc).casefold()


def unsafe(address: str) -> str:
    """Return why no token is sent to an address, a clause; an empty text where nothing is wrong."""
    # Programs differ in what they make of a blank, a backslash or a letter beyond ASCII.
    if not address.isascii() or not address.isprintable() or set(address) & set(' \\"<>'):
        return "it holds characters that no address has"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "it is no address"
    if parts.username is not None or parts.fragment or not host:
        return "it is not the address of a service"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        return "it does not begin with https://"
    return ""


def private_key(file: Path) -> RSAPrivateKey:
    """Return the key in a file; raises `RubricError` where it is none, or is open to others."""
    with file.open("rb") as opened:
        if os.fstat(opened.fileno()).st_mode & stat.S_IRWXO:
            raise RubricError(
                f"{file} is open to every account of the machine. Whoever has read it can write "
                "grades in this tool's name: close it (chmod o=), and make a new one where others "
                "use the machine."
            )
        text = opened.read(100_000)
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RubricError(
            f"{file} holds no private key in PEM form without a password. 'nbjudge lti-key FILE' "
            "makes one."
        ) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < _LEAST_BITS:
        raise RubricError(f"{file} holds no RSA key of {_LEAST_BITS} bits or more.")
    return key


def new_key(file: Path) -> None:
    """Write a new private key; raises `FileExistsError` where the file is there."""
    pem = generate_private_key(public_exponent=65537, key_size=_LEAST_BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Closed from the first moment on.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(pem)


def public_pem(key: RSAPrivateKey) -> str:
    """Return the public part as PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def public_jwk(key: RSAPrivateKey) -> dict[str, Any]:
    """Return the public part as a JSON Web Key; its id is the key's thumbprint (RFC 7638)."""
    # Imported in this function: PyJWT is of the extra `hub`.
    from jwt.algorithms import RSAAlgorithm

    made = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    needed = {name: made[name] for name in ("e", "kty", "n")}
    known = hashlib.sha256(json.dumps(needed, separators=(",", ":")).encode()).digest()
    thumbprint = base64.urlsafe_b64encode(known).rstrip(b"=").decode()
    return {**needed, "alg": "RS256", "use": "sig", "kid": thumbprint}
