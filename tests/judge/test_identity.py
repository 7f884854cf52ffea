"""One object that stands in several places is one object in the test, as it is in Python."""

import pytest
from support.asserts import marked

GRID = "g = f(2, 2)\ng[0][0] = 1\nassert g == [[1, 0], [0, 0]]"
GROUPS = "g = f(['a', 'b'])\ng['a'].append(1)\nassert g == {'a': [1], 'b': []}"
ARRAYS = "import numpy as np\n"
PAIR = "one, two = f()\none.append(1)\nassert list(two) == []"


@pytest.mark.parametrize(
    ("answer", "test", "points"),
    [
        ("def f(r, c): return [[0] * c for _ in range(r)]", GRID, 2),
        ("def f(r, c): return [[0] * c] * r", GRID, 0),
        ("def f(ks): return {k: [] for k in ks}", GROUPS, 2),
        ("def f(ks): return dict.fromkeys(ks, [])", GROUPS, 0),
        ("def f(): return [], []", PAIR, 2),
        ("def f():\n    r = []\n    return [r, r]", PAIR, 0),
        ("import collections\ndef f():\n    r = collections.deque()\n    return r, r", PAIR, 0),
        (
            "import numpy as np\ndef f():\n    a = np.zeros(2)\n    return a, a",
            "one, two = f()\none[0] = 1\nassert two[0] == 0",
            0,
        ),
        (
            "import torch\ndef f():\n    r = [torch.zeros(1)]\n    return r, r",
            "one, two = f()\none.append(1)\nassert len(two) == 1",
            0,
        ),
        ("def f(m): return m[0] is m[1]", "r = []\nassert f([r, r])\nassert not f([[], []])", 2),
    ],
    ids=[
        *("rows", "one row", "lists", "one list", "two", "one twice", "a deque", "an array"),
        *("with a tensor", "of the test's"),
    ],
)
def test_what_stands_twice_in_a_message_is_one_object(zygote, course, answer, test, points):
    assert marked(zygote, answer, test, course)[0] == points
