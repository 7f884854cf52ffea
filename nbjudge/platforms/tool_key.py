"""The key by which a platform of LTI 1.3 knows this tool; its private part never leaves here."""

import base64
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from nbjudge.course import RubricError

_LEAST_BITS = 2048  # of RSA, in the platforms' own rules


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
