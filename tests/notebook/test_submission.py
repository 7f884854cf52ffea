"""What becomes of a submission that cannot be graded is said in one form."""

import io
import pickle

import pytest

from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded, read
from nbjudge.verdict import Verdict


def test_a_refusal_is_told_with_its_prefix_once():
    refusal = NotGraded("the file is empty. Ask for another one.")
    assert str(refusal) == "Not graded: the file is empty. Ask for another one."
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)


def test_a_refusal_knows_its_verdict():
    kinds = (NotGraded, ChangedMeanwhile)
    assert [kind("").verdict for kind in kinds] == [Verdict.REFUSED, Verdict.CHANGED]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"{" + b" " * 2**20 + b"}", "larger than 1 MB"), (b"[" * 200 + b"]" * 200, "nested deeper")],
)
def test_what_nobody_has_looked_at_is_not_told_to_be_no_notebook(content, why):
    opened = io.BytesIO(content)
    opened.name = "/srv/attempts/ada/001/attention.ipynb"
    with pytest.raises(NotGraded, match=why) as refused:
        read(opened, 2**20)
    assert "not a Jupyter notebook" not in str(refused.value)
    assert refused.value.for_author.startswith(f"attention.ipynb cannot be graded: it is {why}")


def test_its_author_is_told_no_folder_of_the_machine_that_grades():
    opened = io.BytesIO(b"%PDF")
    opened.name = "/srv/attempts/ada/001/attention.ipynb"
    with pytest.raises(NotGraded) as refused:
        read(opened)
    assert refused.value.for_author.startswith("attention.ipynb cannot be read as a Jupyter")
    assert "/srv" not in refused.value.for_author
