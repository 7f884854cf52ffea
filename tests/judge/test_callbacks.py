"""Functions of a test that are given to student code: it calls them, and the test sees that."""

import pytest
from support.asserts import marked, notebook, said
from support.judging import SMALL

from nbjudge.judge.cache import Cache
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.run import judge
from nbjudge.notebook.submission import Submission

NEWTON = """
def f(g, x):
    for _ in range(20):
        x = x - g(x) / ((g(x + 1e-6) - g(x)) / 1e-6)
    return x
"""
MEMO = """
import functools
def f(g):
    known = {}
    @functools.wraps(g)
    def inner(n):
        if n not in known:
            known[n] = g(n)
        return known[n]
    return inner
"""
TIMES = "def f(g, x):\n    return g(g(x))"
KEEPS = """
class f:
    def __init__(self, key): self.key, self.items = key, []
    def insert(self, x): self.items.append(x); self.items.sort(key=self.key)
"""
EACH = "def f(g, xs):\n    for x in xs:\n        g(x)"
LAZY = "def f(g, xs):\n    for x in xs:\n        yield g(x)"
GOES_ON = """
def f(g, x):
    try:
        return g(x)
    except ZeroDivisionError as error:
        return str(error)
"""
FIB = """
calls = []
@f
def fib(n):
    "Count."
    calls.append(n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)
assert fib(60) == 1548008755920 and fib.__name__ == 'fib' and fib.__doc__ == 'Count.'
assert sorted(calls) == list(range(61))
"""

RIGHT = {
    "lambda": (NEWTON, "assert abs(f(lambda x: x * x - 2, 1.0) - 2 ** 0.5) < 1e-6"),
    "def": (TIMES, "def twice(x):\n    return 2 * x\nassert f(twice, 3) == 12"),
    "builtin": (TIMES, "assert f(abs, -3) == 3 and f(str, 3) == '3'"),
    "of a module": (TIMES, "import math, operator, numpy as np\n"
                    "assert f(math.cos, 0.0) == math.cos(1.0) and f(np.cos, 0.0) == math.cos(1.0)\n"
                    "assert f(operator.neg, 3) == 3 and f(str.upper, 'a') == 'A'"),
    "class of torch": ("import torch\ndef f(g): return g()(torch.tensor([-1.0]))",
                       "import torch\nassert f(torch.nn.ReLU) == 0"),
    "method": (TIMES, "class A:\n    k = 3\n    def m(self, x):\n        self.k += 1\n"
               "        return x + self.k\na = A()\nassert f(a.m, 1) == 10 and a.k == 5"),
    "object": (TIMES, "class A:\n    n = 0\n    def __call__(self, x):\n        self.n += 1\n"
               "        return x\na = A()\nassert f(a, 1) == 1 and a.n == 2"),
    "partial": (TIMES, "from functools import partial\nassert f(partial(pow, 2), 3) == 256"),
    "mock": (TIMES, "from unittest.mock import Mock\nm = Mock(return_value=7)\n"
             "assert f(m, 1) == 7\nm.assert_called_with(7)"),
    "append": (EACH, "seen = []\nf(seen.append, [3, 4])\nassert seen == [3, 4]"),
    "in a list": ("def f(gs, x):\n    for g in gs: x = g(x)\n    return x",
                  "assert f([lambda x: x + 1, lambda x: x * 2], 3) == 8"),
    "in a dict": ("def f(gs, x):\n    return gs['a'](x)", "assert f({'a': lambda x: -x}, 3) == -3"),
    "by name": ("def f(g):\n    return g(1, y=2)", "assert f(lambda x, y=5: (x, y)) == (1, 2)"),
    "a function of it": ("def f(g, h):\n    return lambda x: g(h(x))",
                         "assert f(lambda x: x + 1, lambda x: 2 * x)(3) == 7"),
    "decorator": (MEMO, FIB),
    "given back": ("def f(g):\n    return g", "def g(x): pass\nassert f(g) is g"),
    "given back in a list": ("def f(g):\n    return [g]", "def g(x): pass\nassert f(g)[0] is g"),
    "kept by an object": (KEEPS, "a = f(key=lambda x: -x)\na.insert(1)\na.insert(3)\n"
                          "assert a.items == [3, 1]"),
    "set on an object": (KEEPS, "a = f(key=None)\na.key = lambda x: -x\na.insert(1)\na.insert(3)\n"
                         "assert a.items == [3, 1]"),
    "generator": (LAZY, "g = f(lambda x: x * x, [1, 2, 3])\nassert next(g) == 1 and next(g) == 4"),
    "returns a function": ("def f(g):\n    return g(1)(2)",
                           "assert f(lambda a: lambda b: a + b) == 3"),
    "gets an object": ("class A:\n    v = 3\ndef f(g):\n    return g(A())",
                       "assert f(lambda a: a.v) == 3"),
    "gives an object back": ("class A:\n    v = 3\ndef f(g):\n    a = A()\n    return g(a) is a",
                             "assert f(lambda a: a)"),
    "calls student code": ("def h(x):\n    return x + 1\ndef f(g):\n    return g(1)",
                           "assert f(lambda x: h(x) * 10) == 20"),
    "exception caught": (GOES_ON, "assert f(lambda x: 1 / x, 0) == 'division by zero'"),
    "exception let through": (TIMES, "import pytest\nwith pytest.raises(ZeroDivisionError):\n"
                              "    f(lambda x: 1 / x, 0)"),
    "key error": ("def f(g):\n    try:\n        g()\n    except KeyError as e:\n"
                  "        return e.args[0]",
                  "assert f(lambda: {}['a']) == 'a'"),
    "count of arguments": ("def f(g):\n    return g.__code__.co_argcount",
                           "assert f(lambda a, b, c=1: 0) == 3"),
    "signature": ("import inspect\ndef f(g):\n    return str(inspect.signature(g))",
                  "def g(a, /, b, c=2, *rest, d, e=3, **more): pass\n"
                  "assert f(g) == '(a, /, b, c=2, *rest, d, e=3, **more)'"),
    "default that is kept": ("def f(g):\n    g(1)\n    return g(2)",
                             "def g(x, known=[]):\n    known.append(x)\n    return known\n"
                             "assert f(g) == [1, 2]"),
    "all kinds of arguments": ("def f(g):\n    return g(1, 2, 3, 4, d=5, z=6)",
                               "def g(a, /, b, c=2, *rest, d, e=3, **more):\n"
                               "    return [a, b, c, rest, d, e, more]\n"
                               "assert f(g) == [1, 2, 3, (4,), 5, 3, {'z': 6}]"),
    "gradients": ("import torch\ndef f(g, x):\n    x = x.clone().requires_grad_()\n"
                  "    return torch.autograd.grad(g(x).sum(), x)[0]",
                  "import torch\nassert f(lambda x: x ** 3, torch.tensor([2.0])) == 12"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_passes(zygote, course, name):
    code, test = RIGHT[name]
    points, judged = marked(zygote, code, test, course)
    assert (points, said(judged), str(judged.failures)) == (2, "", "{}")


WRONG = {
    "lambda": "def f(g, x):\n    return 1.5",
    "def": "def f(g, x):\n    return g(x)",
    "builtin": "def f(g, x):\n    return -x",
    "method": "def f(g, x):\n    return g(x) + 5",
    "object": "def f(g, x):\n    return g(x)",
    "mock": "def f(g, x):\n    return 7",
    "append": "def f(g, xs):\n    pass",
    "in a list": "def f(gs, x):\n    return gs[1](x)",
    "by name": "def f(g):\n    return g(1, x=2)",
    "a function of it": "def f(g, h):\n    return lambda x: h(g(x))",
    "decorator": "def f(g):\n    return g",
    "given back": "def f(g):\n    return lambda x: g(x)",
    "given back in a list": "def f(g):\n    return [lambda x: g(x)]",
    "kept by an object": KEEPS.replace("key=self.key", "reverse=False"),
    "generator": "def f(g, xs):\n    while True:\n        yield 1",
    "returns a function": "def f(g):\n    return g(1)(1)",
    "calls student code": "def h(x):\n    return x\ndef f(g):\n    return g(1)",
    "exception caught": "def f(g, x):\n    return g(x)",
    "exception let through": "def f(g, x):\n    raise ValueError('division by zero')",
    "gradients": "import torch\ndef f(g, x):\n    return g(x)",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_solution_does_not(zygote, course, name):
    assert marked(zygote, WRONG[name], RIGHT[name][1], course)[0] == 0


ONCE = "def f(g, x=None):\n    return g(x)"
REFUSED = {
    "eval": "f(lambda x: eval(x), '1')",
    "a function that calls eval": "def h(x): return eval(x)\nf(lambda x: h(x), '1')",
    "a class that calls eval": "class A:\n    def m(self, x): return eval(x)\nf(A().m, '1')",
    "in a closure": "def h(k): return lambda x: k(x)\nf(h(lambda x: eval(x)), '1')",
    "in a default": "def h(x, k=eval): return k(x)\nf(h, '1')",
    "in a partial": "from functools import partial\nf(partial(lambda k, x: k(x), eval), '1')",
    "in a cache": "from functools import lru_cache\nf(lru_cache(lambda x: eval(x)), '1')",
    "open": "f(lambda x: open(x).read(), 'data.txt')",
    "getattr": "f(lambda x: getattr(f, x), '__name__')",
    "globals": "f(lambda x: globals()[x], 'f')",
    "format": "f(lambda x: x.format(f), '{}')",
    "import": "def h(x):\n    import os\n    return os.getpid()\nf(h, 1)",
    "a module": "import os\nf(lambda x: os.getpid())",
    "of a module": "from subprocess import run\nf(lambda x: run(x), 'ls')",
    "a path": "from pathlib import Path\np = Path('.')\nf(lambda x: (p / x).read_text(), 'x')",
    "a file of NumPy": "import numpy as np\nf(lambda x: np.load(x), 'x')",
    "a method of a file": "import io\nf(io.StringIO().write, 'x')",
    "sleep": "import time\nf(lambda x: time.sleep(x), 0)",
    "sleep by its name": "from time import sleep\nf(lambda x: sleep(x), 0)",
    "a pattern": "import re\nf(lambda x: re.match(x, 'a'), 'a')",
    "a class": "class A:\n    def __init__(self, x): pass\nf(A)",
    "a layer": "import torch\nf(torch.nn.ReLU(), torch.ones(1))",
    "an iterator as result": "f(lambda x: iter([1]))",
    "an object as result": "class A: pass\nf(lambda x: A())",
    "a changed argument": "f(lambda x: x.append(1), [])",
    "a number that is too large": "f(lambda x: x, 10 ** 9)",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("caught", [False, True], ids=["", "caught"])
def test_what_may_not_be_given_or_does_not_travel_decides_nothing(zygote, course, name, caught):
    code = ONCE
    if caught:
        code = (
            "def f(g, x=None):\n    try:\n        return g(x)\n    except Exception:\n        pass"
        )
    points, judged = marked(zygote, code, REFUSED[name], course)
    assert (points, judged.failures["test"].undecided) == (0, True)
    assert "Traceback" not in said(judged)


def test_what_runs_in_the_student_process_may_reach_what_it_likes(zygote, course):
    assert (
        marked(zygote, ONCE, "import os\nassert f(eval, '1') == 1 and f(os.getpid)", course)[0] == 0
    )
    test = "import os\nassert f(eval, '1') == 1 and f(os.strerror, 2)"
    assert marked(zygote, ONCE, test, course)[0] == 2


def test_in_a_class_nobody_has_the_points_of_one_who_answers_the_same_and_calls_otherwise(
    zygote, course
):
    test, cache = "seen = []\nf(seen.append)\nassert seen == [3]", Cache()
    right, wrong = "def f(g):\n    g(3)", "def f(g):\n    pass"
    settings = JudgeSettings(course, notebook(right, test), SMALL, cache)
    for code, points, ours in [(right, 2, True), (right, 2, False), (wrong, 0, False)] * 2:
        judged = judge(settings, Submission(notebook(code, test), 7, ours=ours), zygote)
        assert judged.scores["test"] == points
