"""What the author of a misnamed or misplaced notebook is told to do."""

import pytest

from nbjudge.notebook.misnamed import mend


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        (["a.ipynb"], ["a (1).ipynb"], "If your work is in 'a (1).ipynb', give it the name"),
        (["a.ipynb"], ["b.ipynb", "c.ipynb"], "If your work is in 'b.ipynb' or 'c.ipynb', give"),
        (["a.ipynb"], ["deep/a.ipynb"], "'a.ipynb' lies in the wrong folder, as 'deep/a.ipynb'."),
        (["a.ipynb"], [], "Put 'a.ipynb' there."),
        (["a.ipynb", "b.ipynb"], ["a.ipynb"], "Put 'b.ipynb' there."),
        (["a.ipynb"], ["a.ipynb", "b.ipynb"], ""),
    ],
)
def test_each_way_to_miss_a_notebook_has_its_mend(wanted, found, told):
    assert mend(wanted, found).startswith(told)
    assert bool(mend(wanted, found)) is bool(told)
