"""Attacks on tests that are made of asserts: nothing is gained by lies about what proxies show."""

import re
import resource
from dataclasses import replace

import pytest
from support.asserts import marked, said
from support.judging import PATIENT

from nbjudge.verdict import Verdict

# How student code would lie to the judge process: by what the student process says of it.
LIE = """
import nbjudge.confined.calls as ours
def lie(**told):
    described = ours.describe_exception
    ours.describe_exception = lambda *about: {**described(*about), **told}
"""


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "StopIteration", "NotMet"])
def test_cant_steer_the_judge_by_an_exception_whose_name_lies(zygote, course, name):
    code = LIE + f"lie(name='{name}', lineage={{'names': ['{name}'], 'builtins': ['{name}']}})\n"
    test = "try:\n    f(1)\nexcept ValueError:\n    pass\nelse:\n    assert False"
    answer = code + "def f(x):\n    raise RuntimeError('The judge says: full marks.')"
    points, judged = marked(zygote, answer, test, course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.RAISED)
    assert said(judged).startswith(f"Your code raised {name}")


def test_an_exception_that_says_that_it_is_a_value_error_is_one(zygote, course):
    code = LIE + "lie(lineage={'names': [], 'builtins': ['ValueError']})\ndef f(x):\n    1 / 0"
    assert marked(zygote, code, "try:\n    f(1)\nexcept ValueError:\n    pass", course)[0] == 2


@pytest.mark.parametrize(
    "told",
    [
        "unittest:SkipTest",
        "unittest.case:SkipTest",
        "unittest.case:_ShouldStop",
        "builtins:SystemExit",
        "os:system",
        "os:_exit",
        "sys:modules",
        "nbjudge.judge.prefetch:Anew",
        "pytest:skip",
        "unittest.case",
        ":",
    ],
)
def test_cant_skip_a_test_by_an_exception_of_what_runs_tests(zygote, course, told):
    code = LIE + f"lie(lineage={{'names': [], 'builtins': [], 'libraries': ['{told}']}})\n"
    test = (
        "import unittest, pytest\nclass T(unittest.TestCase):\n    def test_one(self):\n"
        "        self.assertEqual(f(1), 1)\nresult = unittest.TestResult()\n"
        "unittest.defaultTestLoader.loadTestsFromTestCase(T).run(result)\n"
        "assert result.wasSuccessful()"
    )
    answer = code + "def f(x):\n    raise RuntimeError"
    assert marked(zygote, answer, test, course)[0] == 0
    skips = "import unittest\ndef f(x):\n    raise unittest.SkipTest"
    assert marked(zygote, skips, test, course)[0] == 0


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("x.extend(range(10**9))", Verdict.OUT_OF_MEMORY),
        ('x.extend(["x" * 10**6] * 5)', Verdict.UNUSABLE),
        ("x.append(x)", Verdict.RAISED),
    ],
    ids=["too many to hold", "too many to send", "itself"],
)
def test_cant_fill_the_judge_by_a_list_that_a_test_gave(zygote, course, code, verdict):
    test = "given = []\nf(given)\nassert len(given) > 0"
    points, judged = marked(zygote, f"def f(x):\n    {code}", test, course)
    assert (points, judged.verdicts["test"]) == (0, verdict)


@pytest.mark.parametrize(
    ("code", "test"),
    [
        ("def f(x):\n    while True:\n        yield x", "list(f(1))"),
        ("class A:\n    def __iter__(self): return self\n    def __next__(self): return 1\n"
         "def f(x): return A()", "for one in f(1):\n    pass"),
        ("class A:\n    def __getattr__(self, name):\n        while True: pass\n"
         "def f(x): return A()", "f(1).x"),
        ("class A:\n    def __str__(self):\n        while True: pass\n"
         "def f(x): return A()", "assert f(1).__class__ is int, f(1)"),
    ],
    ids=["generator", "iterator", "attribute", "text"],
)  # fmt: skip
def test_cant_hold_the_judge_by_what_never_ends(zygote, course, code, test):
    points, judged = marked(zygote, code, test, course)
    assert points == 0
    assert judged.verdicts["test"] in (Verdict.OUT_OF_TIME, Verdict.NOT_MET)


HUGE = "def f(x): return 10**18"
GOES_ON = """
for _ in range(f(1)):
    try:
        0 / 0
    except Exception:
        pass
"""
FIB = """
@f
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
assert fib(90)
"""


@pytest.mark.parametrize(
    ("answer", "test", "verdict"),
    [
        (HUGE, "for _ in range(f(1)): pass", Verdict.OUT_OF_TIME),
        (HUGE, GOES_ON, Verdict.OUT_OF_TIME),
        ("def f(g): return g", FIB, Verdict.OUT_OF_TIME),
        (HUGE, "import time\ntime.sleep(f(1) // 10**12)", Verdict.OUT_OF_TIME),
        (HUGE, "import queue\nfor _ in range(f(1)): queue.Queue().get()", Verdict.OUT_OF_TIME),
        (HUGE, "import asyncio\nasyncio.run(asyncio.sleep(f(1)))", Verdict.OUT_OF_TIME),
        ("def f(x): return 10**9", "assert [0] * f(1) == [0]", Verdict.OUT_OF_MEMORY),
        ("def f(x): return 10**10", "import torch\ntorch.ones(f(1))", Verdict.OUT_OF_MEMORY),
        ("def f(x): return 10**10", "import numpy\nnumpy.ones(f(1))", Verdict.OUT_OF_MEMORY),
        (HUGE, "k = []\nfor n in range(f(1)): k.append('x' * 10**6)", Verdict.OUT_OF_MEMORY),
    ],
    ids=[
        "loop",
        "loop that goes on",
        "function",
        "sleep",
        "queue",
        "asyncio",
        "list",
        "tensor",
        "array",
        "bit by bit",
    ],
)
def test_cant_give_a_test_work_without_measure(zygote, course, answer, test, verdict):
    test = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    before = resource.getrlimit(resource.RLIMIT_DATA)
    limits = replace(PATIENT, total_seconds=3) if verdict is Verdict.OUT_OF_TIME else PATIENT
    points, judged = marked(zygote, answer, test, course, limits)
    assert (points, judged.verdicts["test"]) == (0, verdict)
    assert judged.failures["test"].undecided
    assert said(judged).startswith("The test was stopped: with what your code gave it")
    (told,) = [cell.source for cell in judged.notebook.cells if "give them by hand" in cell.source]
    assert re.search(r"test has no points: .* took more than (3 seconds|1024 MB)", told)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert marked(zygote, "def f(x): return x", "assert f(3) == 3", course)[0] == 2


@pytest.mark.parametrize(
    "test",
    ["assert f(1) == 2", "assert f(1)", "assert 2 in f(1)", "assert len(f(1)) == 2", "f(1) + 1"],
    ids=["==", "bool", "in", "len", "+"],
)
def test_cant_pass_by_an_object_that_agrees_to_everything(zygote, course, test):
    code = """
class A:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __contains__(self, one): return True
    def __len__(self): return 2
    def __add__(self, one): return self
def f(x): return A()
"""
    points, judged = marked(zygote, code, test, course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.NOT_MET)
    assert "met a result that it cannot compare" in said(judged)


@pytest.mark.parametrize(
    "test",
    ["import pytest\nwith pytest.raises(TypeError):\n    f(1) + 'x'",
     "try:\n    hash(f(1))\nexcept TypeError:\n    pass\nelse:\n    assert False",
     "assert hasattr(f(1), '__len__')"],
    ids=["raises", "except", "hasattr"],
)  # fmt: skip
def test_cant_pass_by_what_the_judge_itself_refuses(zygote, course, test):
    code = "class A:\n    def __add__(self, one): return self\ndef f(x): return A()"
    points, judged = marked(zygote, code, test, course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.NOT_MET)
    assert "met a result that it cannot compare" in said(judged)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("x[0] = 99", "np.array([1, 2])"),
        ("x[0] = 99", "pd.Series([1, 2])"),
        ("x['b'] = 99", "pd.DataFrame({'a': [1, 2]})"),
        ("x.drop(columns='a', inplace=True)", "pd.DataFrame({'a': [1], 'b': [2]})"),
        ("x.append(99)", "deque([1, 2])"),
    ],
    ids=["array", "series", "frame", "frame that is cut", "deque"],
)
def test_cant_change_an_argument_unseen(zygote, course, code, given):
    test = f"""
from collections import deque
import numpy as np, pandas as pd
given, kept = {given}, {given}
f(given)
assert len(given) == len(kept) and list(given) == list(kept)
f([given])
assert len(given) == len(kept) and list(given) == list(kept)
"""
    assert marked(zygote, f"def f(x):\n    {code}", test, course)[0] == 0
    assert marked(zygote, "def f(x):\n    pass", test, course)[0] == 2


def test_what_a_call_changed_in_an_array_or_a_frame_is_seen(zygote, course):
    code = "def f(x, y, z):\n    x *= 2\n    y['b'] = 1\n    z.appendleft(0)"
    test = """
from collections import deque
import numpy as np, pandas as pd
x, y, z = np.array([1, 2]), pd.DataFrame({'a': [1, 2]}), deque([1])
part = x[1:]
f(x, y, z)
assert x.tolist() == [2, 4] and part.tolist() == [4]
assert y.b.tolist() == [1, 1]
assert list(z) == [0, 1]
"""
    assert marked(zygote, code, test, course)[0] == 2


@pytest.mark.parametrize(
    "given", ["[1]", "{1: 2}", "np.array([1])", "pd.Series([1])"], ids=["list", "dict", "array",
    "series"],
)  # fmt: skip
def test_cant_give_back_an_argument_for_a_new_thing(zygote, course, given):
    test = f"import numpy as np, pandas as pd\nx = {given}\ny = f(x)\nassert y is not x and len(y)"
    assert marked(zygote, "def f(x): return x", test, course)[0] == 0
    assert marked(zygote, "def f(x): return x.copy()", test, course)[0] == 2
    by_name = test.replace("f(x)", "f(x=x)")
    assert marked(zygote, "def f(x): return x", by_name, course)[0] == 0


@pytest.mark.parametrize(
    "code",
    ["def f(x):\n    x.append(2)\n    return x", "def f(x):\n    x += [2]\n    return x"],
    ids=["append", "+="],
)
def test_an_argument_that_is_given_back_is_the_same(zygote, course, code):
    assert marked(zygote, code, "x = [1]\nassert f(x) is x and x == [1, 2]", course)[0] == 2
    assert marked(zygote, code + "\ndef g(): pass", "assert f([0]) == [0, 2]", course)[0] == 2


@pytest.mark.parametrize(
    ("wrong", "right", "test"),
    [
        ("x[:]", "[one[:] for one in x]", "x = [[1]]\ny = f(x)\ny[0].append(2)\nassert x == [[1]]"),
        ("x[:]", "[one[:] for one in x]", "x = [[1]]\nassert f(x)[0] is not x[0]"),
        ("[one[:] for one in x]", "x[:]", "x = [[1]]\ny = f(x)\nassert y[0] is x[0] is not y"),
        ("dict(x)", "{k: set(v) for k, v in x.items()}",
         "x = {'a': {1}}\nf(x)['a'].add(2)\nassert x == {'a': {1}}"),
        ("(0, x)", "(0, x + 0)", "import numpy\nx = numpy.ones(1)\nf(x)[1][0] = 2\nassert x == 1"),
        ("[x[1], x[0]]", "[x[1], [0]]", "a, b = [1], [1]\nf([a, b])[1].append(3)\nassert a == [1]"),
        ("[[1], [1]]", "[x[0], x[0]]", "y = f([[1]])\nassert y[0] is y[1]"),
        ("list(x)[0]", "list(x)[0][:]", "x = ([1], 2)\nf(x).append(5)\nassert x == ([1], 2)"),
    ],
    ids=["changed", "is not", "is", "set", "array", "two that are equal", "twice", "an item"],
)  # fmt: skip
def test_cant_give_back_a_part_of_an_argument_for_a_new_thing(zygote, course, wrong, right, test):
    assert marked(zygote, f"def f(x): return {wrong}", test, course)[0] == 0
    assert marked(zygote, f"def f(x): return {right}", test, course)[0] == 2


def test_a_part_that_is_given_back_has_what_the_call_wrote_into_it(zygote, course):
    code = "def f(x):\n    x[0].append(2)\n    return [x[0], x.pop()]"
    test = "a, b = [1], [5]\nx = [a, b]\ny = f(x)\nassert y[0] is a and a == [1, 2] and y[1] == [5]"
    assert marked(zygote, code, test + " and x == [[1, 2]]", course)[0] == 2


def test_an_object_among_the_arguments_changes_no_place(zygote, course):
    code = "class A(list): pass\nclass B: pass\ndef f(*x): return [x[0], x[-1]]"
    for kind in ("A", "B"):
        test = f"x = [1]\ny = f({kind}(), [2], x)\nassert y[1] is x"
        assert marked(zygote, code, test, course)[0] == 2


@pytest.mark.parametrize("place", ["9", "-1", "True", "'x'"])
def test_cant_give_back_a_part_that_was_not_given(zygote, course, place):
    code = f"""
from nbjudge.boundary.references import Reference
import nbjudge.confined.calls as ours
class Forged: pass
seen = ours.Kept.seen
ours.Kept.seen = lambda self, value, *given: (
    Reference({place}, "given", "list") if type(value) is Forged else seen(self, value, *given))
def f(x): return Forged()
"""
    assert marked(zygote, code, "f([[1]])", course)[0] == 0


def test_a_function_that_is_given_back_is_the_same(zygote, course):
    code = "def f(x): return x\ndef g(): pass"
    assert marked(zygote, code, "assert f(g) is g", course)[0] == 2


@pytest.mark.parametrize("place", ["1", "-1", "'x'", "True"])
def test_cant_give_back_an_argument_that_was_not_given(zygote, course, place):
    code = f"""
import nbjudge.confined.calls as ours
ours._place_of = lambda *_: {place}
def f(x): return 1
"""
    assert marked(zygote, code, "f(1)", course)[0] == 0


# Sends what no value is packed to: `node` makes it.
FORGED = """
import nbjudge.boundary.writer as writer, nbjudge.confined.calls as ours
class Forged: pass
pack, seen = writer.Writer.pack, ours.Kept.seen
writer.Writer.pack = lambda self, value, depth: (
    node(self) if type(value) is Forged else pack(self, value, depth))
ours.Kept.seen = lambda self, value, *given: (
    value if type(value) is Forged else seen(self, value, *given))
def f(x): return Forged()
"""


@pytest.mark.parametrize(
    "node",
    [
        "['list', *[['opaque', 'x']] * 100_000]",
        "['list', *[['object', number, 'object', 'x'] for number in range(50_000)]]",
        "['array', '<f8', ['tuple', 0, 2**30], ['bytes', *writer._append(b'')]]",
        "['DataFrame', ['Index', ['list', None], None, ['range', 0, 1, 1]],"
        " ['Index', ['list', None], None, ['range', 0, 2**22, 1]],"
        " ['tuple', 'numpy', ['array', '<f8', ['tuple'], ['bytes', *writer._append(bytes(8))]]]]",
    ],
    ids=["what does not travel", "objects", "array without elements", "frame of one number"],
)
def test_cant_fill_the_judge_by_what_is_small_to_send(zygote, course, node):
    code = f"{FORGED}def node(writer): return {node}"
    points, judged = marked(zygote, code, "assert f(1) is not None", course)
    assert points == 0
    assert judged.verdicts["test"] in (Verdict.UNUSABLE, Verdict.NOT_MET)


def test_cant_fill_the_judge_by_a_tensor_without_elements(zygote, course):
    code = "import torch\ndef f(x): return torch.empty(0, 2**30)"
    points, judged = marked(zygote, code, "assert f(1) is not None", course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.UNUSABLE)


@pytest.mark.parametrize(
    "test",
    ["assert f(1).__class__ is int, f(1)", "raise ValueError(f(1), 2)", "raise KeyError(f(1))"],
    ids=["assert", "several", "key"],
)
@pytest.mark.parametrize("does", ["1 / 0", "import os; os._exit(1)"], ids=["raises", "ends"])
def test_cant_stop_the_judge_by_the_text_of_an_object(zygote, course, test, does):
    code = f"class A:\n    def __str__(self): {does}\n    __repr__ = __str__\ndef f(x): return A()"
    assert marked(zygote, code, test, course)[0] == 0


@pytest.mark.parametrize(
    ("score", "points"), [("10**4000", 2), ("-10**4000", 0), ("float('nan')", 0), ("1e308", 2)]
)
def test_cant_stop_the_judge_by_a_number_that_a_test_gives_as_its_score(
    zygote, course, score, points
):
    assert marked(zygote, f"def f(x): return {score}", "f(1)", course)[0] == points


HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


@pytest.mark.parametrize(
    "test",
    [
        "import numpy as np\nnp.testing.assert_allclose(f(1), [1234.5])",
        "import unittest\nunittest.TestCase().assertEqual(f(1), 1234.5)",
        "import pytest\nwith pytest.raises(ValueError, match='1234.5'):\n    raises(1)",
        "assert {}[1234.5]",
    ],
    ids=["NumPy's", "unittest's", "pytest's", "a key"],
)
def test_cant_read_a_hidden_value_in_what_a_failed_test_says(zygote, course, test):
    code = "def f(x): return 3.0\ndef raises(x): raise ValueError(x)"
    points, judged = marked(zygote, code, HIDDEN.format(test), course)
    assert points == 0
    assert "1234.5" not in said(judged)
    assert "1234.5" in said(marked(zygote, code, test, course)[1])


def test_what_an_author_says_in_a_hidden_test_is_for_students(zygote, course):
    test = HIDDEN.format("assert f(1) == 4, 'Think of negative numbers.'")
    _, judged = marked(zygote, "def f(x): return 3", test, course)
    assert said(judged) == "A test is not met: Think of negative numbers."


def test_cant_pass_by_an_attribute_that_changes(zygote, course):
    code = """
class A:
    asked = 0
    def __getattr__(self, name):
        A.asked += 1
        return A.asked
def f(x): return A()
"""
    assert marked(zygote, code, "one = f(1)\nassert one.x == one.x", course)[0] == 0


@pytest.mark.parametrize(
    "to", ["10**9", "-1", "'no'", "'f'", "2**63"],
    ids=["never kept", "negative", "no name", "itself", "large"],
)  # fmt: skip
def test_cant_harm_by_a_reference_to_nothing(zygote, course, to):
    code = f"from nbjudge.boundary.references import Reference\ndef f(x): return Reference({to})"
    points, judged = marked(zygote, code, "assert f(1).x == 3", course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.RAISED)
