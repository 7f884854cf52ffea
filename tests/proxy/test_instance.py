"""Objects of a student's classes: attributes, methods, items, and what is refused."""

import copy
import itertools

import pytest
import torch

from nbjudge.proxy.errors import RemoteError
from nbjudge.proxy.instance import Unvouched

SOURCE = """
class A:
    k = 3
    def __init__(self, x): self.x = x
    def __eq__(self, other): return True
    def __len__(self): return 7
    def __bool__(self): return True
    def __contains__(self, one): return True
    def __add__(self, one): return A(1)
    def __str__(self): return f"A({self.x})"
    __hash__ = None
    def m(self, y=1): return self.x + y
    def me(self): return self
    def others(self): return [A(1), {"a": (A(2),)}]
    def __iter__(self): return iter([self.x, A(self.x)])
    @staticmethod
    def s(x): return x + 1
    @classmethod
    def made(cls, x): return cls(x)
    @property
    def twice(self): return 2 * self.x
class B(A): pass
def f(x): return A(x)
def g(a): return a.x
def adder(n):
    def add(x): return x + n
    return add
def h(function, *args): return [function(one) for one in args]
def count(x):
    while True:
        x = x + 1
        yield x
def few(): yield from (1, 2)
def fails():
    yield 1
    raise KeyError("no")
def stops(): raise StopIteration("no")
a = A(5)
class Plain: pass
plain = Plain()
"""
NAMES = ("plain", "A", "B", "f", "g", "adder", "h", "count", "few", "fails", "stops", "a")


@pytest.fixture
def there(connect):
    return connect(SOURCE, *NAMES)


def test_attributes_and_methods_are_asked_for(there):
    one = there["A"](2)
    assert (one.x, one.m(), one.m(y=3), one.twice, one.k) == (2, 3, 5, 4, 3)
    assert (there["f"](4).x, there["f"](4).me().me().m(1)) == (4, 5)
    assert there["a"].x == 5
    assert (there["A"].k, there["A"].s(1), there["A"].made(6).x) == (3, 2, 6)
    assert [one.others()[0].x, one.others()[1]["a"][0].x] == [1, 2]
    assert (str(one), f"{one}", type(one).__name__) == ("A(2)", "A(2)", "A")


def test_an_attribute_that_is_not_there_is_an_attribute_error(there):
    one = there["f"](1)
    assert not hasattr(one, "y")
    with pytest.raises(AttributeError, match="no attribute 'y'"):
        _ = one.y


def test_attributes_are_set_over_there(there):
    one = there["f"](1)
    one.x = 5
    one.other = [there["f"](6)]
    assert (one.m(), one.other[0].x) == (6, 6)
    there["A"].k = 4
    assert one.k == 4


def test_one_object_is_one_proxy(there):
    one = there["f"](1)
    assert one.me() is one
    assert there["f"](1) is not one


def test_what_was_defined_over_there_is_an_argument(there):
    one = there["f"](3)
    assert there["g"](one) == 3
    assert there["g"](a=one) == 3
    assert there["A"](one).x is one
    assert there["h"](there["g"], one, there["A"](4)) == [3, 4]
    assert there["h"](there["adder"](10), 1, 2) == [11, 12]
    assert there["h"](one.m, 1) == [4]


def test_gradients_go_through_methods_and_returned_functions(there):
    x = torch.ones(2, requires_grad=True)
    (there["adder"](1)(2 * x) + there["A"](1.0).m(x)).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_the_class_of_an_object_is_told(there):
    one = there["f"](1)
    assert isinstance(one, there["A"])
    assert not isinstance(one, there["B"])
    assert isinstance(there["B"](1), there["A"])
    assert not isinstance(1, there["A"])
    assert issubclass(there["B"], there["A"])
    assert not issubclass(there["A"], there["B"])


def test_a_class_derives_from_one_of_the_tests(connect):
    source = "class B: pass\nclass Other: pass\nclass A(B, dict): pass"
    remote = connect(source, "A")

    class B:
        pass

    class Other:
        pass

    remote._objects.scope.update(B=B, Other=Other)  # as a helper cell does
    assert issubclass(remote, B)
    assert issubclass(remote, dict)
    assert not issubclass(remote, Other)


def test_items_come_one_by_one(there):
    numbers = there["count"](0)
    assert (next(numbers), next(numbers)) == (1, 2)
    assert list(itertools.islice(numbers, 3)) == [3, 4, 5]
    assert [*there["few"]()] == [1, 2]
    first, second = there["f"](3)
    assert (first, second.x) == (3, 3)
    finished = there["few"]()
    assert sum(finished) == 3
    assert list(finished) == []
    with pytest.raises(TypeError, match="not iterable"):
        list(there["plain"])


def test_what_goes_wrong_between_items_is_the_students(there):
    with pytest.raises(KeyError, match="no"):
        list(there["fails"]())
    with pytest.raises(RemoteError, match="no"):
        [one for one in [1] if there["stops"]()]


@pytest.mark.parametrize(
    "operation",
    [
        lambda a: a == 1, lambda a: [a] == [1], lambda a: a != 1, lambda a: a < 1, len, bool,
        lambda a: 1 in a, lambda a: a + 1, lambda a: 1 + a, lambda a: a[0], hash, copy.deepcopy,
        lambda a: not a, lambda a: a in [1],
    ],
    ids=[
        "==", "== of lists", "!=", "<", "len", "bool", "in", "+", "+ of it", "[]", "hash",
        "deepcopy", "not", "in a list",
    ],
)  # fmt: skip
def test_what_only_the_students_code_could_answer_is_refused(there, operation):
    one = there["f"](1)
    with pytest.raises(Unvouched, match="of an object of class A is answered by the student's own"):
        operation(one)


def test_an_iterator_of_pythons_is_equal_to_itself_alone(there):
    one = there["few"]()
    assert not one == [1, 2]  # noqa: SIM201
    assert one != [1, 2]
    assert one == one
    assert one not in [there["few"](), 1]
    with pytest.raises(Unvouched, match="len"):
        len(one)


def test_dir_names_what_an_object_and_a_class_have(there):
    assert {"k", "m", "twice", "__eq__"} < {*dir(there["A"])}
    assert "x" not in dir(there["B"])
    assert {"x", "m"} < {*dir(there["f"](1))}
    there["plain"].extra = 1
    assert "extra" in dir(there["plain"])
