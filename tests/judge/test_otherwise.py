"""Solutions that are written otherwise than the master's: right ones keep their points.

And wrong ones gain none by what lies between two processes. A test that decides nothing for one of
them asks for a person.
"""

import time

import pytest
from support import mixed
from support.asserts import notebook, said
from support.judging import PATIENT, SMALL, run

from nbjudge.notebook.canonical import canonical
from nbjudge.verdict import Verdict


def judged(zygote, course, master, answer, test, limits=SMALL):
    """Judge an answer by the test, which the master's own passes."""
    text = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    own = notebook(master, text)
    assert run(zygote, own, limits, course, master=own).scores["test"] == 2
    return run(zygote, notebook(answer, text), limits, course, master=notebook(master, text))


def is_undecided(result):
    return "test" in result.failures and result.failures["test"].undecided


RIGHT = {
    "rows that are sorted in place": (
        "def f(rows):\n    return sorted(rows, key=lambda row: row['n'])",
        "def f(rows):\n    rows.sort(key=lambda row: row['n'])\n    return rows",
        "rows = [{'n': 3}, {'n': 1}]\nexpected = [rows[1], rows[0]]\nassert f(rows) == expected",
    ),
    "rows that change their places": (
        "def f(m):\n    return [m[1], m[0]]",
        "def f(m):\n    m[0], m[1] = m[1], m[0]\n    return m",
        "a, b = [1, 2], [3, 4]\nassert f([a, b]) == [[3, 4], [1, 2]] and a == [1, 2]",
    ),
    "a generator as a list": (
        "def f(n):\n    return list(range(n))",
        "def f(n):\n    yield from range(n)",
        "assert list(f(3)) == [0, 1, 2] and sorted(f(2)) == [*f(2)] == [0, 1]",
    ),
    "an object that can be gone through": (
        "def f(n):\n    return list(range(n))",
        "class Deck:\n    def __init__(self, n): self.n = n\n    def __len__(self): return 7\n"
        "    def __iter__(self): return iter(range(self.n))\nf = Deck",
        "assert list(f(3)) == [0, 1, 2]\nassert tuple(f(1)) == (0,)",
    ),
    "a named tuple": (
        "class Row:\n    def __init__(self, n): self.n = n\ndef f():\n    return [Row(1), Row(2)]",
        "from collections import namedtuple\nRow = namedtuple('Row', 'n')\n"
        "def f():\n    return [Row(1), Row(2)]",
        "assert [one.n for one in f()] == [1, 2]",
    ),
    "a set of named tuples": (
        "def f():\n    return {(1, 2)}",
        "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int\n"
        "def f():\n    return {P(1, 2)}",
        "assert f() == {(1, 2)}",
    ),
    "keys of a dict": (
        "def f():\n    return {'a', 'b'}",
        "def f():\n    return {'a': 1, 'b': 2}.keys()",
        "assert f() == {'a', 'b'}",
    ),
    "items of a dict": (
        "def f():\n    return {('a', 1)}",
        "def f():\n    return {'a': 1}.items()",
        "assert f() == {('a', 1)}",
    ),
    "a bytearray": (
        "def f():\n    return b'ab'",
        "def f():\n    return bytearray(b'ab')",
        "assert f() == b'ab' and f().decode() == 'ab'",
    ),
    "a chain of dicts": (
        "def f():\n    return {'x': 1, 'y': 2}",
        "from collections import ChainMap\ndef f():\n    return ChainMap({'x': 1}, {'y': 2})",
        "assert f()['y'] == 2",
    ),
    "a dict that cannot be written": (
        "def f():\n    return {'x': 1}",
        "from types import MappingProxyType\ndef f():\n    return MappingProxyType({'x': 1})",
        "assert f()['x'] == 1",
    ),
    "a defaultdict of a lambda": (
        "from collections import Counter\ndef f():\n    return Counter('ab')",
        "from collections import defaultdict\n"
        "def f():\n    return defaultdict(lambda: 0, {'a': 1, 'b': 1})",
        "assert f()['z'] == 0",
    ),
    "a defaultdict of a function": (
        "from collections import defaultdict\n"
        "def f():\n    return defaultdict(lambda: float('inf'), a=1)",
        "from collections import defaultdict\ndef far():\n    return float('inf')\n"
        "def f():\n    distance = defaultdict(far)\n    distance['a'] = 1\n    return distance",
        "assert f()['z'] == float('inf') and f() == {'a': 1}",
    ),
    "a defaultdict of the test": (
        "def f(d):\n    return d.get('z', 3)",
        "def f(d):\n    return d['z']",
        "from collections import defaultdict\nassert f(defaultdict(lambda: 3)) == 3",
    ),
    "times of pandas": (
        "import datetime\ndef f():\n    return {datetime.datetime(2020, 1, 2): 1}",
        "import pandas as pd\ndef f():\n    return {pd.Timestamp('2020-01-02'): 1}",
        "import datetime\nassert f()[datetime.datetime(2020, 1, 2)] == 1",
    ),
    "nothing of pandas": (
        "import numpy as np\ndef f():\n    return np.nan",
        "import pandas as pd\ndef f():\n    return pd.NA",
        "import pandas as pd\nassert pd.isna(f())",
    ),
    "an exception of a library": (
        "import numpy as np\nfrom numpy.linalg import LinAlgError\n"
        "def f(a):\n    raise LinAlgError('singular')",
        "import numpy as np\ndef f(a):\n    return np.linalg.inv(a)",
        "import numpy as np\nfrom numpy.linalg import LinAlgError\ntry:\n"
        "    f(np.zeros((2, 2)))\nexcept LinAlgError:\n    pass\nelse:\n    assert False",
    ),
    "a function that was given an attribute": (
        "import functools\ndef f(g):\n    @functools.wraps(g)\n    def inner(*a):\n"
        "        return g(*a)\n    inner.registered = True\n    return inner",
        "def f(g):\n    g.registered = True\n    return g",
        "@f\ndef square(x):\n    return x * x\nassert square(3) == 9 and square.registered",
    ),
    "an object with the name of a function": (
        "import functools\ndef f(g):\n    @functools.wraps(g)\n    def inner(*a):\n"
        "        return g(*a)\n    return inner",
        "class f:\n    def __init__(self, g):\n        self.g, self.__name__ = g, g.__name__\n"
        "    def __call__(self, *a):\n        return self.g(*a)",
        "@f\ndef square(x):\n    return x * x\nassert square(3) == 9\n"
        "assert square.__name__ == 'square'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_that_is_written_otherwise_has_its_points(zygote, course, name):
    assert judged(zygote, course, *RIGHT[name]).scores["test"] == 2


IN_PLACE = {
    "an array": (
        "def f(ps):\n    for p in ps:\n        p -= 1",
        "def f(ps):\n    for i in range(len(ps)):\n        ps[i] = ps[i] - 1",
        "import numpy as np\nw = np.ones(2)\nf([w])\nassert w.tolist() == [0, 0]",
    ),
    "a list": (
        "def f(d):\n    d['x'].append(3)",
        "def f(d):\n    d['x'] = d['x'] + [3]",
        "x = [1]\nd = {'x': x}\nf(d)\nassert x == [1, 3] and d == {'x': [1, 3]}",
    ),
    "rows": (
        "def f(m):\n    m[0][1], m[1][0] = m[1][0], m[0][1]",
        "def f(m):\n    m[:] = [list(row) for row in zip(*m)]",
        "m = [[1, 2], [3, 4]]\nrow = m[0]\nf(m)\nassert m == [[1, 3], [2, 4]] and row is m[0]",
    ),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_what_stands_in_the_place_of_another_is_not_what_changed(zygote, course, name):
    """As `p = p - 1` for `p -= 1`: what the test holds has not changed."""
    result = judged(zygote, course, *IN_PLACE[name])
    assert (result.scores["test"], result.verdicts["test"]) == (0, Verdict.NOT_MET)
    assert not is_undecided(result)


UNDECIDED = {
    "rounded": (
        "def f(x):\n    return x ** 0.5",
        "class Number:\n    def __round__(self): return 3\ndef f(x):\n    return Number()",
        "assert round(f(9)) == 3",
    ),
    "formatted": (
        "def f(x):\n    return x ** 0.5",
        "import numpy as np\ndef f(x):\n    return np.sqrt(np.longdouble(x))",
        "assert f'{f(2):.2f}' == '1.41'",
    ),
    "items by their numbers": (
        "def f(n):\n    return list(range(n))",
        "class Deck:\n    def __init__(self, n): self.n = n\n    def __getitem__(self, i):\n"
        "        if i < self.n: return i\n        raise IndexError\nf = Deck",
        "assert [one for one in f(3)] == [0, 1, 2]",
    ),
    "a dict of a class of its own": (
        "def f():\n    return {'a': 1}",
        "class Inventory(dict):\n    pass\ndef f():\n    return Inventory(a=1)",
        "import json\nassert isinstance(f(), dict) and json.dumps(f()) == '{\"a\": 1}'",
    ),
    "nested too deeply to travel": (
        "def f():\n    return []",
        "def f():\n    x = []\n    for _ in range(40):\n        x = [x]\n    return x",
        "assert isinstance(f(), list)",
    ),
    "more steps than are answered": (
        "def f(g):\n    return sum(g(n) for n in range(10)) / 10",
        "def f(g):\n    return sum(g(n) for n in range(20_000)) / 20_000",
        "assert f(lambda n: 1) == 1",
    ),
    "rows that move, and one of them changes": (
        "def f(m):\n    m[0].append(0)\n    return [m[1], m[0]]",
        "def f(m):\n    m[0].append(0)\n    m.reverse()\n    return m",
        "a, b = [1], [2]\nassert f([a, b]) == [[2], [1, 0]] and a == [1, 0]",
    ),
    "a defaultdict that asks the notebook": (
        "from collections import defaultdict\n"
        "def f():\n    return defaultdict(lambda: float('inf'), a=1)",
        "import math\nfrom collections import defaultdict\n"
        "def f():\n    return defaultdict(lambda: math.inf, a=1)",
        "assert f()['a'] == 1 and f()['z'] == float('inf')",
    ),
    "a length": (
        "def f(n):\n    return list(range(n))",
        "class Deck:\n    def __len__(self): return 3\ndef f(n):\n    return Deck()",
        "assert len(f(3)) == 3",
    ),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_cannot_be_decided_asks_for_a_person(zygote, course, name):
    result = judged(zygote, course, *UNDECIDED[name], PATIENT)
    assert result.scores["test"] == 0
    assert is_undecided(result)
    assert "Your instructor looks at it, too." in said(result)


MUST_RAISE = "def f(n):\n    if n < 0:\n        raise ValueError\n    return n"
EXPECTS = {
    "except": "try:\n    f(-1)\nexcept Exception:\n    pass\nelse:\n    assert False",
    "assertRaises": "import unittest\nunittest.TestCase().assertRaises(Exception, f, -1)",
    "counted": "### COUNT ASSERTS\nimport pytest\nassert f(4) == 4\n"
    "with pytest.raises(Exception):\n    f(-1)",
}


@pytest.mark.parametrize("expects", EXPECTS.values(), ids=EXPECTS)
@pytest.mark.parametrize(
    ("instead", "verdict"),
    [
        ("while n < 0: n -= 1", Verdict.OUT_OF_TIME),
        ("import os\n    if n < 0: os._exit(0)", Verdict.CRASHED),
        ("import sys\n    if n < 0: sys.exit()", Verdict.RAISED),
    ],
    ids=["a loop", "an end", "an exit"],
)
def test_what_ends_the_code_is_no_exception_that_a_test_expects(
    zygote, course, instead, verdict, expects
):
    result = judged(
        zygote,
        course,
        MUST_RAISE,
        f"def f(n):\n    {instead}\n    return n",
        f"x = f(4)\n{expects}",
    )
    assert (result.scores["test"], result.verdicts["test"]) == (0, verdict)


def test_a_check_that_is_stopped_takes_no_other(zygote, course):
    test = "### COUNT ASSERTS\nassert f(4) == 4\nassert f(-1) == -1"
    right = "def f(n):\n    return n"
    answer = "def f(n):\n    while n < 0:\n        pass\n    return n"
    assert judged(zygote, course, right, answer, test).scores["test"] == 1


def test_a_result_that_does_not_travel_is_not_the_exception_that_is_expected(zygote, course):
    answer = "def f(n):\n    x = []\n    for _ in range(40):\n        x = [x]\n    return x"
    result = judged(zygote, course, MUST_RAISE, answer, "x = f(4)\n" + EXPECTS["except"])
    assert result.scores["test"] == 0
    assert is_undecided(result)


@pytest.mark.parametrize(
    "ends",
    [
        "import sys\nif f(1) != 1: sys.exit('wrong')",
        "import pytest\nif f(1) != 1: pytest.skip('wrong')",
        "import asyncio\nif f(1) != 1: raise asyncio.CancelledError",
    ],
    ids=["sys.exit", "pytest.skip", "CancelledError"],
)
def test_a_test_that_ends_in_another_way_is_lost_and_nothing_else(zygote, course, ends):
    right = "def f(x):\n    return x"
    result = judged(zygote, course, right, "def f(x):\n    return 2", ends)
    assert (result.scores["test"], result.verdicts["test"]) == (0, Verdict.NOT_MET)


def test_many_short_calls_take_no_time_of_the_next_exercise(zygote, course):
    def notebook_of(body):
        cells = [
            ("f", body, "while f(1) != 5:\n    pass"),
            ("g", "def g(x):\n    return x", "g(2)"),
        ]
        return canonical(mixed.nbformat.v4.new_notebook(cells=[
            cell for name, source, test in cells for cell in (
                mixed.marked(name, source, solution=True),
                mixed.marked(f"{name}-test", f"assert {name}(2) is not None\n{test}\nx = 1",
                             grade=True, locked=True, points=2),
            )
        ]))  # fmt: skip

    master = notebook_of("def f(x):\n    return 5")
    wrong = notebook_of("def f(x):\n    return sum(range(20_000))")
    begun = time.monotonic()
    result = run(zygote, wrong, SMALL, course, master=master)
    assert result.scores == {"f-test": 0, "g-test": 2}
    assert time.monotonic() - begun < SMALL.total_seconds
