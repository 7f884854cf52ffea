"""Each verdict comes out of a real run, and reaches scorecard, table, `--json` and gradebook."""

import json
from dataclasses import asdict

import pytest
from support.judging import SMALL, answer, points, release, run, solution, with_cells

from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.judge.job import JobResult
from nbjudge.nbgrader_ext.recorded import Recorded
from nbjudge.notebook.submission import NotGraded
from nbjudge.rubric.scorecard import Mark, Scorecard
from nbjudge.verdict import Verdict

DEFINE = "def dot_product_attention(query, keys, values):\n    "
EXERCISES = {
    Verdict.MET: None,
    Verdict.NOT_MET: DEFINE + "return values[:, 0], keys[:, :, 0]",
    Verdict.RAISED: DEFINE + "raise ValueError('own')",
    Verdict.NOT_DEFINED: "x = 1",
    Verdict.OUT_OF_TIME: DEFINE + "while True: pass",
    Verdict.OUT_OF_MEMORY: DEFINE + "kept = torch.ones(2**29)\n    while kept.sum(): pass",
    Verdict.CRASHED: DEFINE + "import os; os._exit(3)",
    Verdict.TOO_MANY_FILES: DEFINE
    + "[open(f'f{n}', 'w').close() for n in range(300)]; return 1, 2",
}
CELLS = {
    Verdict.RAN: "x = 1",
    Verdict.RAISED: "1 / 0",
    Verdict.OUT_OF_TIME: "while True: pass",
    Verdict.OUT_OF_MEMORY: "kept = torch.ones(2**29)\nwhile kept.sum(): pass",
    Verdict.TOO_MUCH_OUTPUT: "print('x' * 2**20)",
    Verdict.CRASHED: "import os; os._exit(3)",
    Verdict.TOO_MANY_FILES: "[open(f'f{n}', 'w').close() for n in range(300)]",
}


@pytest.mark.parametrize("verdict", EXERCISES)
def test_an_exercise_has_the_verdict_of_what_became_of_it(zygote, verdict):
    changed = {} if EXERCISES[verdict] is None else {"dot_product": EXERCISES[verdict]}
    judged = run(zygote, answer(solution(), **changed))
    assert judged.cards["dot_product-marks"].verdict is verdict
    assert judged.cards["scaled-marks"].verdict is Verdict.MET
    told = SubmissionOutcome.of(JobResult("ada", {"attention.ipynb": judged})).to_dict()
    title = judged.cards["dot_product-marks"].title
    assert json.loads(json.dumps(told))["verdicts"][title] == str(verdict)


def test_an_exercise_that_nobody_began_says_so_once(zygote):
    judged = run(zygote, release())
    assert {card.verdict for card in judged.cards.values()} == {Verdict.NOT_BEGUN}
    assert sum(points(judged).values()) == 0
    begun = run(zygote, answer(release(), dot_product=DEFINE + "return None"))
    assert begun.cards["dot_product-marks"].verdict is not Verdict.NOT_BEGUN


@pytest.mark.parametrize("verdict", CELLS)
def test_a_cell_has_the_verdict_of_what_became_of_it(zygote, verdict):
    judged = run(zygote, with_cells(solution(), "import torch", CELLS[verdict]))
    own = [name for name in judged.verdicts if name.startswith("student-")]
    assert judged.verdicts[own[-1]] is verdict
    assert set(judged.verdicts) == set(judged.seconds)


def card(*marks, **how):
    return Scorecard("a/b", "Exercise", 4, marks, 1, "v", "nbjudge", True, **how)


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([Verdict.RAISED, Verdict.RAISED], Verdict.RAISED),
        ([Verdict.RAISED, Verdict.NOT_MET], Verdict.NOT_MET),
        ([Verdict.NOT_MET, Verdict.CRASHED], Verdict.CRASHED),
        ([], Verdict.MET),
    ],
)
def test_the_verdict_of_an_exercise_follows_from_its_criteria(verdicts, whole):
    lost = [Mark("a criterion", 2, False, "a message", verdict) for verdict in verdicts]
    assert card(Mark("another", 2, True), *lost).verdict is whole
    assert card(*lost, fault="Our rubric raised.").verdict is Verdict.FAULT


def test_a_scorecard_keeps_its_verdicts_on_the_way_through_json():
    one = card(Mark("a", 2, False, "", Verdict.OUT_OF_TIME), verdict=Verdict.NOT_BEGUN)
    kept = json.loads(json.dumps(asdict(one)))
    assert (kept["verdict"], kept["marks"][0]["verdict"]) == ("not begun", "out of time")
    data = {"application/vnd.nbjudge.scorecard+json": kept}
    assert Scorecard.from_outputs([{"data": data}]) == one


def test_a_refused_submission_and_a_fault_of_ours_are_told_apart():
    refused = SubmissionOutcome.of(JobResult.refused("ada", NotGraded("it is no notebook.")))
    fault = SubmissionOutcome.of(JobResult.fault("ada", "no memory."))
    told = (refused, fault)
    assert [one.verdict for one in told] == [Verdict.REFUSED, Verdict.FAULT]
    assert {one.status for one in told} == {"not graded"}
    assert fault.reason == "Not graded: no memory."
    kept = [SubmissionOutcome.remembered("ada", one.to_json(), Recorded("1")) for one in told]
    assert [one.total for one in kept] == [None, None]
    assert [one.reason for one in kept] == [one.reason for one in told]


def test_limits_of_the_tests_are_those_that_the_cells_go_over():
    assert SMALL.memory_mb < 2**31 // 2**20
    assert SMALL.files < 300
