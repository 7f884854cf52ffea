"""What a test learns of a function of a student's without calling it."""

import inspect

import pytest

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.signatures import signature

SOURCE = """
def f(a, /, b, c=2, *rest, d, e=[1], **more):
    '''Say.'''
def plain(x): pass
class A:
    '''A class.'''
    def __init__(self, x, y=None): pass
    def m(self, z=3):
        '''A method.'''
"""


def test_the_signature_and_the_docstring_are_the_students(connect):
    f, plain, kind = connect(SOURCE, "f", "plain", "A").values()
    assert str(inspect.signature(f)) == "(a, /, b, c=2, *rest, d, e=[1], **more)"
    assert str(inspect.signature(kind)) == "(x, y=None)"
    assert str(inspect.signature(kind(1).m)) == "(z=3)"
    assert (f.__doc__, plain.__doc__, kind.__doc__) == ("Say.", None, "A class.")
    assert kind(1).m.__doc__ == "A method."
    assert (f.__name__, kind.__name__, kind(1).m.__name__) == ("f", "A", "m")
    assert callable(f)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [["x"]],
        ["abcd"],
        [["x", "NO_KIND", False, None]],
        [["no name", "KEYWORD_ONLY", False, None]],
        [["x", "KEYWORD_ONLY", False, None]] * 2,
        [[3, "KEYWORD_ONLY", False, None]],
        [["x", ["KEYWORD_ONLY"], False, None]],
        [["x", "VAR_KEYWORD", True, 1]],
    ],
    ids=["none", "short", "text", "kind", "name", "twice", "number", "list", "default"],
)
def test_what_is_no_signature_is_refused(told):
    with pytest.raises(WireError):
        signature(told)
