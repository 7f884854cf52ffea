"""Which names a test needs: of solutions, of helper cells, and of modules they import."""

import nbformat
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
    assert test.names == ["k", "x"]  # which are placeholders
    assert test.defined == ["i", "k", "x"]


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


def test_a_cell_that_imports_all_helps_where_nothing_else_defines_a_name():
    cells = ["from math import *", "def f(x):\n    tau = x\n    return tau"]
    assert made("assert tau", *cells).helpers == ["from math import *"]
    assert made("assert f(1) and len('a')", *cells).helpers == [cells[1]]


def test_a_test_that_is_no_python_is_a_test_all_the_same():
    assert made("assert n ==", solution(region("n = 1"))).source == "assert n =="


def test_a_magic_that_may_decide_stays_in_a_test():
    assert "get_ipython()" in made("%run checks.py").source
