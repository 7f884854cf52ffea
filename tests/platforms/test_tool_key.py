"""The tool's key: nothing that others can read, and no public part but its own."""

import json
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from support.course import nbjudge

from nbjudge.course import RubricError
from nbjudge.platforms.tool_key import private_key, public_jwk


def test_a_key_is_made_once_and_only_its_public_part_is_shown(tmp_path):
    file = tmp_path / "lti.pem"
    first = nbjudge("lti-key", "lti.pem", cwd=tmp_path).stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.startswith("Written: lti.pem")
    assert first.partition("\n")[2] == nbjudge("lti-key", "lti.pem", cwd=tmp_path).stdout
    assert "PRIVATE" not in first
    shown = json.loads(first[first.index("{") :])
    assert shown == public_jwk(private_key(file))
    assert set(shown) == {"kty", "n", "e", "alg", "use", "kid"}
    pem = first[first.index("-----BEGIN") : first.index("The same")].strip().encode()
    numbers = serialization.load_pem_public_key(pem).public_numbers()
    assert numbers == private_key(file).public_key().public_numbers()


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    nbjudge("lti-key", "lti.pem", cwd=tmp_path)
    (tmp_path / "lti.pem").chmod(mode)
    done = nbjudge("lti-key", "lti.pem", cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "lti.pem is open to every account of the machine" in done.stderr


def pem(key, password=None):
    kind = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kind)


def test_what_is_no_rsa_key_of_enough_bits_is_refused(tmp_path):
    file = tmp_path / "key"
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    for content in (b"", b"\xff" * 100, pem(small), pem(ec.generate_private_key(ec.SECP256R1())),
                    pem(small, b"password")):  # fmt: skip
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(RubricError, match="holds no"):
            private_key(file)
