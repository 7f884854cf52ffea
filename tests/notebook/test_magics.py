"""The master's cells as plain Python, whatever of IPython stands in them."""

import pytest

from nbjudge.notebook.magics import plain

STAYS = "get_ipython()"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("%precision 3\nassert n == 3", "pass\nassert n == 3", id="line"),
        pytest.param("if n:\n    %time m = f(n)\nm", "if n:\n    m = f(n)\nm", id="time"),
        pytest.param("%%time\n# here\nassert n", "\n# here\nassert n", id="cell"),
        pytest.param("%%capture out\n%matplotlib inline\nf()", "\npass\nf()", id="both"),
        pytest.param("!ls\nf?\nx = 1", "pass\npass\nx = 1", id="shell_and_help"),
        pytest.param("x = (n\n% 2)  # odd", "x = (n\n% 2)  # odd", id="an_operator"),
        pytest.param("t = '''\n%time\n!ls\n'''", "t = '''\n%time\n!ls\n'''", id="in_a_text"),
        pytest.param("print('mend me", "print('mend me", id="no_python"),
        pytest.param("%time\nprint('mend me", "%time\nprint('mend me", id="no_python_either"),
    ],
)
def test_a_cell_is_plain_python_line_for_line(source, expected):
    assert plain(source) == plain(source, decides=True) == expected


@pytest.mark.parametrize(
    "source",
    ["%run checks.py", "%%ipytest\ndef test_f(): pass", "%time check f", "%pylab"],
    ids=["run", "ipytest", "no_statement", "pylab"],
)
def test_what_may_decide_is_left_out_of_a_helper_and_never_of_a_test(source):
    assert plain(source) == "pass"
    assert STAYS in plain(source, decides=True)


def test_a_value_that_only_ipython_can_give_stays_a_call_of_it():
    assert plain("x = !ls").startswith(f"x = {STAYS}")
