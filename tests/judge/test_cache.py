"""What was asked and answered before is not judged again, and nobody's marks differ for it."""

import contextlib
import random
import re
from copy import deepcopy
from dataclasses import asdict
from types import SimpleNamespace

import pytest
import torch
from support.course import ROOT
from support.judging import MASTER, SMALL, answer, points, release, solution

from nbjudge.boundary.wire import decode, encode
from nbjudge.confined.calls import Calls
from nbjudge.judge import cache, job
from nbjudge.judge.cache import Cache, CachedExercise
from nbjudge.judge.decided import Decided
from nbjudge.judge.hidden_test import HiddenTests, JudgeSettings
from nbjudge.judge.job import ClassSettings, Job
from nbjudge.judge.judged import Judged
from nbjudge.judge.run import judge
from nbjudge.notebook import repair
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process import limits as breaches
from nbjudge.process.budget import Budget
from nbjudge.process.session import Session
from nbjudge.process.zygote import Confinement

ATTEND = """def dot_product_attention(query, keys, values):
    weights = torch.softmax(torch.bmm(keys, query.unsqueeze(-1)).squeeze(-1){scale}, dim=-1)
    {first}
    return torch.bmm(weights.unsqueeze(1), values).squeeze(1), weights"""
LAYER = """class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        {names} = [nn.Linear(embed_dim, embed_dim, bias=False) for _ in "qkv"]
        {more}
    def forward(self, x, mask=None):
        scores = {scores}
        if mask is not None:
            scores = scores.masked_fill(mask == 0, {hidden})
        weights = torch.softmax(scores, dim=-1)
        return weights @ self.W_v(x), weights"""
NAMES = "self.W_q, self.W_k, self.W_v"
SCORES = "self.W_q(x) @ self.W_k(x).transpose(-2, -1) / x.shape[-1] ** 0.5"
LOOPS = "global made; made = globals().get('made', 0) + 1; exec('while made > 20: pass')"


def attend(scale="", first="pass"):
    return answer(solution(), dot_product=ATTEND.format(scale=scale, first=first))


def layer(names=NAMES, more="pass", scores=SCORES, hidden="-torch.inf"):
    text = LAYER.format(names=names, more=more, scores=scores, hidden=hidden)
    return answer(solution(), self_attention=text)


SUBMISSIONS = {
    "right": solution(),
    "right, in other operations": attend(),
    "right, another layer": layer(),
    "right, a layer of other random numbers": layer(more="torch.rand(3)"),
    "nearly right": attend(scale="* 1.001"),
    "scaled": attend(scale="/ 3"),
    "scaled, once more": attend(scale="/ 3"),
    "shape": attend(first="return weights, weights"),
    "raises": attend(first="raise ValueError(f'at {len(query)}')"),
    "writes": attend(first="keys.zero_()"),
    "dropout": attend(first="weights = nn.functional.dropout(weights, 0.1)"),
    "not defined": answer(solution(), dot_product="", multi_head=""),
    "not scaled": layer(scores=SCORES.split("/")[0]),
    "mask ignored": layer(hidden="scores.detach()"),
    "another name": layer(names="self.W_q, self.W_k, self.V", more="self.W_v = self.V"),
    "twins": layer(more="self.W_k = self.W_q"),
    "seeds": layer(more="torch.manual_seed(0)"),
    "empty": release(),
}


def judged(zygote, notebook, recall, seed=5, ours=False):
    repaired, _ = repair.repair(MASTER, notebook)
    return judge(
        JudgeSettings(ROOT, MASTER, SMALL, recall), Submission(repaired, seed, ours=ours), zygote
    )


def learned(zygote):
    """What a worker knows when the master's own solution was asked."""
    recall = Cache()
    assert sum(points(judged(zygote, deepcopy(MASTER), recall, ours=True)).values()) == 110
    return recall


def reports(one):
    return {name: asdict(card) for name, card in one.cards.items()}, one.scores


def as_bytes(value):
    return value if isinstance(value, bytes) else b""


def without_seconds(one):
    return re.sub(r"after [\d.]+ s", "after a while", str(reports(one)))


@pytest.fixture
def examined(monkeypatch):
    """The test cells that run in the judge."""
    ran, run = [], TestCell.run
    monkeypatch.setattr(TestCell, "run", lambda self, proxies: ran.append(1) or run(self, proxies))
    return ran


def test_in_a_class_everybody_has_the_report_that_he_has_alone(zygote, examined):
    alone = {name: reports(judged(zygote, one, Cache())) for name, one in SUBMISSIONS.items()}
    assert len({str(report) for report in alone.values()}) >= 12
    alone_examined = len(examined)
    shared, order = learned(zygote), list(SUBMISSIONS)
    random.Random(3).shuffle(order)
    for name in order:
        assert (name, reports(judged(zygote, SUBMISSIONS[name], shared))) == (name, alone[name])
    assert len(examined) - alone_examined < 0.5 * alone_examined
    known = len(examined)
    for name in order[:6]:
        assert (name, reports(judged(zygote, SUBMISSIONS[name], shared))) == (name, alone[name])
    assert len(examined) == known


def test_only_what_is_answered_otherwise_is_judged_anew(zygote, examined):
    recall = learned(zygote)
    assert len(examined) == 5
    full = points(judged(zygote, SUBMISSIONS["right, in other operations"], recall))
    assert len(examined) == 5
    assert points(judged(zygote, SUBMISSIONS["right"], recall)) == full
    assert len(examined) == 5
    assert points(judged(zygote, SUBMISSIONS["nearly right"], recall))["dot_product"] < 20
    assert len(examined) == 6
    judged(zygote, SUBMISSIONS["right"], recall, seed=6)
    assert len(examined) == 11


def test_what_is_answered_before_a_breach_counts_as_it_does_alone(zygote):
    late = attend(first=LOOPS)
    alone, recall = judged(zygote, late, Cache()), learned(zygote)
    assert 0 < points(alone)["dot_product"] < 20
    judged(zygote, SUBMISSIONS["right"], recall)
    again = judged(zygote, late, recall)
    assert without_seconds(again) == without_seconds(alone)
    assert reports(judged(zygote, SUBMISSIONS["right"], recall)) == reports(
        judged(zygote, SUBMISSIONS["right"], Cache())
    )


def test_a_rubric_that_changed_is_asked_anew(course):
    recall = Cache()
    first = recall.of_course(course).exercise("a")
    assert recall.of_course(course).exercise("a") is first
    with (course / "rubrics/attention/inputs.py").open("a") as file:
        file.write("\n")
    assert recall.of_course(course).exercise("a") is not first


def test_what_is_kept_is_bounded():
    recall = Cache()
    first = recall.exercise(0)
    for number in range(1, 100):
        recall.exercise(number)
    assert recall.exercise(0) is not first
    exercise = CachedExercise()
    for number in range(100):
        exercise.remember([(str(number).encode() * 2**18, b"")], Decided())
        kept = sum(map(len, filter(None, map(as_bytes, exercise._next.values()))))
        assert kept < 10 * 2**20
    assert kept > 0


def test_random_numbers_are_the_same_for_all_and_the_notebook_does_not_notice():
    calls, before = Calls({}), torch.get_rng_state()
    drawn = []
    for _ in "12":
        calls.begin()
        drawn.append(torch.rand(3))
        calls.forget()
        assert torch.equal(torch.get_rng_state(), before)
        torch.rand(1)
        before = torch.get_rng_state()
    assert torch.equal(*drawn)


class Answering:
    """In place of a student's session: answers by what is to be done."""

    zygote = SimpleNamespace(missing=[])

    def __init__(self, **values):
        self.values, self.asked = values, []

    def ask(self, questions, budget, tell=None):
        names = [decode(question)["do"] for question in questions]
        self.asked.append(names)
        return [encode({"value": self.values[name]}) for name in names]

    def decoded(self, answer):
        return decode(answer)


class Summing(HiddenTests):
    """A test that sums up the answers to questions, and swallows whatever stops it."""

    def __init__(self, exercise, session, names, ours):
        kept = Cache()
        kept.exercise = lambda key: exercise
        settings = JudgeSettings(ROOT, MASTER, SMALL, kept)
        super().__init__(settings, Submission(MASTER, seed=1, ours=ours), session)
        self.names = names

    def _run(self, test, conversation, last):
        total = 0
        for name in self.names:
            with contextlib.suppress(BaseException):
                total += conversation.ask(name)["value"]
        return Decided(value=total)


def decided(exercise, session, *names, ours=False):
    return Summing(exercise, session, names, ours).decide(None, Budget(2))[0].value


@pytest.fixture
def exercise():
    """An exercise whose right solution is asked a, b and c."""
    made, ours = CachedExercise(), Answering(a=1, b=2, c=3)
    assert decided(made, ours, "a", "b", "c", ours=True) == 6
    assert ours.asked == [["a"], ["b"], ["c"]]
    return made


def test_what_the_right_solution_is_asked_travels_in_one_message(exercise):
    again = Answering(a=1, b=2, c=3)
    assert decided(exercise, again, "not", "run") == 6
    assert again.asked == [["a", "b", "c"]]


def test_a_right_solution_whose_answers_are_known_is_asked_ahead_all_the_same():
    exercise, again = CachedExercise(), Answering(a=1, b=2)
    assert decided(exercise, Answering(a=1, b=2), "a", "b") == 3
    assert decided(exercise, again, "not", "run", ours=True) == 3
    assert decided(exercise, again, "not", "run") == 3
    assert again.asked == [["a"], ["b"], ["a", "b"]]


def test_a_test_that_parts_from_the_master_asks_nothing_in_vain_twice(exercise):
    first, later = Answering(a=10, b=2, c=3, d=4), Answering(a=20, b=2, c=3, d=4)
    assert decided(exercise, first, "a", "d") == 14
    assert first.asked == [["a", "b", "c"], ["a"], ["d"]]
    assert decided(exercise, later, "a", "d") == 24  # other answers, so the test runs
    assert later.asked == [["a"], ["d"]]
    right = Answering(a=1, b=2, c=3)
    assert decided(exercise, right, "not", "run") == 6
    assert right.asked == [["a"], ["b", "c"]]


def test_what_others_are_asked_is_recalled_one_by_one(exercise):
    other = Answering(a=5, d=4, e=6, b=0, c=0)
    assert decided(exercise, other, "a", "d", "e") == 15
    other.asked.clear()
    assert decided(exercise, other, "not", "run") == 15
    assert other.asked == [["a"], ["d"], ["e"]]


def test_after_a_question_of_its_own_a_test_is_asked_nothing_ahead(exercise):
    """Else it could part from the right solution again and again."""
    first, later = Answering(a=5, b=2, c=3, d=4), Answering(a=6, b=2, c=3, d=4)
    assert decided(exercise, first, "a", "d", "b") == 11
    assert decided(exercise, later, "a", "d", "b") == 12
    assert first.asked == [["a", "b", "c"], ["a"], ["d"], ["b"]]
    assert later.asked == [["a"], ["d"], ["b"]]


class Ending(Answering):
    """A process that ends at one question."""

    def ask(self, questions, budget, tell=None):
        names = [decode(question)["do"] for question in questions]
        if "end" not in names:
            return super().ask(questions, budget)
        self.asked.append(names)
        raise breaches.ended()


def test_what_was_answered_before_a_process_ended_counts():
    exercise = CachedExercise()
    assert decided(exercise, Answering(a=1, end=2, c=3), "a", "end", "c", ours=True) == 6
    for _ in "12":  # what a breach led to is not remembered
        ending = Ending(a=1, c=3)
        assert decided(exercise, ending, "a", "end", "c") == 1
        assert ending.asked == [["a", "end", "c"], ["a"], ["end"]]


def test_a_process_that_ends_where_others_went_on_is_not_asked_again():
    exercise, ending = CachedExercise(), Ending(a=1)
    assert decided(exercise, Answering(a=1, end=2), "a", "end") == 3
    assert decided(exercise, ending, "a", "end") == 1
    assert ending.asked == [["a"], ["end"]]


def test_a_test_that_asks_less_or_more_takes_what_is_answered(exercise):
    less, more = Answering(a=5, b=2, c=3), Answering(a=7, b=2, c=3, d=4)
    assert decided(exercise, less, "a", "c") == 8
    assert decided(exercise, more, "a", "b", "c", "d") == 16
    assert [less.asked, more.asked] == [[["a", "b", "c"]], [["a", "b", "c"], ["d"]]]
    assert decided(exercise, less, "not", "run") == 8
    assert decided(exercise, more, "not", "run") == 16


def test_no_answer_passes_for_those_of_a_whole_conversation():
    exercise, forging = CachedExercise(), Answering()
    assert decided(exercise, Answering(a=1, b=2), "a", "b") == 3
    first, second = (encode({"value": value}) for value in (1, 2))
    forged = cache._after(cache._BEGUN, first) + second
    forging.ask = lambda questions, *how: [forged for _ in questions]
    assert decided(exercise, forging, "a", "b") == 0


def test_no_student_is_told_of_another(zygote, monkeypatch):
    """A layer's buffers go back to it with the next question: to its own process only."""
    keeps = layer(more="self.register_buffer('note', torch.tensor([31337.25, 4242.5]))")
    secret = torch.tensor([31337.25, 4242.5]).numpy().tobytes()
    asked, ask = [], Session.ask
    monkeypatch.setattr(
        Session,
        "ask",
        lambda self, questions, *how: asked.extend(questions) or ask(self, questions, *how),
    )
    recall = learned(zygote)
    for _ in "123":
        judged(zygote, keeps, recall)
    assert any(secret in question for question in asked)
    asked.clear()
    judged(zygote, layer(more="self.register_buffer('note', torch.zeros(2))"), recall)
    judged(zygote, layer(), recall)
    assert asked
    assert not any(secret in question for question in asked)


def test_the_master_is_asked_when_a_seed_comes_again(course, monkeypatch):
    whose = []
    monkeypatch.setattr(
        job,
        "judge_again",
        lambda of, given, how: whose.append((given.seed, given.ours)) or Judged(given.notebook),
    )
    monkeypatch.setattr(job, "_CACHE", Cache())
    terms = ClassSettings(course, course / "source/attention", SMALL, Confinement())
    folder = ROOT / "examples/submissions/perfect/attention"
    for seed in (1, 1, 2, 1, 2):
        job.judge_job(Job("ada", folder, {}, seed), terms)
    assert whose == [
        (1, False),
        (1, True),
        (1, False),
        (2, False),
        (1, False),
        (2, True),
        (2, False),
    ]
