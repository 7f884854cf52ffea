"""Proxies of what a cell in a real student process defined."""

import pytest
from support.judging import (
    SMALL,
)

from nbjudge.judge.prefetch import Conversation
from nbjudge.process.budget import Budget
from nbjudge.process.session import Session
from nbjudge.proxy.objects import Objects


@pytest.fixture
def connect(zygote):
    """Return a function that runs a cell in a student process and gives its names' proxies."""
    sessions = []

    def connect(source, *names):
        session = Session(zygote, SMALL)
        sessions.append(session)
        ran = session.run("import torch, collections\nfrom torch import nn\n" + source)
        assert ran.breach is None
        conversation = Conversation(session, Budget(20))
        objects = Objects(conversation.ask)
        conversation.tell = objects.tell
        found = objects.bind(list(names))
        return found[names[0]] if len(names) == 1 else found

    yield connect
    for session in sessions:
        session.close()
