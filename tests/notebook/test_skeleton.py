"""Solutions turn into the seed's placeholders, and into nbgrader's stub where they cannot."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from nbjudge.notebook.regions import SkeletonError
from nbjudge.notebook.skeleton import PLACEHOLDER, skeleton


def region(*lines, indent=4):
    pad = " " * indent
    marked = ["### BEGIN SOLUTION", *lines, "### END SOLUTION"]
    return "\n".join(pad + line for line in marked)


def test_a_name_read_later_becomes_a_placeholder():
    source = f"def f(x):\n{region('y = x + 1')}\n    return y"
    assert skeleton(source) == "def f(x):\n    y = None  # YOUR CODE HERE\n    return y"


def test_a_trailing_comment_is_kept_and_a_comment_line_is_not():
    source = f"def f(x):\n{region('# how', 'y = x  # shape: (batch, seq)')}\n    return y"
    assert "y = None  # YOUR CODE HERE - shape: (batch, seq)" in skeleton(source)
    assert "how" not in skeleton(source)


def test_attributes_always_become_placeholders_in_order():
    body = region("self.a = 1", "self.b = 2  # second", indent=8)
    expected = "        self.a = None  # YOUR CODE HERE\n"
    expected += "        self.b = None  # YOUR CODE HERE - second"
    assert skeleton(f"class A:\n    def f(self):\n{body}").endswith(expected)


def test_a_helper_name_of_the_region_disappears():
    source = f"def f(x):\n{region('h = x * 2', 'y = h')}\n    return y"
    assert skeleton(source).count("YOUR CODE HERE") == 1


def test_a_region_that_fills_a_block_becomes_pass():
    source = f"def f(x, m):\n    if m:\n{region('x = x + m', indent=8)}\n    return x"
    assert "        pass  # YOUR CODE HERE" in skeleton(source)


def test_a_whole_function_body_becomes_pass():
    source = f'def f(x):\n    """Doc."""\n{region("y = x", "return y")}'
    assert skeleton(source) == 'def f(x):\n    """Doc."""\n    pass  # YOUR CODE HERE'


def test_names_at_the_top_of_a_cell_are_kept_for_other_cells():
    assert skeleton(region("w = 3", indent=0)) == "w = None  # YOUR CODE HERE"


CLEARED = f"{PLACEHOLDER}\nraise NotImplementedError()"
INNER = "    # YOUR CODE HERE\n    raise NotImplementedError()"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("### BEGIN SOLUTION\n### END SOLUTION", CLEARED, id="empty"),
        pytest.param("### BEGIN SOLUTION\n# how\n\n### END SOLUTION", CLEARED, id="comments"),
        pytest.param("### BEGIN SOLUTION\nx = (\n### END SOLUTION", CLEARED, id="no_python"),
        pytest.param("### BEGIN SOLUTION\n%time x = 1\n### END SOLUTION", CLEARED, id="magic"),
        pytest.param(
            "### BEGIN SOLUTION\nx = !ls\n### END SOLUTION\nx", f"{CLEARED}\nx", id="shell"
        ),
        pytest.param(
            "d = {\n    ### BEGIN SOLUTION\n    'b': 2,\n    ### END SOLUTION\n}",
            f"d = {{\n{INNER}\n}}",
            id="part_of_a_literal",
        ),
        pytest.param(
            "x = 1\n@note\n### BEGIN SOLUTION\ndef g():\n    pass\n### END SOLUTION",
            f"x = 1\n@note\n{CLEARED}",
            id="behind_a_decorator",
        ),
        pytest.param(
            "if x:\n    ### BEGIN SOLUTION\n    y = 1\nz = 2\n### END SOLUTION",
            f"if x:\n{INNER}",
            id="two_blocks",
        ),
        pytest.param(
            f"def f(x):\n{region('a, b = x')}\n    return a",
            f"def f(x):\n{INNER}\n    return a",
            id="tuple",
        ),
        pytest.param(
            f"def f(x):\n{region('for i in x:', '    pass')}\n    return i",
            f"def f(x):\n{INNER}\n    return i",
            id="loop",
        ),
        pytest.param(
            f"def f(x):\n{region('import math')}\n    return math.pi",
            f"def f(x):\n{INNER}\n    return math.pi",
            id="import",
        ),
        pytest.param(
            f"def f(x):\n{region('def g():', '    return 1')}\n    return g()",
            f"def f(x):\n{INNER}\n    return g()",
            id="inner_function",
        ),
        pytest.param("def f(x):\n    return x", CLEARED, id="no_region"),
        pytest.param(
            "def f(x):\n\t# BEGIN SOLUTION (2 points)\n\t# END SOLUTION",
            "def f(x):\n\t# YOUR CODE HERE\n\traise NotImplementedError()",
            id="markers_in_longer_lines",
        ),
    ],
)
def test_what_has_no_placeholder_is_what_nbgrader_makes_of_it(source, expected):
    assert skeleton(source) == expected == cleared_by_nbgrader(source)


def cleared_by_nbgrader(source):
    marked = {"grade": False, "solution": True, "locked": False, "task": False, "grade_id": "f"}
    cell = new_code_cell(source, metadata={"nbgrader": {**marked, "schema_version": 3}})
    ClearSolutions().preprocess(new_notebook(cells=[cell]), {})
    return cell.source


def test_one_region_without_a_placeholder_leaves_the_others_theirs():
    source = f"def f(x):\n{region('a, b = x')}\n{region('y = a')}\n    return y + b"
    assert skeleton(source).split("\n")[2:4] == [
        "    raise NotImplementedError()",
        "    y = None  # YOUR CODE HERE",
    ]


@pytest.mark.parametrize("pad", ["\t", "  "], ids=["tab", "two_spaces"])
def test_a_placeholder_is_indented_as_the_code_whatever_the_marker(pad):
    source = f"def f(x):\n### BEGIN SOLUTION\n{pad}y = x\n### END SOLUTION\n{pad}return y"
    assert skeleton(source) == f"def f(x):\n{pad}y = None  # YOUR CODE HERE\n{pad}return y"


def test_a_course_and_a_cell_may_ask_for_another_stub():
    source = region("y = 1", "a, b = y, 2", indent=0)
    assert skeleton(source, "...  # yours") == "y = None  # YOUR CODE HERE"
    assert skeleton(source, "...  # yours", derive=False) == "...  # yours"
    assert skeleton("f = 1", "...\n# yours") == "...\n# yours"


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", 2, "inside the region"),
        ("x = 1\n### END SOLUTION", 2, "without a BEGIN"),
        ("### BEGIN SOLUTION\nx = 1", 1, "never closed"),
    ],
    ids=["nested", "stray", "unclosed"],
)
def test_markers_that_do_not_pair_up_are_refused_with_their_line(source, line, says):
    with pytest.raises(SkeletonError, match=says) as caught:
        skeleton(source)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"Line {line}: ")
