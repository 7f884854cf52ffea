"""Small masters whose tests give functions to student code, or ask which object is which.

A case is (kind, name, cells, wrong), the first three as in `foreign_cases`. Each text of `wrong` is
no solution, in the place of all solution cells.
"""

B = """
class B:
    def __init__(self, a=1):
        self.a = a
"""
CASES = [
    ("callback", "lambda", [
        ("solution", """
def newton(f, x):
    ### BEGIN SOLUTION
    for _ in range(50):
        x = x - f(x) * 1e-6 / (f(x + 1e-6) - f(x))
    return x
    ### END SOLUTION
"""),
        ("test", "assert abs(newton(lambda x: x * x - 2, 1.0) - 2 ** 0.5) < 1e-6"),
    ], [
        """
def newton(f, x):
    return x
""",
        """
def newton(f, x):
    return x - f(x)
""",
    ]),
    ("callback", "decorator", [
        ("solution", """
def memo(f):
    ### BEGIN SOLUTION
    known = {}
    def inner(n):
        if n not in known:
            known[n] = f(n)
        return known[n]
    return inner
    ### END SOLUTION
"""),
        ("test", """
calls = []
@memo
def fib(n):
    calls.append(n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)
### BEGIN HIDDEN TESTS
assert fib(20) == 6765 and len(calls) == 21
### END HIDDEN TESTS
"""),
    ], [
        """
def memo(f):
    return f
""",
        """
def memo(f):
    return lambda n: 6765
""",
    ]),
    ("callback", "of a library", [
        ("cell", """
import math
import numpy as np
"""),
        ("solution", """
def twice(f, x):
    ### BEGIN SOLUTION
    return f(f(x))
    ### END SOLUTION
"""),
        ("test", """
assert twice(math.cos, 0.0) == math.cos(1.0) and twice(np.square, 3) == 81
assert twice(str.upper, "a") == "A" and twice(int.__neg__, 3) == 3
"""),
    ], [
        """
def twice(f, x):
    return f(x)
""",
        """
def twice(f, x):
    return 81
""",
    ]),
    ("callback", "counted, in a list, of an object", [
        ("solution", """
class Events:
    def __init__(self):
        self.listeners = []
    def emit(self, x):
        ### BEGIN SOLUTION
        return [one(x) for one in self.listeners]
        ### END SOLUTION
"""),
        ("test", """
seen = []
e = Events()
e.listeners = [seen.append, lambda x: x + 1]
assert e.emit(4) == [None, 5] and seen == [4]
"""),
    ], [
        """
class Events:
    listeners = ()
    def emit(self, x):
        return [None, 5]
""",
    ]),
    ("callback", "that raises", [
        ("solution", """
def safe(f, default):
    ### BEGIN SOLUTION
    def inner(*args):
        try:
            return f(*args)
        except ZeroDivisionError:
            return default
    return inner
    ### END SOLUTION
"""),
        ("test", """
assert safe(lambda a, b: a / b, 7)(1, 0) == 7 and safe(lambda a, b: a / b, 7)(6, 3) == 2
import pytest
with pytest.raises(KeyError):
    safe(lambda d: d["x"], 7)({})
"""),
    ], [
        """
def safe(f, default):
    return f
""",
        """
def safe(f, default):
    return lambda *args: default
""",
    ]),
    ("callback", "that runs what it is given", [
        ("solution", """
def apply(f, x):
    ### BEGIN SOLUTION
    return f(x)
    ### END SOLUTION
"""),
        ("test", 'assert apply(lambda text: eval(text), "1 + 1") == 2'),
    ], [
    ]),
    ("callback", "that makes an object", [
        ("solution", """
def build(make, n):
    ### BEGIN SOLUTION
    return [make(i) for i in range(n)]
    ### END SOLUTION
"""),
        ("test", """
class Node:
    def __init__(self, i):
        self.i = i
assert [one.i for one in build(Node, 2)] == [0, 1]
"""),
    ], [
    ]),
    ("identity", "the same list twice", [
        ("solution", """
def same(a, b):
    ### BEGIN SOLUTION
    return a is b
    ### END SOLUTION
"""),
        ("test", """
x = [1]
assert same(x, x) and not same([1], [1])
"""),
    ], [
        """
def same(a, b):
    return a == b
""",
        """
def same(a, b):
    return True
""",
    ]),
    ("identity", "an item given back", [
        ("solution", """
def first(xs):
    ### BEGIN SOLUTION
    return xs[0]
    ### END SOLUTION
"""),
        ("test", """
x = [1]
assert first([x, 2]) is x
"""),
    ], [
        """
def first(xs):
    return list(xs[0])
""",
    ]),
    ("identity", "a copy", [
        ("solution", """
def shallow(xs):
    ### BEGIN SOLUTION
    return list(xs)
    ### END SOLUTION
"""),
        ("test", """
x = [[1], [2]]
y = shallow(x)
assert y == x and y is not x and y[0] is x[0]
"""),
    ], [
        """
def shallow(xs):
    return [list(one) for one in xs]
""",
        """
def shallow(xs):
    return xs
""",
    ]),
    ("class", "isinstance of the master's own", [
        ("cell", B),
        ("solution", """
def make():
    ### BEGIN SOLUTION
    return B(3)
    ### END SOLUTION
"""),
        ("test", "assert isinstance(make(), B) and make().a == 3"),
    ], [
        """
class C:
    a = 3
def make():
    return C()
""",
    ]),
    ("class", "object of the master's own as argument", [
        ("cell", B),
        ("solution", """
def get(b):
    ### BEGIN SOLUTION
    return b.a
    ### END SOLUTION
"""),
        ("test", "assert get(B(3)) == 3 and get(B(4)) == 4"),
    ], [
        """
def get(b):
    return 3
""",
    ]),
    ("test cell", "helper of an earlier hidden test", [
        ("solution", """
def f(x):
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION
"""),
        ("test", """
### BEGIN HIDDEN TESTS
def check(given, right):
    assert given == right
check(f(1), 2)
### END HIDDEN TESTS
"""),
        ("solution", """
def g(x):
    ### BEGIN SOLUTION
    return x + 2
    ### END SOLUTION
"""),
        ("test2", """
### BEGIN HIDDEN TESTS
check(g(1), 3)
### END HIDDEN TESTS
"""),
    ], [
    ]),
    ("test cell", "lines of a shell", [
        ("solution", """
def f(x):
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION
"""),
        ("test", """
x = !echo 7
assert f(int(x[0])) == 8
"""),
    ], [
        """
def f(x):
    return x
""",
    ]),
    ("test cell", "captured output", [
        ("solution", """
def f(x):
    ### BEGIN SOLUTION
    print(x + 1)
    ### END SOLUTION
"""),
        ("test", "%%capture out\nf(1)"),
        ("test2", 'assert out.stdout == "2\\n"'),
    ], [
    ]),
]  # fmt: skip
