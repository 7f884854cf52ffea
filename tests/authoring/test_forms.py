"""Misconceptions are tried as submissions are, in forms that the bank is not written in."""

import pytest
import torch
from support.course import ROOT

from nbjudge.authoring import forms, verify
from nbjudge.course import RubricError
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.rubric import loader

PATH = "attention/causal_mask"
IMPORTS = dict(verify.exercises(ROOT, "attention"))[PATH]


@pytest.fixture
def course(tmp_path):
    """A course with the rubric of the bonus; returns its folder."""
    (tmp_path / "nbgrader_config.py").touch()
    folder = tmp_path / "rubrics/attention"
    for name in ("causal_mask.py", "misconceptions/causal_mask.py", "misconceptions/__init__.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text((ROOT / "rubrics/attention" / name).read_text())
    (folder / "__init__.py").touch()
    (folder / "forms").mkdir()
    return tmp_path


def told(zygote, course, form, seeds=range(1)):
    (course / "rubrics/attention/forms/causal_mask.py").write_text(form)
    rubric, _ = loader.load(PATH, course)
    return list(forms.told(course, PATH, rubric, IMPORTS, zygote, seeds))


def test_each_misconception_is_told_its_sentence_as_it_is_and_in_another_form(zygote, course):
    found = told(zygote, course, "# %% argument\ndef create_causal_mask(n):\n    return Wrong(n)\n")
    rubric, _ = loader.load(PATH, course)
    assert [one.form for one in found] == ["as it is", "argument"] * len(rubric.bank.known)
    assert [one for one in found if one.sentence != one.misconception.sentence] == []
    assert [one.expected for one in found] == [False, True] * len(rubric.bank.known)


def test_a_form_that_hides_the_mistake_is_a_problem(zygote, course):
    right = "create_causal_mask = lambda n: torch.ones(n, n).tril() > 0\n"
    found = told(zygote, course, f"# %% right, not upper\n{right}")
    tried = {one.misconception.name for one in found if one.form == "right"}
    assert "everything" in tried
    assert "upper" not in tried
    counted = verify.Verified(PATH)
    for one in found:
        verify._verify_told(counted, one)
    assert counted.named == len(tried) + 1
    assert (counted.in_forms, counted.forms) == (0, len(tried))
    assert "The misconception everything, right, is told nothing." in counted.problems


def test_a_form_that_cannot_be_run_is_named(zygote, course):
    with pytest.raises(RubricError, match=r"the form 'odd' of upper cannot be run .* NameError"):
        told(zygote, course, "# %% odd\ncreate_causal_mask = unknown\n")


def test_what_draws_random_numbers_gives_the_same_as_for_a_submission(zygote):
    drawn = []
    for _ in range(2):
        session = Session(zygote, Limits())
        forms._run(session, "import torch\ntorch.seed()\ndef f(): return torch.rand(3)", "a form")
        drawn.append(forms.proxies(session, ["f"])["f"]())
        session.close()
    assert torch.equal(*drawn)
