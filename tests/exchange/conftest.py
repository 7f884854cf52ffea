"""An inbound folder that knows four accounts; this one is ada's."""

import os

import pytest

from nbjudge.exchange.inbox import Inbound


@pytest.fixture
def inbound(tmp_path):
    (tmp_path / "accounts").write_text(f"ada:{os.getuid()}\nbob:70002\neve:70003\nmallory:70003\n")
    (tmp_path / "inbound").mkdir()
    return Inbound(tmp_path / "inbound", "attention", str(tmp_path / "accounts"))
