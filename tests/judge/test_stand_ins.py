"""A test that answers student code itself: alone, in a class, and against hostile code."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.course import ROOT
from support.judging import SMALL
from support.small import marked

from nbjudge.boundary import messages
from nbjudge.boundary.wire import decode
from nbjudge.judge.cache import Cache
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.run import judge
from nbjudge.notebook import repair
from nbjudge.notebook.submission import Submission
from nbjudge.process.session import Session

HELPER = "def helper(x):\n    return torch.full_like(x, {value})"
DOUBLE = "def double(x):\n    {first}\n    return {result}"
RIGHT = {"value": "3.0", "first": "pass", "result": "x + helper(x)"}
TRIPLE = "def triple(x):\n    return 3 * x"
MARKS = """### BEGIN HIDDEN TESTS
from nbjudge.rubric import Answered, standing_in
x = torch.arange(3.0, requires_grad=True)
assert double(x).shape == (3,)
{before}
with standing_in(double, {{"helper": Answered(lambda x: x**2)}}):
    y = double(x)
assert torch.equal(y, x + x**2)
y.sum().backward()
assert torch.equal(x.grad, 1 + 2 * x)
{after}
### END HIDDEN TESTS"""
TRIPLED = "### BEGIN HIDDEN TESTS\nassert triple(torch.ones(1)) == 3\n### END HIDDEN TESTS"


def solved(code):
    head, body = code.split("\n", 1)
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def notebook(before="", after="", **parts):
    parts = {**RIGHT, **parts}
    cells = [
        new_code_cell("import torch", id="import"),
        marked(new_code_cell(solved(HELPER.format(**parts))), "helper", solution=True),
        marked(new_code_cell(solved(DOUBLE.format(**parts))), "double", solution=True),
        marked(
            new_code_cell(MARKS.format(before=before, after=after)),
            "double-marks", grade=True, locked=True, points=5,
        ),
        marked(new_code_cell(solved(TRIPLE)), "triple", solution=True),
        marked(new_code_cell(TRIPLED), "triple-marks", grade=True, locked=True, points=5),
    ]  # fmt: skip
    for cell in cells[1:]:
        cell.id = cell.metadata.nbgrader.grade_id
    return new_notebook(cells=cells)


MASTER = notebook(before="double(2 * x)", after="assert double(3 * x).sum() > 0")
LOSES_ONE = {"double-marks": 0.0, "triple-marks": 5.0}
WHOLE = {"double-marks": 5.0, "triple-marks": 5.0}


def judged(zygote, submitted, recall=None, ours=False):
    repaired, _ = repair.repair(MASTER, nbformat.from_dict(submitted))
    settings = JudgeSettings(ROOT, MASTER, SMALL, recall or Cache())
    return judge(settings, Submission(repaired, 7, ours=ours), zygote)


SUBMISSIONS = {
    "right": {},
    "with another helper": {"value": "4.0"},
    "in another way": {"result": "helper(x) + x"},
    "does not call it": {"result": "x + 3"},
    "changes what it got": {"result": "x + 2 * helper(x)"},
    "cuts the gradient off": {"result": "x + helper(x).detach()"},
    "raises": {"first": "raise ValueError(1)"},
    "by name": {"result": "x + helper(x=x)"},
}


def test_in_a_class_everybody_has_the_points_that_he_has_alone(zygote):
    alone = {name: judged(zygote, notebook(**parts)).scores for name, parts in SUBMISSIONS.items()}
    assert [name for name, scores in alone.items() if scores == WHOLE] == [
        "right", "with another helper", "in another way", "by name",
    ]  # fmt: skip
    assert all(scores in (WHOLE, LOSES_ONE) for scores in alone.values())
    recall = Cache()
    assert judged(zygote, MASTER, recall, ours=True).scores == WHOLE
    for name in [*SUBMISSIONS, *reversed(SUBMISSIONS)]:
        scores = judged(zygote, notebook(**SUBMISSIONS[name]), recall).scores
        assert (name, scores) == (name, alone[name])


def test_nothing_is_sent_ahead_from_the_first_question_that_the_test_itself_answers(
    zygote, monkeypatch
):
    sent, ask = [], Session.ask
    monkeypatch.setattr(
        Session,
        "ask",
        lambda self, questions, *how: sent.append(questions) or ask(self, questions, *how),
    )
    recall = Cache()
    judged(zygote, MASTER, recall, ours=True)
    for _ in "12":
        sent.clear()
        judged(zygote, notebook(), recall)
        verbs = [[decode(one)["do"] for one in envelope] for envelope in sent]
        assert [messages.BEGIN, messages.FIND, messages.CALL, messages.CALL] in verbs
        alone = [envelope for envelope in verbs if messages.STAND_IN in envelope]
        assert alone == [[messages.STAND_IN]]
        assert verbs.count([messages.CALL]) == 2  # inside of it, and after it


SEND = (
    "import sys\n"
    "def line():\n"
    "    frame = sys._getframe()\n"
    "    while frame:\n"
    "        if 'channel' in frame.f_locals and 'message' in frame.f_locals:\n"
    "            return frame.f_locals['channel'], frame.f_locals['message']['number']\n"
    "        frame = frame.f_back\n"
    "def send(asks, number=0):\n"
    "    from nbjudge.boundary.wire import encode\n"
    "    channel, open_now = line()\n"
    "    asks = asks if isinstance(asks, bytes) else encode(asks)\n"
    "    channel.send({'number': open_now + number, 'asks': asks})\n"
    "    return channel.receive()\n"
)
HOSTILE = {
    "asks for what is not there": "send({'function': 9, 'args': [x], 'grad': True})",
    "asks before anything stands in": "send({'function': 0, 'args': [x], 'grad': True})",
    "asks for no number": "send({'function': True, 'args': [x], 'grad': True})",
    "asks in another form": "send([1, 2])",
    "asks in bytes that are no message": "send(b'x' * 100)",
    "asks a frame that lies": "send(b'\\x04\\xff\\xff\\xff\\xff' + bytes(4))",
    "asks under another number": "send({'function': 0, 'args': [x], 'grad': True}, 1)",
    "asks with a tensor that is too large": "helper(torch.zeros(3_000_000))",
    "asks with a list that is too large": "helper([0] * 100_000)",
    "asks without end": "exec('while True: helper(x)')",
    "asks with a number that is too large": "helper(10**15)",
    "asks with what does not travel": "helper(object())",
    "asks with text": "helper('x' * 100)",
    "asks with NaN": "x = helper(x * torch.nan)",
    "gives directions that are too many": (
        "send({'function': 0, 'args': [x], 'grad': True, 'directions': [x] * 5}); 1 / 0"
    ),
    "gives directions of another shape": (
        "send({'function': 0, 'args': [x.detach().requires_grad_()], 'grad': True,"
        " 'directions': [torch.ones(7)]}); 1 / 0"
    ),
    "gives directions that are none": (
        "send({'function': 0, 'args': [x], 'grad': True, 'directions': 'x'})"
    ),
    "ends while it is answered": "channel, _ = line(); channel.connection.close()",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_questions_cost_their_own_exercise(zygote, name):
    wrong = notebook(first=HOSTILE[name])
    wrong.cells[0].source += "\n" + SEND
    result = judged(zygote, wrong)
    assert result.scores == LOSES_ONE
    (cell,) = [one for one in result.notebook.cells if one.id == "double-marks"]
    assert "not graded" not in str(cell.outputs)
    assert judged(zygote, notebook()).scores == WHOLE


def test_questions_while_nobody_listens_harm_their_own_submission_only(zygote):
    floods = notebook()
    floods.cells[0].source += (
        "\nimport threading, time\n" + SEND + "channel, number = line()\n"
        "def flood():\n"
        "    for _ in range(200):\n"
        "        channel.send({'number': number, 'asks': b'x'})\n"
        "        time.sleep(0.002)\n"
        "threading.Thread(target=flood, daemon=True).start()\ntime.sleep(0.05)"
    )
    result = judged(zygote, floods)
    assert set(result.scores) == set(WHOLE)
    assert all(one.outputs[-1].output_type != "stream" for one in result.notebook.cells[3::2])
    assert judged(zygote, notebook()).scores == WHOLE


def test_what_is_kept_of_a_test_is_dead_when_the_test_has_ended(zygote):
    keeps = notebook(first="globals().setdefault('kept', []).append(helper)")
    keeps.cells.insert(
        -1, new_code_cell("for one in kept:\n    print(one(torch.ones(1)))", id="own-1")
    )
    result = judged(zygote, keeps)
    assert result.scores == WHOLE
    said = "".join(str(cell.get("outputs", "")) for cell in result.notebook.cells)
    assert "is called when the test has ended" in said
