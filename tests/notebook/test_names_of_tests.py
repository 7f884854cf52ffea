"""Which names a test needs: of solutions, of helper cells, and of modules they import."""

import nbformat
import pytest
from support.mixed import marked

from nbjudge.notebook.test_cell import TestCell


def region(*lines):
    return "\n".join(["### BEGIN SOLUTION", *lines, "### END SOLUTION"])


def made(test, *before):
    """Return the test cell behind some cells; a text is one of no mark."""
    cells = [
        nbformat.v4.new_code_cell(one, id=f"own-{n}") if isinstance(one, str) else one
        for n, one in enumerate(before)
    ]
    cell = marked("marks", test, grade=True, points=2)
    return TestCell.of(cell, nbformat.v4.new_notebook(cells=[*cells, cell]))


def solution(source, name="answer"):
    return marked(name, source, solution=True)


def test_a_name_that_is_given_in_any_way_is_asked_for_where_the_test_uses_it():
    text = region(
        "k: int = 1", "a, (b, *c) = f()", "for i in c:", "    pass", "with o() as w: d = 1"
    )
    test = made("assert k + a + b + len(c) + i + w.x + d", solution(text))
    assert test.names == test.defined == ["a", "b", "c", "d", "i", "k", "w"]


def test_a_name_of_the_solutions_own_is_not_waited_for():
    text = region("k = 1", "for i in range(3):", "    t = k", "x = [j for j in 'ab']")
    test = made("for i in (1, 2):\n    assert k and i", solution(text))
    assert test.names == ["k"]  # `x` is a placeholder, too, and the test does not use it
    assert test.defined == ["i", "k", "x"]


def test_a_helper_of_the_solutions_own_is_not_waited_for():
    text = region("def g(x):", "    return x", "def f(x):", "    return g(x)")
    assert made("assert f(1) == 1", solution(text)).names == ["f"]
    assert made("assert y == 1", solution(text), "y = f(1)").names == ["f"]
    assert made("def g(x):\n    return x\nassert f(g(1))", solution(text)).names == ["f"]


def test_a_function_whole_in_a_region_is_asked_for_by_a_rubric_too():
    text = region("def f(x):", "    return g(x)", "class A:", "    pass", "k = 1")
    assert made("grade('a/b', globals())", solution(text)).names == ["k"]
    text = region("def f(x):", "    return x", "class A:", "    pass")
    assert made("grade('a/b', globals())", solution(text)).names == ["A", "f"]


def test_a_module_that_a_solution_imports_is_imported_for_the_test():
    first = solution(region("import os, math as m", "from json import loads", "n = m.pi"), "first")
    last = solution(region("from string import *", "k = 1"), "last")
    test = made("assert n == m.pi and k", first, last)
    assert test.helpers == ["import os, math as m", "from string import *"]
    assert test.names == ["k"]
    assert test.defined == ["k", "n"]


def test_a_cell_with_magics_helps_without_them_and_one_that_is_no_python_does_not():
    cells = ["%matplotlib inline\nimport math", "x = %timeit -o 1", "%%bash\nls", "def math(:"]
    test = made("%precision 3\nassert math.pi and n", *cells, solution(region("n = !ls")))
    assert test.helpers == ["pass\nimport math"]
    assert test.source == "pass\nassert math.pi and n"
    assert test.visible == "%precision 3\nassert math.pi and n"
    assert test.names == ["n"]


def test_what_a_test_gives_a_value_itself_needs_no_other_cell():
    earlier = ["from hashlib import sha1\nx = f(1)", "def check(n):\n    return n"]
    own = "from hashlib import sha1\nx = 3\ndef check(n):\n    return sha1(n)\nassert check(x)"
    assert made(own, *earlier).helpers == []
    assert made("x = x + 1\nassert x", *earlier).helpers == [earlier[0]]
    assert made("if a:\n    x = 1\nassert x", *earlier).helpers == [earlier[0]]
    assert made("for x in 'ab':\n    pass\nassert check(x)", *earlier).helpers == earlier


def test_a_cell_that_imports_all_helps_where_nothing_else_defines_a_name():
    cells = ["from math import *", "def f(x):\n    tau = x\n    return tau"]
    assert made("assert tau", *cells).helpers == ["from math import *"]
    assert made("assert f(1) and len('a')", *cells).helpers == [cells[1]]


def test_a_test_that_is_no_python_is_a_test_all_the_same():
    assert made("assert n ==", solution(region("n = 1"))).source == "assert n =="


def test_a_magic_that_may_decide_stays_in_a_test():
    assert "get_ipython()" in made("%run checks.py").source


EARLIER = """
### BEGIN HIDDEN TESTS
from nbjudge.rubric import grade
import math
def check(given, right):
    assert given == right
check(f(1), math.inf)
assert False
limit = f(9)
### END HIDDEN TESTS
"""


def earlier(source):
    return marked("earlier", source, grade=True, points=2)


def test_what_an_earlier_test_defines_is_there_and_what_it_tests_is_not_tested_again():
    answer = solution(region("def f(x):", "    return 1 / x"))
    test = made("check(1, 1)\nlimit", answer, earlier(EARLIER))
    (helper,) = test.helpers
    assert "check(f(1)" not in helper
    assert test.run({"f": lambda x: 5}) == 5


def test_a_test_is_not_lost_where_what_an_earlier_one_defines_fails():
    answer = solution(region("def f(x):", "    return 1 / x"))
    test = made("check(1, 1)\n7", answer, earlier(EARLIER))
    assert test.run({"f": lambda x: 1 / 0}) == 7


def test_an_earlier_test_is_not_needed_for_what_a_test_defines_itself():
    text = "from nbjudge.rubric import grade\ngrade('a/b', globals())"
    answer = solution(region("def f(x):", "    return x"))
    assert made(text, answer, earlier(text)).helpers == []


def test_a_name_is_of_the_last_cell_that_defines_it():
    given, own = "def f(x):\n    return 0\nk = 1", solution(region("def f(x):", "    return x"))
    assert made("assert f(1) and k", given, own).anew == ["f"]
    assert made("assert f(1) and k", own, given).anew == []


@pytest.mark.parametrize(
    "answer",
    [
        *("k[0] = 20", "k.x.y[0] += 1", "del k['x']", "k[1:], z = 1, 2", "k.append(3)"),
        *("k.loc[0].update({})", "for k[0] in 'ab': pass", "if other:\n    k.x = 1"),
    ],
)
def test_a_value_that_a_solution_changes_is_the_students(answer):
    test = made("assert k", "other = 3\nk = [1]", solution(region(answer)))
    assert "k" in test.names
    assert test.anew == test.defined == [*test.names]  # the cell above it must not undo that
    namespace = {"k": "the student's"}
    test.run(namespace)
    assert namespace["k"] == "the student's"


@pytest.mark.parametrize(
    "answer",
    [
        "y = k[0]",
        "print(k)",
        "def f(k=1): k[0] = 1",
        "g = lambda: k.append(1)",
        "k == 1",
        "x.y = k",
    ],
)
def test_a_value_that_a_solution_reads_is_the_masters(answer):
    test = made("assert k", "k = [1]", solution(region(answer)))
    assert "k" not in test.defined
    namespace = {"k": "the student's"}
    test.run(namespace)
    assert namespace["k"] == [1]


@pytest.mark.parametrize(
    "importing",
    ["import numpy as np", "try:\n    import numpy as np\nexcept ImportError:\n    raise"],
)
def test_a_call_to_a_module_does_not_make_it_the_students(importing):
    text = region("np.random.seed(0)", "np.set_printoptions(precision=2)", "r = np.ones(3)")
    assert made("assert np.isclose(r, 1)", importing, solution(text)).names == ["r"]
    assert made("assert np.isclose(r, 1)", solution(importing + "\n" + text)).names == ["r"]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        *(("k.append(2)", [1, 2]), ("k[0] = 2", [2]), ("del k[0]", []), ("k += [2]", [1, 2])),
        *(("if k:\n    k.clear()", []), ("for one in 'ab': k.append(one)", [1, "a", "b"])),
    ],
)
def test_a_cell_that_changes_a_value_helps_as_the_one_that_makes_it(change, value):
    own = solution(region("def f(x):", "    return x"))
    test = made("assert f(k)", "k = [1]", "print(k)", change, own)
    assert test.helpers == ["k = [1]", change]
    namespace = {"f": lambda x: True}
    test.run(namespace)
    assert namespace["k"] == value


def test_a_cell_that_changes_the_students_value_or_a_module_does_not_help():
    own = solution(region("net = [1]", "def f(x):", "    return x"))
    changes = ["import math", "net.append(2)", "math.log(1)", "other = []"]
    assert made("assert f(net) and math.pi", own, *changes).helpers == ["import math"]
    # Made by one cell, changed by a solution: the student's, and what comes later is, too.
    test = made("assert f(k)", "k = [1]", solution(region("k[0] = 2"), "first"), "k.append(3)", own)
    assert test.helpers == ["k = [1]"]


def test_what_an_earlier_test_changes_is_changed_and_what_it_only_calls_is_not():
    own = solution(region("def f(x):", "    return x"))
    earlier = marked("earlier", "k['a'] = 2\nk.clear()\nassert f(k)", grade=True, points=1)
    assert made("assert f(k)", "k = {}", own, earlier).helpers == ["k = {}", "k['a'] = 2"]
