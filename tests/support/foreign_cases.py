"""Small masters, one for each thing that tests of real nbgrader courses do.

A case is (kind, name, cells). A cell is (role, text); roles are

    solution   an autograded answer, its text with markers
    test       an autograder test of 2 points; test2 is a second one
    cell       an ordinary cell
    manual     an answer of 2 points that a person grades, without a region
    raises     an ordinary cell with the tag raises-exception

Beside the notebook lie data.txt, which says "seven", and beside.py, whose check(f) asserts that
f(1) == 1. Plain nbgrader gives the master's own solution full marks in every case. It gives the
untouched release nothing, but in two cases, whose tests look at what stands outside the region:
"subclass of the master's class" and "signature or docstring".
"""

# ruff: noqa: E501
# fmt: off
CASES = [
    ('value', 'int', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION'),
        ('test', 'assert f(1) == 2'),
    ]),
    ('value', 'complex', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return x ** 0.5\n    ### END SOLUTION'),
        ('test', 'assert abs(f(-1) - 1j) < 1e-9'),
    ]),
    ('value', 'range', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return range(x)\n    ### END SOLUTION'),
        ('test', 'assert list(f(3)) == [0, 1, 2]'),
    ]),
    ('value', 'endless generator', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    while True:\n        x += 1\n        yield x\n    ### END SOLUTION'),
        ('test', 'g = f(0)\nassert next(g) == 1 and next(g) == 2'),
    ]),
    ('value', 'numpy int', [
        ('cell', 'import numpy as np'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return np.argmax(x)\n    ### END SOLUTION'),
        ('test', 'assert f([1.0, 3.0]) == 1'),
    ]),
    ('value', 'long numpy array back', [
        ('cell', 'import numpy as np'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return np.arange(x)\n    ### END SOLUTION'),
        ('test', 'assert len(f(100)) == 100'),
    ]),
    ('value', 'numpy array there and back', [
        ('cell', 'import numpy as np'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return x * 2\n    ### END SOLUTION'),
        ('test', 'assert np.allclose(f(np.ones(3)), 2)'),
    ]),
    ('value', 'DataFrame there', [
        ('cell', 'import pandas as pd'),
        ('solution', "def f(x):\n    ### BEGIN SOLUTION\n    return int(x['a'].sum())\n    ### END SOLUTION"),
        ('test', "assert f(pd.DataFrame({'a': [1, 2]})) == 3"),
    ]),
    ('value', 'Decimal or Fraction', [
        ('cell', 'from fractions import Fraction'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return Fraction(1, x)\n    ### END SOLUTION'),
        ('test', 'assert f(2) == Fraction(1, 2)'),
    ]),
    ('value', 'Counter', [
        ('cell', 'from collections import Counter'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return Counter(x)\n    ### END SOLUTION'),
        ('test', "assert f('aab').most_common(1) == [('a', 2)]"),
    ]),
    ('value', 'sympy', [
        ('cell', "import sympy as sp\nx = sp.Symbol('x')"),
        ('solution', 'def d(e):\n    ### BEGIN SOLUTION\n    return sp.diff(e, x)\n    ### END SOLUTION'),
        ('test', 'assert d(x ** 2) == 2 * x'),
    ]),
    ('argument', "student's own function", [
        ('solution', 'def g(y):\n    return y + 1\ndef f(h):\n    ### BEGIN SOLUTION\n    return h(1)\n    ### END SOLUTION'),
        ('test', 'assert f(g) == 2'),
    ]),
    ('argument', 'changed in place', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    x.append(1)\n    ### END SOLUTION'),
        ('test', 'a = []\nf(a)\nassert a == [1]'),
    ]),
    ('argument', 'iterator', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return sum(x)\n    ### END SOLUTION'),
        ('test', 'assert f(i for i in range(3)) == 3'),
    ]),
    ('variable', 'int', [
        ('solution', '### BEGIN SOLUTION\nn = 3\n### END SOLUTION'),
        ('test', 'assert n == 3'),
    ]),
    ('variable', 'DataFrame', [
        ('cell', 'import pandas as pd'),
        ('solution', "### BEGIN SOLUTION\nd = pd.DataFrame({'a': [1]})\n### END SOLUTION"),
        ('test', 'assert d.shape == (1, 1) and isinstance(d, pd.DataFrame)'),
    ]),
    ('variable', 'annotated', [
        ('solution', '### BEGIN SOLUTION\nn: int = 3\n### END SOLUTION'),
        ('test', 'assert n == 3'),
    ]),
    ('variable', 'of a loop or with', [
        ('solution', '### BEGIN SOLUTION\nn = []\nfor i in range(3):\n    n.append(i)\n### END SOLUTION'),
        ('test', 'assert n == [0, 1, 2] and i == 2'),
    ]),
    ('variable', 'import in the solution', [
        ('solution', '### BEGIN SOLUTION\nimport math\nn = math.pi\n### END SOLUTION'),
        ('test', 'assert abs(n - math.pi) < 1e-9'),
    ]),
    ('variable', 'made by an ordinary cell from the solution', [
        ('cell', 'import numpy as np'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return np.ones(x)\n    ### END SOLUTION'),
        ('cell', 'a = f(3)\nb = a.sum()'),
        ('test', 'assert b == 3'),
    ]),
    ('variable', 'a function in a region of its own', [
        ('solution', '### BEGIN SOLUTION\ndef f(x):\n    return x + 1\n### END SOLUTION'),
        ('test', 'assert f(1) == 2'),
    ]),
    ('variable', 'made by an ordinary cell, changed by the solution cell', [
        ('cell', "d = {'a': 1}"),
        ('solution', "### BEGIN SOLUTION\nd['b'] = 2\n### END SOLUTION"),
        ('test', "assert d['b'] == 2"),
    ]),
    ('argument', 'range', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return list(x)\n    ### END SOLUTION'),
        ('test', 'assert f(range(3)) == [0, 1, 2]'),
    ]),
    ('variable', "made in the test's own helper cell by a call", [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return [x]\n    ### END SOLUTION'),
        ('cell', 'a = f(3)\nb = a + a'),
        ('test', 'assert b == [3, 3]'),
    ]),
    ('exception', 'unittest assertRaises', [
        ('solution', "def f(x):\n    ### BEGIN SOLUTION\n    raise ValueError('no')\n    ### END SOLUTION"),
        ('test', 'import unittest\nunittest.TestCase().assertRaises(ValueError, f, 1)'),
    ]),
    ('exception', 'own exception class', [
        ('solution', "class Wrong(Exception):\n    pass\ndef f(x):\n    ### BEGIN SOLUTION\n    raise Wrong('no')\n    ### END SOLUTION"),
        ('test', 'try:\n    f(1)\nexcept Wrong:\n    pass'),
    ]),
    ('class', 'method', [
        ('solution', 'class A:\n    def m(self, x):\n        ### BEGIN SOLUTION\n        return x + 1\n        ### END SOLUTION'),
        ('test', 'assert A().m(1) == 2'),
    ]),
    ('class', 'len, ==, str, +', [
        ('solution', 'class A:\n    def __len__(self):\n        ### BEGIN SOLUTION\n        return 3\n        ### END SOLUTION'),
        ('test', 'assert len(A()) == 3'),
    ]),
    ('class', "subclass of the master's class", [
        ('cell', 'class B:\n    pass'),
        ('solution', 'class A(B):\n    def m(self):\n        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION'),
        ('test', 'assert issubclass(A, B)'),
    ]),
    ('class', 'function that returns an object', [
        ('solution', 'class A:\n    def __init__(self, a):\n        self.a = a\ndef f(x):\n    ### BEGIN SOLUTION\n    return A(x)\n    ### END SOLUTION'),
        ('test', 'assert f(4).a == 4'),
    ]),
    ('class', 'class attribute, static method', [
        ('solution', 'class A:\n    k = 3\n    @staticmethod\n    def m(x):\n        ### BEGIN SOLUTION\n        return x\n        ### END SOLUTION'),
        ('test', 'assert A.k == 3 and A.m(1) == 1'),
    ]),
    ('reflection', 'unittest.mock.patch of input', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return int(input()) + x\n    ### END SOLUTION'),
        ('test', "from unittest.mock import patch\nwith patch('builtins.input', return_value='2'):\n    assert f(1) == 3"),
    ]),
    ('reflection', 'signature or docstring', [
        ('solution', 'def f(x, y=2, z=3):\n    """Say."""\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION'),
        ('test', "import inspect\nassert len(inspect.signature(f).parameters) == 3 and f.__doc__ == 'Say.' and callable(f)"),
    ]),
    ('output', 'printed, by redirect_stdout', [
        ('solution', "def f(x):\n    ### BEGIN SOLUTION\n    print('hello', x)\n    ### END SOLUTION"),
        ('test', "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    f(1)\nassert out.getvalue() == 'hello 1\\n'"),
    ]),
    ('output', 'figure by plt.gca', [
        ('cell', 'import matplotlib.pyplot as plt'),
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    plt.figure()\n    plt.plot(x)\n    ### END SOLUTION'),
        ('test', 'f([1, 2])\nassert len(plt.gca().lines) == 1'),
    ]),
    ('test cell', 'magic in it', [
        ('solution', '### BEGIN SOLUTION\nn = 3\n### END SOLUTION'),
        ('test', '%precision 3\nassert n == 3'),
    ]),
    ('test cell', 'partial credit', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION'),
        ('test', 'assert f(1) == 1\n2.0'),
    ]),
    ('test cell', 'reads a file of the assignment', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION'),
        ('test', "assert f(open('data.txt').read().strip()) == 'seven'"),
    ]),
    ('test cell', 'reads a file that the student wrote', [
        ('solution', "def f(x):\n    ### BEGIN SOLUTION\n    open('out.txt', 'w').write(x)\n    ### END SOLUTION"),
        ('test', "f('seven')\nassert open('out.txt').read() == 'seven'"),
    ]),
    ('test cell', "assignment to a global that the student's code reads", [
        ('solution', 'rate = 2\ndef f(x):\n    ### BEGIN SOLUTION\n    return rate * x\n    ### END SOLUTION'),
        ('test', '### BEGIN HIDDEN TESTS\nrate = 3\nassert f(2) == 6\n### END HIDDEN TESTS'),
    ]),
    ('build', 'manually graded code cell without region', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION'),
        ('test', 'assert f(1) == 1'),
        ('manual', '# write a test of your own\nassert f(2) == 2'),
    ]),
    ('build', 'tuple assigned, then returned', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    a, b = x, x + 1\n    ### END SOLUTION\n    return a, b'),
        ('test', 'assert f(1) == (1, 2)'),
    ]),
    ('build', 'same loop name in two functions of a cell', [
        ('solution', 'def f(x):\n    ### BEGIN SOLUTION\n    n = 0\n    for i in x:\n        n += i\n    return n\n    ### END SOLUTION\n\ndef g(x):\n    return [i for i in x]'),
        ('test', 'assert f([1]) == 1 and g([1]) == [1]'),
    ]),
    ('build', 'part of a literal', [
        ('solution', "d = {\n    'a': 1,\n    ### BEGIN SOLUTION\n    'b': 2,\n    ### END SOLUTION\n}"),
        ('test', "assert d['b'] == 2"),
    ]),
    ('build', 'an ordinary cell that raises on purpose', [
        ('solution', '### BEGIN SOLUTION\nn = 3\n### END SOLUTION'),
        ('raises', '1 / 0'),
        ('test', 'assert n == 3'),
    ]),
    ('build', 'ordinary cell: x = %timeit -o ...', [
        ('cell', 'x = %timeit -o -n1 -r1 1'),
        ('solution', '### BEGIN SOLUTION\nn = 3\n### END SOLUTION'),
        ('test', 'assert n == 3'),
    ]),
    ('build', 'ordinary cell that is wrong Python on purpose', [
        ('cell', "print('now mend this'"),
        ('solution', '### BEGIN SOLUTION\nn = 3\n### END SOLUTION'),
        ('test', 'assert n == 3'),
    ]),
]
