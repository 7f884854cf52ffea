"""A log-in by LTI, through the hub's real authenticator: what is kept of it, and what never is."""

import asyncio
import json
import logging
import os
import stat
from types import SimpleNamespace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from ltiauthenticator.lti13.auth import LTI13Authenticator
from ltiauthenticator.lti13.validator import LTI13LaunchValidator
from support.platforms.lti import CLAIM, CLIENT, SERVICE

from nbjudge.course import RubricError
from nbjudge.platforms.launches import Launch, Launches, keep_launches
from nbjudge.platforms.tool_key import public_jwk


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "launches"
    made.mkdir(mode=0o750)
    return made


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING)
    return caplog


def log_in(folder, claims):
    """Return what JupyterHub has of a log-in when its authenticator has done all it does."""
    login = LTI13Authenticator(
        username_key="custom_username", allow_all=True, post_auth_hook=keep_launches(folder)
    )
    return asyncio.run(login.get_authenticated_user(None, claims))


def test_a_signed_launch_is_kept_without_token_name_or_address(platform, folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = public_jwk(key)
    platform.jwks = {"keys": [public]}
    signed = jwt.encode(platform.id_token("u-1", "ada"), key, "RS256", {"kid": public["kid"]})
    validator = LTI13LaunchValidator()
    claims = validator.verify_and_decode_jwt(
        signed, platform.issuer, {CLIENT}, f"{platform.issuer}/jwks", ["RS256"]
    )
    validator.validate_id_token(claims)
    assert log_in(folder, claims)["name"] == "ada"
    (file,) = folder.iterdir()
    assert json.loads(file.read_text()) == {
        "student": "ada", "assignment": "attention", "issuer": platform.issuer, "client": CLIENT,
        "user": "u-1", "line_item": platform.line_item(), "may_score": True,
    }  # fmt: skip


def test_files_are_for_hub_and_grader_alone_whatever_the_umask(platform, folder):
    before = os.umask(0)
    try:
        log_in(folder, platform.id_token("u-1", "ada"))
    finally:
        os.umask(before)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_the_newest_launch_of_a_student_and_assignment_counts(platform, folder):
    for user, name, item in (("u-1", "ada", 5), ("u-2", "bob", 5), ("u-1", "ada", 6)):
        endpoint = {"lineitem": platform.line_item(item), "scope": []}
        log_in(folder, platform.id_token(user, name, **{SERVICE: endpoint}))
    found = Launches(folder).of("Attention")
    assert {name: one.line_item for name, one in found.items()} == {
        "ada": platform.line_item(6), "bob": platform.line_item(5)}  # fmt: skip
    assert not found["ada"].may_score


def test_a_link_without_a_parameter_is_known_by_its_title(platform, folder):
    log_in(folder, platform.id_token("u-1", "ada", **{f"{CLAIM}/custom": {"username": "ada"}}))
    launches = Launches(folder)
    assert set(launches.of("week 3:  attention")) == {"ada"}
    assert launches.assignments() == ["Week 3: Attention"]


@pytest.mark.parametrize("service", [None, {}, {"lineitems": "https://x.example/items"}])
def test_a_link_without_a_line_item_keeps_nothing(platform, folder, warnings, service):
    assert log_in(folder, platform.id_token("u-1", "ada", **{SERVICE: service}))["name"] == "ada"
    assert not list(folder.iterdir())
    assert not warnings.records


@pytest.mark.parametrize(
    "wrong",
    [
        {SERVICE: "no object"},
        {SERVICE: {"lineitem": {"a": "b"}}},
        {SERVICE: {"lineitem": "https://x.example/" + "a" * 5000}},
        {SERVICE: {"lineitem": "https://x.example/", "scope": 7}},
        {f"{CLAIM}/custom": {"username": "ada"}, f"{CLAIM}/resource_link": {"id": "1"}},
        {f"{CLAIM}/custom": {"username": "ada", "assignment": ["attention"]}},
        {"aud": []},
    ],
)
def test_a_strange_launch_is_not_kept_and_stops_no_log_in(platform, folder, warnings, wrong):
    assert log_in(folder, platform.id_token("u-1", "ada", **wrong))["name"] == "ada"
    assert not list(folder.iterdir())
    assert "A launch of LTI is not kept" in warnings.text


def test_a_folder_that_is_missing_or_full_stops_no_log_in(platform, folder, warnings, monkeypatch):
    assert log_in(folder / "missing", platform.id_token("u-1", "ada"))["name"] == "ada"
    assert "No such file" in warnings.text

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert log_in(folder, platform.id_token("u-1", "ada"))["name"] == "ada"
    assert "No space left" in warnings.text
    assert not list(folder.iterdir())


def test_a_log_in_of_another_kind_keeps_nothing(folder, warnings):
    hook, model = keep_launches(folder), {"name": "ada", "auth_state": None}
    assert hook(SimpleNamespace(log=logging.getLogger()), None, model) is model
    assert not list(folder.iterdir())
    assert not warnings.records


@pytest.mark.parametrize("name", ["../../etc/cron", "a/b", ".", "x" * 300, "ad\0a", "ä\n"])
def test_a_name_is_never_a_part_of_a_path(platform, folder, name):
    model = {"name": name, "auth_state": platform.id_token("u-1", "ada")}
    keep_launches(folder)(SimpleNamespace(log=logging.getLogger()), None, model)
    (file,) = folder.parent.rglob("*.json")
    assert file.parent == folder
    assert set(Launches(folder).of("attention")) == {name}


def test_a_damaged_file_is_named_and_hides_no_other(platform, folder):
    log_in(folder, platform.id_token("u-1", "ada"))
    for name, text in (("a", "{"), ("b", "[]"), ("c", '{"student": 3}'), ("d", "\0" * 10)):
        (folder / f"{name}.json").write_text(text)
    (folder / "e.json").write_bytes(b"\xff")
    launches = Launches(folder)
    assert [one.stem for one in launches.damaged] == ["a", "b", "c", "d", "e"]
    (found,) = launches.of("attention").values()
    assert isinstance(found, Launch)


def test_a_folder_that_is_open_to_others_is_refused(folder):
    for mode in (0o751, 0o754, 0o752):
        folder.chmod(mode)
        with pytest.raises(RubricError, match="open to every account"):
            Launches(folder)
    with pytest.raises(RubricError, match=r"post_auth_hook"):
        Launches(folder / "missing")
