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
        ["no python"],
    ],
)
def test_what_runs_none_is_not_named(texts):
    assert runs_text(texts) == ""
