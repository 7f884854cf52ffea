"""An exception of student code, as a test sees it."""

import builtins
import unittest

import pytest
import torch

from nbjudge.proxy.errors import RemoteError, raised
from nbjudge.rubric.calls import Call, call_all
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.messages import explain, verdict_of
from nbjudge.verdict import Verdict

# What a test or this package takes for something else than a failure of what was called.
NEVER = (StopIteration, StopAsyncIteration, MemoryError, BaseExceptionGroup)
OWN = """
class Wrong(Exception): pass
class Worse(Wrong, KeyError): pass
class Other(Wrong): pass
def f(kind): raise kind_of[kind]("no")
kind_of = {"wrong": Wrong, "worse": Worse, "other": Other, "value": ValueError}
"""


def told(name, *names, builtins=()):
    lineage = {"names": list(names), "builtins": list(builtins)}
    return {"name": name, "text": "no", "lineage": lineage}


def test_an_exception_arrives_with_its_name_and_the_students_line(connect):
    remote = connect("def f(x):\n    y = x @ x.T @ x.T\n    return y", "f")
    with pytest.raises(RemoteError) as caught:
        remote(torch.ones(2, 3))
    assert type(caught.value).__name__ == "RuntimeError"
    assert "shapes cannot be multiplied" in str(caught.value)
    assert caught.value.line == "y = x @ x.T @ x.T"
    assert caught.value.__notes__ == ["Look at this line of yours: y = x @ x.T @ x.T"]


def test_a_test_may_expect_a_builtin_exception(connect):
    remote = connect("def f(x):\n    return {}[x] if x else int('a')", "f")
    with pytest.raises(KeyError, match=r"^'a'"):
        remote("a")
    with pytest.raises(LookupError):
        remote("a")
    unittest.TestCase().assertRaises(ValueError, remote, "")  # noqa: PT027
    with pytest.raises(ValueError):  # noqa: PT011
        call_all([Call(remote, ("",))])[0].value()


def test_a_test_may_expect_the_notebooks_own_exception_and_catches_no_other(connect):
    # In another order than that in which they derive from each other.
    names = connect(OWN, "Worse", "Other", "Wrong", "f")
    f, wrong, worse, other = (names[name] for name in ("f", "Wrong", "Worse", "Other"))
    for kind, caught, missed in [
        ("wrong", (wrong,), (worse, other, KeyError)),
        ("worse", (worse, wrong, KeyError, LookupError), (other, ValueError)),
        ("value", (ValueError,), (wrong, worse, other, KeyError)),
    ]:
        for expected in caught:
            with pytest.raises(expected):
                f(kind)
        with pytest.raises(RemoteError) as error:
            f(kind)
        assert not isinstance(error.value, missed)
    assert issubclass(worse, wrong)
    assert not issubclass(wrong, worse)


def test_an_exception_class_of_the_masters_is_the_tests_own(connect):
    remote = connect("class Full(ValueError): pass\ndef f(): raise Full('no')", "f")

    class Full(ValueError):
        def __init__(self, size, limit):
            raise AssertionError("not called")

    remote._objects.scope["Full"] = Full  # as a test cell does
    with pytest.raises(Full, match=r"^no"):
        remote()


def test_the_notebooks_own_exceptions_are_made_by_it(connect):
    wrong = connect("class Wrong(Exception):\n    def said(self): return 1", "Wrong")
    assert type(wrong("a")).__name__ == "Wrong"
    assert not isinstance(wrong("a"), BaseException)


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name, kind in vars(builtins).items()
        if isinstance(kind, type) and issubclass(kind, BaseException) and kind is not BaseException
    ),
)
def test_of_pythons_exceptions_those_are_believed_that_a_test_may_expect(name):
    kind = getattr(builtins, name)
    error = raised(told(name, builtins=[one.__name__ for one in kind.__mro__]), {})
    believed = issubclass(kind, Exception) and not issubclass(kind, NEVER)
    assert isinstance(error, kind) == believed
    assert (type(error).__name__, str(error), error.args) == (name, "no", ("no",))
    assert explain(error).startswith(f"Your code raised {name}: no")
    memory = Verdict.OUT_OF_MEMORY if name == "MemoryError" else Verdict.RAISED
    assert verdict_of(error) is memory


@pytest.mark.parametrize(
    "lineage",
    [
        told("E", builtins=["KeyError", "OSError", "SyntaxError"]),
        told("E", builtins=["Exception"] * 10**5),
        told("E", builtins=["eval", "int", "__import__", "no", 7, None, ["ValueError"]]),
        told("E", "NotMet", "value", "KeyboardInterrupt"),
        {"name": "E", "text": "no", "lineage": {}},
        {"name": "E", "text": "no", "lineage": {"names": "ValueError", "builtins": 3}},
    ],
    ids=["no class", "often", "no exceptions", "of ours", "nothing", "no lists"],
)  # fmt: skip
def test_what_a_liar_says_of_an_exception_is_an_exception_of_student_code(lineage):
    scope = {"NotMet": NotMet, "value": 3, "KeyboardInterrupt": KeyboardInterrupt}
    error = raised(lineage, scope)
    assert isinstance(error, RemoteError)
    assert not isinstance(error, (NotMet, KeyboardInterrupt, OSError, SyntaxError))
    assert explain(error) == "Your code raised E: no."
