"""An inbound folder that knows four accounts, and an exchange; this account is ada's."""

import os
import shutil

import pytest
from support.exchange import Exchange

from nbjudge.exchange.inbox import Inbound


@pytest.fixture
def inbound(tmp_path):
    (tmp_path / "accounts").write_text(f"ada:{os.getuid()}\nbob:70002\neve:70003\nmallory:70003\n")
    (tmp_path / "inbound").mkdir()
    return Inbound(tmp_path / "inbound", "attention", str(tmp_path / "accounts"))


@pytest.fixture(scope="module")
def released(built, tmp_path_factory):
    """A course whose assignment is released; each test gets a copy of it."""
    return Exchange(built, tmp_path_factory.mktemp("exchange"))


@pytest.fixture
def exchange(released, monkeypatch):
    monkeypatch.setenv("NBJUDGE_SEED", "0")  # as the commands of these tests
    kept = {}
    for name in ("nbgrader_config.py", "gradebook.db"):
        kept[name] = (released.course / name).read_bytes()
    yield released
    for name, content in kept.items():
        (released.course / name).write_bytes(content)
    for folder in ("attempts", "submitted", "autograded", "feedback"):
        shutil.rmtree(released.course / folder, ignore_errors=True)
    for folder in (released.inbound, released.feedback):
        for path in folder.iterdir() if folder.exists() else ():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    shutil.rmtree(released.home / "cache", ignore_errors=True)
