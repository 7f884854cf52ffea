"""A test that may run a text of the student's is not run where hidden tests are known."""

import pytest

from nbjudge.judge.runs_text import runs_text


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["assert eval(f(1)) == 3"], "eval"),
        (["exec(f(1))"], "exec"),
        (["import sympy as sp", "assert sp.simplify(f(1)) == 0"], "sympy"),
        (["from sympy import *", "assert simplify(f(1)) == 0"], "sympy"),
        (["from sympy.parsing.sympy_parser import parse_expr as p", "p(f(1))"],
         "sympy.parsing.sympy_parser"),
        (["def check(text):\n    return eval(text)", "assert check(f(1))"], "eval"),
        (["import pickle\npickle.loads(f(1))"], "pickle"),
        (["import os\nos.system(f(1))"], "os.system"),
        (["import subprocess\nsubprocess.run(f(1))"], "subprocess"),
        (["assert frame.query(f(1)).empty"], "frame.query"),
        (["assert pd.eval(f(1)) == 3"], "pd.eval"),
        (["import doctest\ndoctest.run_docstring_examples(f, {'f': f})"], "doctest"),
        (["import sqlite3", "db = sqlite3.connect(':memory:')", "db.execute(f())"], "sqlite3"),
        (["np.load(io.BytesIO(f(1)), allow_pickle=True)"], "np.load"),
        (["torch.load(io.BytesIO(f(1)), weights_only=False)"], "torch.load"),
        (["import os\npath = f(1)\nos.remove(path)"], "os.remove"),
        (["import shutil\nshutil.rmtree(f(1))"], "shutil.rmtree"),
        (["with open(f(1), 'w') as file:\n    file.write('x')"], "open"),
        (["from timeit import timeit\ntimeit(f(1))"], "timeit"),
    ],
)  # fmt: skip
def test_what_may_run_text_is_named(texts, found):
    assert runs_text(texts) == found


@pytest.mark.parametrize(
    "texts",
    [
        ["net.eval()\nassert f(1) == 3"],
        ["import re\nassert re.compile('a').match(f(1))"],
        ["import numpy as np, sympy", "assert np.sin(f(1)) < 1"],
        ["assert frame.query('a > 1').equals(f(1))"],
        ["import ast\nassert ast.literal_eval(f(1)) == 3"],
        ["evaluated = f(1)"],
        ["import timeit\nassert timeit.timeit(lambda: f(10**6), number=1) < 5"],
        ["import os\nos.remove('out.txt')\nwith open('out.txt', 'w') as file:\n    f(file)"],
        ["assert open(f(1)).read() == 'x'"],
        ["names = f(1)\nnames.remove('a')\nassert names[0].replace('a', 'b') == 'b'"],
        ["np.load('data.npy', allow_pickle=False)\ntorch.load('x.pt', weights_only=True)"],
        ["no python"],
    ],
)
def test_what_runs_none_is_not_named(texts):
    assert runs_text(texts) == ""
