"""What becomes of a submission that cannot be graded is said in one form."""

import pickle

from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded
from nbjudge.verdict import Verdict


def test_a_refusal_is_told_with_its_prefix_once():
    refusal = NotGraded("the file is empty. Ask for another one.")
    assert str(refusal) == "Not graded: the file is empty. Ask for another one."
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)


def test_a_refusal_knows_its_verdict():
    kinds = (NotGraded, ChangedMeanwhile)
    assert [kind("").verdict for kind in kinds] == [Verdict.REFUSED, Verdict.CHANGED]
