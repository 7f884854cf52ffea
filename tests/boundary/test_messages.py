"""The protocol as it is written down is the one that both ends speak."""

import socket

import pytest
import torch
from support.judging import SMALL

from nbjudge.boundary import messages, wire
from nbjudge.boundary.bounds import DEFAULT, WireError
from nbjudge.boundary.channel import Channel
from nbjudge.boundary.references import Reference
from nbjudge.boundary.wire import PREFIX, VERSION, decode, encode
from nbjudge.confined.calls import Calls
from nbjudge.judge.prefetch import Conversation
from nbjudge.process.budget import Budget
from nbjudge.process.session import Session


def test_every_question_but_run_has_an_action():
    assert {*Calls({}).actions, messages.RUN} == set(messages.QUESTIONS)


def test_no_verb_stands_for_two_messages():
    verbs = [messages.FORK, messages.END, messages.PROVE, messages.TWIN, *messages.QUESTIONS]
    assert len(set(verbs)) == len(verbs)


def keys(kind):
    return kind.__required_keys__, kind.__required_keys__ | kind.__optional_keys__


def fits(answer, kind):
    required, allowed = keys(kind)
    return required <= set(answer) <= allowed


def test_a_student_process_answers_as_it_is_written(zygote):
    source = (
        "import torch\n"
        "def f(x):\n    return 2 * x\n"
        "def fails():\n    raise ValueError('own')\n"
        "class Layer(torch.nn.Linear):\n    def __init__(self):\n        super().__init__(2, 2)\n"
    )
    session = Session(zygote, SMALL)
    try:
        ran = session.ask([encode({"do": messages.RUN, "source": source})], Budget(5))[0]
        assert fits(decode(ran)["value"], messages.Shown)
        ask = Conversation(session, Budget(5)).ask
        assert ask(messages.BEGIN) == {"value": None}
        assert ask(messages.FIND, names=["f", "Layer", "none"])["value"] == {
            "f": ["callable", "function"],
            "Layer": [
                "class",
                {
                    "names": ["Layer"],
                    "builtins": ["object"],
                    "libraries": [
                        "torch.nn.modules.linear:Linear",
                        "torch.nn.modules.module:Module",
                    ],
                },
            ],
        }
        x = torch.ones(2, requires_grad=True)
        called = ask(messages.CALL, target="f", args=[x], kwargs={})["value"]
        assert fits(called, messages.CallAnswer)
        (gradient,) = ask(messages.BACKWARD, graph=called["graph"], directions=[torch.ones(2)])[
            "value"
        ]
        assert gradient.tolist() == [2, 2]
        made = ask(messages.CALL, target="Layer", args=[], kwargs={}, keep=True)["value"]
        assert fits(made, messages.CallAnswer)
        assert fits(made["module"], messages.ModuleState)
        kind = ask(messages.ATTRIBUTE, target=made["object"], name="in_features")["value"]
        assert kind == ["value", 2]
        assert ask(messages.SET, target="f", name="own", value=7) == {"value": None}
        assert ask(messages.ATTRIBUTE, target="f", name="own")["value"] == ["value", 7]
        assert ask(messages.IS_A, target=made["object"], kind="Layer")["value"] is True
        assert ask(messages.IS_A, target="Layer", kind="Layer")["value"] is True
        parameters = ask(messages.SIGNATURE, target="f")["value"]
        assert parameters == [["x", "POSITIONAL_OR_KEYWORD", False, None]]
        assert made["module"]["types"] == {"": "Layer"}
        assert ask(messages.OF_CLASS, target=made["object"], name="Layer")["value"] is True
        places = {"f": ["table", [[[1], 5]]]}
        assert ask(messages.STAND_IN, target="f", places=places, asks=False) == {"value": None}
        assert ask(messages.CALL, target="f", args=[1], kwargs={})["value"]["result"] == 5
        assert ask(messages.PUT_BACK) == {"value": None}
        assert ask(messages.CALL, target="f", args=[1], kwargs={})["value"]["result"] == 2
        shared = ask(messages.SHARE, names={"g": Reference("f", "callable", "f")}, gone=["f"])
        assert shared == {"value": None}
        assert ask(messages.FIND, names=["f", "g"])["value"] == {"g": ["callable", "function"]}
        assert ask(messages.CALL, target="f", args=[1], kwargs={})["value"]["result"] == 2
        raised = ask(messages.CALL_ALL, calls=[{"target": "fails", "args": []}])["value"][0]
        assert set(raised) == {"raised"}
        assert fits(raised["raised"], messages.Raised)
    finally:
        session.close()


def test_student_code_asks_as_it_is_written(zygote):
    source = "def f(x):\n    return x\ndef g(x):\n    return f(x)\n"
    asked = []

    def tell(question):
        asked.append(decode(question))
        along = asked[-1].get("directions")
        return encode({"value": asked[-1]["args"][0] if along is None else along})

    session = Session(zygote, SMALL)
    try:
        session.ask([encode({"do": messages.RUN, "source": source, "continues": False})], Budget(5))
        talk = Conversation(session, Budget(5))
        talk.tell = tell
        places = {"f": ["answered", 4, False]}
        talk.ask(messages.STAND_IN, target="g", places=places, asks=True)
        x = torch.ones(2, requires_grad=True)
        graph = talk.ask(messages.CALL, target="g", args=[x], kwargs={})["value"]["graph"]
        along = torch.ones(2)
        (gradient,) = talk.ask(messages.BACKWARD, graph=graph, directions=[along])["value"]
    finally:
        session.close()
    assert gradient.tolist() == [1, 1]
    assert len(asked) == 2
    assert all(fits(one, messages.Asked) for one in asked)
    assert [one["function"] for one in asked] == [4, 4]
    assert talk.shared == []


@pytest.mark.parametrize("version", [0, VERSION - 1, VERSION + 1, 255])
def test_another_version_of_the_protocol_is_named_with_the_mend(version):
    frame = bytes([version]) + encode({"do": messages.BEGIN})[1:]
    said = f"version {version} of the protocol, and this one {VERSION}. Install the same nbjudge"
    with pytest.raises(WireError, match=said):
        decode(frame)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(frame)
        with pytest.raises(WireError, match=said):
            Channel(ours).receive()


def test_a_frame_of_version_1_which_had_no_version_is_refused():
    body = encode([1, 2, 3])[PREFIX.size :]
    old = len(body).to_bytes(4, "big") + bytes(4) + body
    with pytest.raises(WireError, match="version 0 of the protocol"):
        wire.sizes(old[: PREFIX.size], DEFAULT)
